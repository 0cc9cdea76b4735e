package org.graphbert.train;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import org.graphbert.config.Progress;
import org.graphbert.train.Checkpoints.Checkpoint;

/**
 * Sessions whose variables have their values: a checkpoint's, or where there is none yet the initial ones.
 *
 * @param pace which says what phase a checkpoint belongs to
 */
record Resumption(Plan plan, RunDirectory run, Pace pace, Progress progress) {

    /** At a sound checkpoint, in the graph of the phase that goes on there; or at the beginning. */
    TrainingSession open(Optional<Checkpoint> from) throws IOException {
        TrainingSession session = session(pace.after(from.map(Checkpoint::step).orElse(0L)).orElseThrow());
        try {
            if (from.isPresent()) {
                session.restore(from.get().prefix());
                progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), from.get().step()));
                return session;
            }
            session.initialise();
            if (plan.config().init() != null) {
                InitialWeights.prefix(plan.config(), progress::say).ifPresent(session::initialiseFrom);
                progress.say("Starting from the weights of " + plan.config().init() + ".");
            }
            return session;
        } catch (IOException | RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** In the graph of the next phase, from the checkpoint that the one before ended with. */
    TrainingSession next(PhasePlan phase) throws IOException {
        TrainingSession session = session(phase);
        session.restore(run.newest().prefix());
        return session;
    }

    private TrainingSession session(PhasePlan phase) {
        return new TrainingSession(plan.buildReplicas(phase), plan.config().threads(), plan.config().seed());
    }
}
