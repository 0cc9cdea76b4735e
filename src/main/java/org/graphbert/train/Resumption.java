package org.graphbert.train;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.graphbert.config.Progress;
import org.graphbert.distribute.cluster.Turn;
import org.graphbert.train.Checkpoints.Checkpoint;

/**
 * Sessions whose variables have their values: a checkpoint's, or where there is none yet the initial ones.
 *
 * @param pace which says what phase a checkpoint belongs to
 */
record Resumption(Plan plan, RunDirectory run, Pace pace, Cluster cluster, Progress progress) {

    /** At a sound checkpoint, in the graph of the phase that goes on there; or at the beginning. */
    TrainingSession open(Optional<Checkpoint> from) throws IOException {
        long step = from.map(Checkpoint::step).orElse(0L);
        PhasePlan phase = pace.after(step).orElseThrow();
        TrainingSession session = session(phase, step);
        try {
            if (from.isPresent()) {
                session.restore(from.get().prefix());
                progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), from.get().step()));
                session.share();
                return session;
            }
            session.initialise();
            if (plan.config().init() != null) {
                InitialWeights.prefix(plan.config(), progress::say).ifPresent(session::initialiseFrom);
                progress.say("Starting from the weights of " + plan.config().init() + ".");
            }
            session.share();
            return session;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** In the graph of the next phase, from the checkpoint that the one before ended with. */
    TrainingSession next(PhasePlan phase) throws IOException {
        Checkpoint newest = run.newest();
        TrainingSession session = session(phase, newest.step());
        session.restore(newest.prefix());
        session.share();
        return session;
    }

    /** Of the other workers too. */
    private TrainingSession session(PhasePlan phase, long step) {
        cluster.say(new Turn.Open(phase.number(), pace.begin(phase), step));
        return new TrainingSession(plan.buildReplicas(phase), plan.config().threads(), plan.config().seed(), cluster);
    }
}
