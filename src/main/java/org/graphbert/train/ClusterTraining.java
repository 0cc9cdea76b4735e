package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.graphbert.config.Progress;
import org.graphbert.distribute.cluster.Chief;
import org.graphbert.distribute.cluster.ClusterSpec;
import org.graphbert.distribute.cluster.Loss;
import org.graphbert.distribute.cluster.Member;
import org.graphbert.distribute.cluster.Patience;
import org.graphbert.distribute.cluster.Rendezvous;
import org.graphbert.distribute.cluster.WorkerServer;
import org.graphbert.train.Pretraining.Outcome;

/**
 * A run that several workers train together. The first, the chief, trains as one process does, and writes the run; the others
 * follow it, step by step.
 *
 * @param spec the workers, and which of them this is
 * @param patience how long they wait for each other
 */
public record ClusterTraining(ClusterSpec spec, Patience patience) {

    /**
     * Runs this worker's part of a plan to the run's end, or until any of the workers is asked to stop.
     *
     * @param plan of this worker's place
     * @param begun what {@link System#nanoTime} was when the command began; the wait for other workers is not of the run's time
     * @throws org.graphbert.config.Failure (lost) if another worker is lost, (usage) if one differs in what it is to train
     */
    public Outcome run(Plan plan, Progress progress, long begun) throws IOException {
        Rendezvous rendezvous = new Rendezvous(spec, plan.identity(), patience, progress);
        if (!spec.chief()) {
            try (Member member = rendezvous.join()) {
                WorkerServer server = serve(plan, member::serve);
                return new MemberLoop(plan, member, Cluster.joined(member.loss(), server)).follow();
            }
        }
        try (RunClaim claim = RunClaim.take(new RunDirectory(Path.of(plan.config().run())))) {
            long before = System.nanoTime();
            try (Chief chief = rendezvous.gather()) {
                Cluster cluster = Cluster.led(chief, serve(plan, chief::serve));
                long waited = System.nanoTime() - before;
                try {
                    return Pretraining.run(plan, progress, begun + waited, cluster, claim);
                } catch (Loss.Abandoned lost) {
                    throw Cluster.resumable(lost.failure());
                } catch (RuntimeException | IOException e) {
                    cluster.fail(e);
                    throw e;
                }
            }
        }
    }

    private WorkerServer serve(Plan plan, Consumer<Runnable> when) {
        AtomicReference<WorkerServer> server = new AtomicReference<>();
        when.accept(() -> server.set(WorkerServer.start(spec, plan.sessionOptions().proto())));
        return server.get();
    }
}
