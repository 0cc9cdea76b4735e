package org.graphbert.train;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Sessions whose variables have their values: a checkpoint's, or where there is none yet the initial ones.
 *
 * @param pace which says what phase a checkpoint belongs to
 */
record Resumption(Plan plan, RunDirectory run, Pace pace, Progress progress) {

    /** At the newest checkpoint that is sound, in the graph of the phase that goes on there. */
    TrainingSession open() throws IOException {
        List<Checkpoints.Checkpoint> all = run.checkpoints().list();
        for (int i = all.size() - 1; i >= 0; i--) {
            Checkpoints.Checkpoint checkpoint = all.get(i);
            TrainingSession session = session(pace.after(checkpoint.step()).orElseThrow());
            try {
                session.restore(checkpoint.prefix());
                progress.say(String.format(Locale.ROOT, "Resuming %s at step %,d.", run.path(), checkpoint.step()));
                return session;
            } catch (TensorFlowException e) {
                session.close();
                String reason = e.getMessage().lines().findFirst().orElse("");
                if (i == 0) {
                    throw Failure.data(
                            "%s: cannot be restored: %s; remove it to begin anew", checkpoint.directory(), reason, e);
                }
                progress.say(checkpoint.directory() + ": cannot be restored, falling back to the one before: " + reason);
            }
        }
        return initial();
    }

    private TrainingSession initial() throws IOException {
        TrainingSession session = session(pace.phases().get(0));
        try {
            session.initialise();
            if (plan.config().init() != null) {
                InitialWeights.prefix(plan.config()).ifPresent(session::initialiseFrom);
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
        return new TrainingSession(plan.buildGraph(phase), plan.config().threads(), plan.config().seed());
    }
}
