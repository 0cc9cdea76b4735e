package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.graphbert.config.Failure;
import org.graphbert.train.Checkpoints.Checkpoint;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Option;

/** Which of a run's checkpoints is meant. */
final class BestOption {

    @Option(
            names = "--best",
            description = "Of the run, the checkpoint of the lowest masked-LM loss on held-out data instead of the newest.")
    private boolean best;

    /** The checkpoint; it is said which damaged ones were passed over. */
    Checkpoint checkpoint(Path run) throws IOException {
        return new RunDirectory(run).checkpoint(best, new ConsoleProgress()::say);
    }

    /** Its prefix. */
    String prefix(Path run) throws IOException {
        return checkpoint(run).prefix();
    }

    /** Refuses it where another source than a run was named. */
    void refuseFor(String option) {
        if (best) {
            throw Failure.usage("--best chooses among the checkpoints of a run; leave it out with %s", option);
        }
    }
}
