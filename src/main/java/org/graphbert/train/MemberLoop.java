package org.graphbert.train;

import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Interruption;
import org.graphbert.data.Prefetch;
import org.graphbert.distribute.cluster.Loss;
import org.graphbert.distribute.cluster.Member;
import org.graphbert.distribute.cluster.Turn;
import org.graphbert.train.Pretraining.Outcome;
import org.graphbert.train.TrainingSession.StepResult;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * What a worker beside the chief does: it computes its part of each step, when the chief says so, and neither writes nor decides
 * anything. What its weights and their slots begin with it has from the chief.
 */
final class MemberLoop {

    private final Plan plan;
    private final Member member;
    private final Cluster cluster;
    private final StepGuard guard;
    private PhasePlan phase;
    private TrainingSession session;
    private Prefetch batches;
    private Batch batch;
    private long step;
    /** The step that the phase began with. */
    private long begin;

    MemberLoop(Plan plan, Member member, Cluster cluster) {
        this.plan = plan;
        this.member = member;
        this.cluster = cluster;
        // The chief warns of what is skipped.
        this.guard = new StepGuard(plan.config().guards().onNan(), warning -> {});
    }

    /** Until the chief says that the run is over. */
    Outcome follow() {
        try (Interruption interruption = new Interruption()) {
            try {
                Turn turn = member.turn();
                while (!(turn instanceof Turn.End)) {
                    if (turn instanceof Turn.Open open) {
                        open(open);
                    } else if (turn instanceof Turn.Step next) {
                        take(next);
                    }
                    batch = phase.requireIds(batches.next(), plan.model());
                    turn = member.ready(step, interruption.requested());
                }
                return Outcome.valueOf(((Turn.End) turn).outcome());
            } catch (Loss.Abandoned lost) {
                throw Cluster.resumable(lost.failure());
            } catch (Failure failure) {
                if (cluster.lost().isPresent()) {
                    throw Cluster.resumable(failure);
                }
                member.fail(failure);
                throw failure;
            } catch (RuntimeException e) {
                member.fail(Failure.lost("internal error: %s", e));
                throw e;
            } finally {
                close();
            }
        }
    }

    private void open(Turn.Open turn) {
        close();
        phase = plan.phases().get(turn.phase() - 1);
        step = turn.step();
        begin = turn.begin();
        session = new TrainingSession(plan.buildReplicas(phase), plan.config().threads(), plan.config().seed(), cluster);
        session.initialise();
        session.share();
        if (session.globalStep() != step) {
            throw new IllegalStateException("the chief is at step " + step + " and sent the variables of " + session.globalStep());
        }
        batches = phase.batches(step - begin);
    }

    private void take(Turn.Step turn) {
        if (turn.step() != step) {
            throw new IllegalStateException("the chief is at step " + turn.step() + ", this worker at " + step);
        }
        List<Batch> microBatches = batch.split(phase.phase().accumulationSteps());
        StepResult result;
        try {
            result = session.step(step, microBatches, turn.rate());
        } catch (TensorFlowException e) {
            OutOfMemory found = OutOfMemory.of(e).orElseThrow(() -> e);
            throw Failure.usage("step %d: out of memory on %s: no room for %s; raise accumulation_steps for the same batch in smaller parts",
                    step + 1, found.place(), found.asked(), e);
        }
        try {
            guard.see(step, result, microBatches, () -> phase.loader().batch(step - begin), phase, session);
        } catch (Failure diverged) {
            // The chief finds the same, and may still be looking where it comes from, for which it needs this worker.
            member.turn();
            throw diverged;
        }
        step++;
    }

    private void close() {
        if (batches != null) {
            batches.close();
            session.close();
        }
    }
}
