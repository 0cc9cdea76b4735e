package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Scorer;
import org.graphbert.serve.ExportFacts;
import org.graphbert.serve.SavedModelScorer;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code predict} that say where the model is. */
final class PredictModel {

    @ArgGroup(multiplicity = "1", heading = "%nModel:%n")
    private Source source;

    @Mixin
    private BestOption best;

    @Mixin
    private DeviceOption device;

    /** A run or an export. */
    static final class Source {
        @Option(names = "--run", paramLabel = "DIR", description = "A run; its newest checkpoint that is sound.")
        private Path run;

        @Option(names = "--saved-model", paramLabel = "DIR", description = "An export: NAME or NAME/VERSION.")
        private Path savedModel;
    }

    /** Says what an imported run's head has yet to learn. */
    void sayUntrained(Untrained head) throws IOException {
        if (source.run != null) {
            head.in(new RunDirectory(source.run)).ifPresent(new ConsoleProgress()::say);
        }
    }

    /** What there is to be said of a head of a run. */
    interface Untrained {
        Optional<String> in(RunDirectory run) throws IOException;
    }

    Scorer scorer() throws IOException {
        device.use(new ConsoleProgress());
        if (source.savedModel != null) {
            best.refuseFor("--saved-model");
            return SavedModelScorer.load(source.savedModel);
        }
        return InferenceSession.load(new RunDirectory(source.run).model(), best.prefix(source.run), 0);
    }

    /** What the pair head answers. */
    PairTask pairTask() throws IOException {
        PairTask task = source.run == null
                ? ExportFacts.read(SavedModelScorer.version(source.savedModel)).pairTask()
                : new RunDirectory(source.run).pairTask();
        if (task == PairTask.NONE) {
            throw Failure.usage("%s was trained without pairs (--pairs none), and its pair head has learnt nothing; ask a model "
                    + "of --pairs nsp or sop", source.run == null ? source.savedModel : source.run);
        }
        return task;
    }

    Tokenizer tokenizer() throws IOException {
        Path directory = source.savedModel != null
                ? SavedModelScorer.version(source.savedModel).resolve("assets")
                : new RunDirectory(source.run).requiredTokenizer();
        return Tokenizers.load(directory, null);
    }
}
