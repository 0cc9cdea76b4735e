package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.graphbert.interop.TensorFile;
import org.graphbert.interop.TensorFiles;
import org.graphbert.serve.SavedModelReport;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.train.RunDirectory;

/** Where the variables are that a user means: a run's are those of its newest checkpoint, an export's those of its newest version. */
final class TensorSources {

    private TensorSources() {}

    /**
     * Opens the variables of a run, SavedModel, checkpoint, safetensors file or graph.
     *
     * @throws org.graphbert.config.Failure (usage) if there is nothing at that path, (data) if it holds no tensors or is damaged
     */
    static TensorFile open(Path path) throws IOException {
        RunDirectory run = new RunDirectory(path);
        if (run.exists()) {
            return TensorFiles.open(Path.of(run.newest().prefix()));
        }
        if (SavedModelReport.recognises(path)) {
            return TensorFiles.open(
                    Files.isDirectory(path) ? SavedModelScorer.version(path) : path.toAbsolutePath().getParent());
        }
        return TensorFiles.open(path);
    }
}
