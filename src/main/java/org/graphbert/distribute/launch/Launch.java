package org.graphbert.distribute.launch;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.graphbert.config.Interruption;

/**
 * Workers of one training on this machine, and their supervisor: when one is lost, the others are ended and all are started
 * again, which continues where the last checkpoint is.
 *
 * @param workers how many
 * @param restarts how often they are started again at most
 * @param grace how long a worker that is to end has for saving before it is killed
 */
public record Launch(int workers, int restarts, Duration grace) {

    /** The command of a worker. */
    @FunctionalInterface
    public interface Command {
        /**
         * What starts it.
         *
         * @param task its number; 0 is the chief
         * @param addresses of all workers, HOST:PORT each, in the order of their numbers
         */
        List<String> of(int task, List<String> addresses);
    }

    /**
     * Where the workers' lines go.
     *
     * @param out what they print to stdout
     * @param err what they print to stderr, and what is said of them
     * @param dropped lines that are passed over
     */
    public record Output(PrintStream out, PrintStream err, Predicate<String> dropped) {

        void say(String format, Object... arguments) {
            err.print(String.format(format, arguments) + System.lineSeparator());
            err.flush();
        }
    }

    public Launch {
        if (workers < 1 || restarts < 0 || grace.isNegative() || grace.isZero()) {
            throw new IllegalArgumentException(workers + " workers, " + restarts + " restarts, a grace of " + grace);
        }
    }

    /**
     * Runs the workers to their end. A signal to this process ends them all, each with its state saved, and then the process.
     *
     * @return the exit code that says how it ended, as {@link Verdict} has it
     * @throws IOException if a process cannot be started
     */
    public int run(Command command, Output output) throws IOException {
        try (Interruption interruption = new Interruption()) {
            for (int restart = 0; ; restart++) {
                Verdict verdict = attempt(command, output, interruption);
                if (interruption.requested() || !verdict.worthARestart()) {
                    return verdict.exitCode();
                }
                if (restart == restarts) {
                    output.say("%s", restarts == 0
                            ? "No restarts were asked for (--restart N); the same command continues."
                            : (restarts == 1 ? "The one restart is" : "All " + restarts + " restarts are") + " used up; the same command continues.");
                    return verdict.exitCode();
                }
                output.say("Restart %d of %d.", restart + 1, restarts);
            }
        }
    }

    private Verdict attempt(Command command, Output output, Interruption interruption) throws IOException {
        // Other ports each time: those of the attempt before may not be free yet.
        List<String> addresses = LoopbackPorts.free(workers);
        if (workers > 1) {
            output.say("%d workers at %s.", workers, String.join(", ", addresses));
        }
        try (Attempt attempt = new Attempt(this, output)) {
            for (int task = 0; task < workers; task++) {
                attempt.start(task, command.of(task, addresses));
            }
            return attempt.await(interruption);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while workers ran", e);
        }
    }
}
