package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graphbert.cli.EvaluatedModels.Evaluated;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentOptions;
import org.graphbert.corpus.InputFiles;
import org.graphbert.data.DataSet;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.PairOptions;
import org.graphbert.data.PairTask;
import org.graphbert.data.Recipe;
import org.graphbert.evaluate.RawText;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code evaluate} that say on what, and the data sets that come of them. To be closed, once used. */
final class EvaluatedData implements AutoCloseable {

    private static final int LENGTH = PairOptions.DEFAULT.maxSeqLength();

    @ArgGroup(multiplicity = "1")
    private Source source;

    /** What there is to evaluate on. */
    static final class Source {
        @Option(names = "--data", paramLabel = "DIR", description = "A prepared data set.")
        private Path data;

        @Option(
                names = "--input",
                arity = "1..*",
                paramLabel = "FILE",
                description = "Text, documents with blank lines between them; it is prepared with each run's tokenizer, as "
                        + "'graphbert prepare' does, and pairs of the kind that the run learnt.")
        private List<String> inputs;
    }

    @Mixin
    private EncodingOption encoding;

    @Mixin
    private TextFieldOption textField;

    @Option(names = "--pairs", paramLabel = "TASK", description = "Of the text: nsp, sop or none (what the run learnt).")
    private PairTask pairs;

    @Option(
            names = "--max-seq-length",
            paramLabel = "N",
            description = "Positions a record of the text (the least that one of the runs was trained with).")
    private Integer maxSeqLength;

    @Option(names = "--seed", paramLabel = "N", description = "Of the text's pairs and masks (${DEFAULT-VALUE}).")
    private long seed = Recipe.DEFAULT_SEED;

    private final Map<List<Object>, DataSet> opened = new HashMap<>();
    private Path directory;

    /** Whether it is text. */
    boolean raw() {
        return source.inputs != null;
    }

    /** As a headline has it. */
    String name() {
        return raw() ? String.join(" ", source.inputs) : source.data.toString();
    }

    /** The data set for a model, which stays open until this is closed; one for all that can use the same. */
    DataSet dataSet(Evaluated model, int length, Progress progress) throws IOException {
        if (!raw()) {
            return opened(List.of(), () -> DataSet.open(source.data), progress);
        }
        RawText text = text(model, length);
        return opened(List.of(text.tokenizer().checksum(), text.recipe()), () -> {
            if (directory == null) {
                directory = Files.createTempDirectory("graphbert-evaluate-");
            }
            return text.prepare(directory.resolve("data-" + opened.size()), progress);
        }, progress);
    }

    /** The text as a model is to see it. */
    RawText text(Evaluated model, int length) throws IOException {
        if (model.run() == null) {
            throw Failure.usage("--input is prepared with a run's tokenizer, and --checkpoint names none; give --run, or --data");
        }
        Tokenizer tokenizer = Tokenizers.load(model.run().requiredTokenizer(), null);
        PairTask task = pairs != null ? pairs : model.run().pairTask();
        PairOptions options = PairOptions.of(task, length, PairOptions.DEFAULT.shortSeqProb());
        Recipe recipe = new Recipe(options, MaskOptions.standard(length), new DocumentOptions(textField.name(), false, 0), 1,
                Recipe.DEFAULT.sentences(), Recipe.DEFAULT.language(), 0, 1, seed, encoding.charset());
        return new RawText(InputFiles.expand(source.inputs), recipe, tokenizer);
    }

    /** S for text: one length for all models, so that they are asked the same. */
    int length(List<Evaluated> models) throws IOException {
        int least = maxSeqLength != null ? maxSeqLength : Integer.MAX_VALUE;
        for (Evaluated model : models) {
            int most = model.config().maxPositionEmbeddings();
            if (maxSeqLength != null && maxSeqLength > most) {
                throw Failure.usage("--max-seq-length is %d, but %s has max_position_embeddings %d; choose a shorter one",
                        maxSeqLength, model.name(), most);
            }
            if (maxSeqLength == null) {
                int trained = model.run() == null ? LENGTH : model.run().trainedLength().orElse(LENGTH);
                least = Math.min(least, Math.min(trained, most));
            }
        }
        return least;
    }

    /**
     * How often each token occurs in what a model was trained on: a data set says it of its own corpus; for text the run's
     * data set is asked, where it is still there.
     */
    Optional<long[]> counts(Evaluated model, DataSet set, Progress progress) throws IOException {
        if (!raw()) {
            return set.unigramCounts();
        }
        Optional<Path> trained = model.run().trainingData();
        if (trained.isEmpty()) {
            return Optional.empty();
        }
        try (DataSet data = DataSet.open(trained.get())) {
            return data.unigramCounts();
        } catch (Failure e) {
            progress.say(String.format("%s: its training data, which count tokens, are not to be had (%s); figures by frequency are "
                    + "left out", model.name(), e.getMessage().split("; ")[0]));
            return Optional.empty();
        }
    }

    /** Refuses data that say nothing about a model. */
    void requireFit(Evaluated model, DataSet set) throws IOException {
        RunDirectory run = model.run();
        PairTask asked = PairTask.of(set);
        // A head that is not there, or has learnt nothing yet, has learnt nothing else either; and text may be without pairs.
        PairTask learnt = run == null || !model.config().options().pairHead() || run.untrainedPairs().isPresent()
                        || raw() && asked == PairTask.NONE
                ? asked : run.pairTask();
        if (learnt != asked) {
            throw Failure.usage("%s was prepared with --pairs %s, %s learnt --pairs %s; evaluate on data of the same",
                    name(), asked, run.path(), learnt);
        }
        if (set.maxSeqLength() > model.config().maxPositionEmbeddings()) {
            throw Failure.usage("%s has sequences of %d tokens, the model has max_position_embeddings %d; prepare shorter ones",
                    name(), set.maxSeqLength(), model.config().maxPositionEmbeddings());
        }
        Optional<String> theirs = set.manifest().map(m -> m.request().tokenizer().checksum());
        if (run != null && theirs.isPresent()) {
            // A run on TFRecords of unknown origin may have none; then only the ids can be checked.
            String ours = Files.exists(run.tokenizer()) ? Tokenizers.load(run.tokenizer(), null).checksum() : theirs.get();
            if (!ours.equals(theirs.get())) {
                throw Failure.usage("%s was prepared with another tokenizer (checksum %.12s) than %s (%.12s); prepare it with %s",
                        name(), theirs.get(), run.path(), ours, run.tokenizer());
            }
        }
        int entries = set.manifest().map(m -> m.request().tokenizer().vocabularySize()).orElse(0);
        if (entries > model.config().vocabSize()) {
            throw Failure.usage("%s was prepared with a vocabulary of %d entries, the model has %d; prepare it with the model's",
                    name(), entries, model.config().vocabSize());
        }
    }

    /** Opens a data set. */
    private interface Opening {
        DataSet open() throws IOException;
    }

    private DataSet opened(List<Object> key, Opening opening, Progress progress) throws IOException {
        DataSet set = opened.get(key);
        if (set == null) {
            set = opening.open();
            opened.put(key, set);
            set.notes().forEach(progress::say);
        }
        return set;
    }

    @Override
    public void close() throws IOException {
        opened.values().forEach(DataSet::close);
        opened.clear();
        if (directory != null) {
            Directories.delete(directory);
        }
    }
}
