package org.graphbert.distribute.launch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.graphbert.config.Interruption;

/** All workers, once from start to end. Closing it leaves no process behind. */
final class Attempt implements AutoCloseable {

    /** How long the others of a worker that failed have to end of themselves, and to say why in their own words. */
    private static final Duration OWN_ACCORD = Duration.ofSeconds(5);
    private static final long POLL_MILLIS = 50;
    private static final long LAST_WORDS_MILLIS = 2000;

    private final Launch launch;
    private final Launch.Output output;
    private final List<Worker> workers = new ArrayList<>();
    private final BlockingQueue<Worker> ended = new LinkedBlockingQueue<>();
    /** The codes of those that ended before they were told to. */
    private final List<Integer> codes = new ArrayList<>();
    /** When, by {@link System#nanoTime}, those that are left are told to end, and killed; null while nothing is amiss. */
    private Long tellAt;
    private Long killAt;

    private record Worker(int task, Process process, List<Relay> relays) {}

    Attempt(Launch launch, Launch.Output output) {
        this.launch = launch;
        this.output = output;
    }

    void start(int task, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        String prefix = launch.workers() == 1 ? "" : "[worker " + task + "] ";
        Worker worker = new Worker(task, process, List.of(
                new Relay(process.getInputStream(), output.out(), prefix, line -> false),
                new Relay(process.getErrorStream(), output.err(), prefix, output.dropped())));
        workers.add(worker);
        process.onExit().thenRun(() -> ended.add(worker));
    }

    /** Waits until all have ended, or are made to. */
    Verdict await(Interruption interruption) throws InterruptedException {
        int left = workers.size();
        while (left > 0) {
            Worker worker = ended.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (worker != null) {
                left--;
                end(worker, left);
            }
            if (interruption.requested() && killAt == null) {
                tellAt = System.nanoTime();
            }
            if (tellAt != null && killAt == null && System.nanoTime() - tellAt >= 0) {
                tell();
            }
            if (killAt != null && System.nanoTime() - killAt >= 0) {
                kill();
            }
        }
        return Verdict.of(codes);
    }

    private void end(Worker worker, int left) throws InterruptedException {
        for (Relay relay : worker.relays()) {
            relay.finish(LAST_WORDS_MILLIS);
        }
        int code = worker.process().exitValue();
        if (killAt != null) {
            return;
        }
        codes.add(code);
        if (code != 0) {
            output.say("%s %s.", name(worker), Verdict.words(code));
            if (tellAt == null && left > 0) {
                tellAt = System.nanoTime() + OWN_ACCORD.toNanos();
            }
        }
    }

    /** Asks those that are left to save and end: {@link ParentWatch} is at the other side. */
    private void tell() {
        killAt = System.nanoTime() + launch.grace().toNanos();
        for (Worker worker : workers) {
            if (worker.process().isAlive()) {
                try {
                    worker.process().getOutputStream().close();
                } catch (IOException e) {
                    // Then it has ended meanwhile.
                }
            }
        }
    }

    private void kill() {
        for (Worker worker : workers) {
            if (worker.process().isAlive()) {
                output.say("%s has not ended within %d s: it is killed; the newest checkpoint stands.",
                        name(worker), launch.grace().toSeconds());
                worker.process().toHandle().destroyForcibly();
            }
        }
        killAt = System.nanoTime() + launch.grace().toNanos();
    }

    /** The number of the only one says nothing: it may be one of a cluster on many machines, with another number there. */
    private String name(Worker worker) {
        return launch.workers() == 1 ? "The worker" : "Worker " + worker.task();
    }

    @Override
    public void close() {
        workers.forEach(worker -> worker.process().destroyForcibly());
    }
}
