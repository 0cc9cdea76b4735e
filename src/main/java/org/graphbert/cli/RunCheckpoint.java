package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Option;

/** A run, and which of its checkpoints. */
final class RunCheckpoint {

    @Option(names = "--run", required = true, paramLabel = "DIR", description = "A run; its newest checkpoint that is sound.")
    private Path path;

    @Option(names = "--best", description = "Instead, the run's checkpoint of the lowest masked-LM loss on held-out data.")
    private boolean best;

    RunDirectory directory() {
        return new RunDirectory(path);
    }

    /** The checkpoint's prefix; it is said which damaged ones were passed over. */
    String prefix() throws IOException {
        return directory().checkpoint(best, new ConsoleProgress()::say).prefix();
    }

    /** As the user named it. */
    @Override
    public String toString() {
        return path.toString();
    }
}
