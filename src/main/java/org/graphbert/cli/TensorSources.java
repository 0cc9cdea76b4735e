package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.interop.TensorFile;
import org.graphbert.interop.TensorFiles;
import org.graphbert.serve.SavedModelReport;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.train.Checkpoints;
import org.graphbert.train.RunDirectory;

/** Where the variables are that a user means: a run's are its newest sound checkpoint's, an export's its newest version's. */
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
            Optional<Checkpoints.Checkpoint> newest = run.checkpoints().newestSound(new ConsoleProgress()::say);
            // Of a run of another version the checkpoint can be read where the record cannot.
            return TensorFiles.open(Path.of((newest.isPresent() ? newest.get() : run.newest()).prefix()));
        }
        if (SavedModelReport.recognises(path)) {
            return TensorFiles.open(
                    Files.isDirectory(path) ? SavedModelScorer.version(path) : path.toAbsolutePath().getParent());
        }
        return TensorFiles.open(path);
    }
}
