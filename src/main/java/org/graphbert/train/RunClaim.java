package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import org.graphbert.config.Directories;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;

/**
 * A process' claim on the directory of the run that it trains: nobody else trains it meanwhile, and where the directory is
 * removed under the training, it is made anew with what it needs to be a run.
 */
final class RunClaim implements AutoCloseable {

    private final RunDirectory run;
    private DirectoryLock lock;
    private Contents contents = () -> {};

    /** Writes what a run holds beside checkpoints and metrics. */
    @FunctionalInterface
    interface Contents {
        void write() throws IOException;
    }

    private RunClaim(RunDirectory run) throws IOException {
        this.run = run;
        lock = DirectoryLock.ofRun(run.path());
    }

    /**
     * Takes a run for this process.
     *
     * @throws org.graphbert.config.Failure (usage) if another process trains it, or its directory cannot be made
     */
    static RunClaim take(RunDirectory run) throws IOException {
        return take(run, "--run");
    }

    /**
     * The same.
     *
     * @param option that names its directory
     */
    static RunClaim take(RunDirectory run, String option) throws IOException {
        Directories.createOutput(option, run.path());
        try {
            return new RunClaim(run);
        } catch (IOException e) {
            throw Failure.usage("%s %s: cannot be written: %s; choose a place that may be written",
                    option, run.path(), Directories.reason(e));
        }
    }

    RunDirectory run() {
        return run;
    }

    /** Writes the contents, now and whenever they are gone. */
    void fill(Contents of) throws IOException {
        contents = of;
        contents.write();
    }

    /**
     * Makes anew what was removed.
     *
     * @return whether anything was
     * @throws IOException if it cannot be made anew
     * @throws org.graphbert.config.Failure (usage) if another process has begun to train in this place
     */
    boolean renew() throws IOException {
        boolean held = lock.held();
        if (held && run.exists()) {
            return false;
        }
        if (!held) {
            lock.close();
            Files.createDirectories(run.path());
            lock = DirectoryLock.ofRun(run.path());
        }
        contents.write();
        return true;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
