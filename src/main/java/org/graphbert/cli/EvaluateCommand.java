package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Progress;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Unigram;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert evaluate}: a model's figures on a prepared data set. */
@Command(
        name = "evaluate",
        description = "Masked-LM and next-sentence loss and accuracy on a prepared data set.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {"", "Example:", "  graphbert evaluate --run runs/wiki --data tfrecords/wiki-held-out"})
final class EvaluateCommand implements Callable<Integer> {

    @ArgGroup(multiplicity = "1")
    private Source source;

    /** Where the weights are. */
    static final class Source {
        @Option(names = "--run", paramLabel = "DIR", description = "A run; its newest checkpoint that is sound.")
        private Path run;

        @Option(
                names = "--checkpoint",
                paramLabel = "PREFIX",
                description = "A checkpoint's prefix; the model's configuration with --model.")
        private String checkpoint;
    }

    @Mixin
    private BestOption best;

    @Option(names = "--model", paramLabel = "FILE", description = "Model configuration of --checkpoint.")
    private Path model;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "The data set.")
    private Path data;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences at once (${DEFAULT-VALUE}).")
    private int batchSize = 32;

    @Option(names = "--threads", paramLabel = "N", description = "0 for all cores (${DEFAULT-VALUE}).")
    private int threads = 0;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ModelConfig config = model();
        try (DataSet set = DataSet.open(data)) {
            requireFit(config, set);
            Progress progress = new ConsoleProgress();
            set.notes().forEach(progress::say);
            sayUntrained(progress);
            String prefix = source.run == null ? source.checkpoint : best.prefix(source.run);
            try (InferenceSession session = InferenceSession.load(config, prefix, threads)) {
                Evaluation evaluation = Evaluation.of(
                        Loader.sequential(set, batchSize),
                        set.size(),
                        null,
                        set.unigramCounts().map(Unigram::new),
                        session::evaluate,
                        progress);
                spec.commandLine().getOut().println(json ? Json.write(evaluation) : text(prefix, evaluation, PairTask.of(set)));
            }
        }
        return 0;
    }

    private ModelConfig model() throws IOException {
        if (source.run != null) {
            return new RunDirectory(source.run).model();
        }
        best.refuseFor("--checkpoint");
        if (model == null) {
            throw Failure.usage("--checkpoint needs the model's configuration: add --model FILE");
        }
        return ModelConfig.read(model);
    }

    private void sayUntrained(Progress progress) throws IOException {
        if (source.run != null) {
            RunDirectory run = new RunDirectory(source.run);
            run.untrainedMaskedLm().ifPresent(progress::say);
            run.untrainedPairs().ifPresent(progress::say);
        }
    }

    private void requireFit(ModelConfig config, DataSet set) throws IOException {
        // A head that is not there, or has learnt nothing yet, has learnt nothing else either.
        PairTask learnt = source.run == null || !config.options().pairHead()
                        || new RunDirectory(source.run).untrainedPairs().isPresent()
                ? PairTask.of(set) : new RunDirectory(source.run).pairTask();
        if (learnt != PairTask.of(set)) {
            throw Failure.usage("%s was prepared with --pairs %s, %s learnt --pairs %s; evaluate on data of the same",
                    data, PairTask.of(set), source.run, learnt);
        }
        if (set.maxSeqLength() > config.maxPositionEmbeddings()) {
            throw Failure.usage(
                    "%s has sequences of %d tokens, the model has max_position_embeddings %d; prepare shorter ones",
                    data, set.maxSeqLength(), config.maxPositionEmbeddings());
        }
        Optional<String> theirs = set.manifest().map(m -> m.request().tokenizer().checksum());
        if (source.run != null && theirs.isPresent()) {
            Path tokenizer = new RunDirectory(source.run).tokenizer();
            // A run on TFRecords of unknown origin may have none; then only the ids can be checked.
            String ours = Files.exists(tokenizer) ? Tokenizers.load(tokenizer, null).checksum() : theirs.get();
            if (!ours.equals(theirs.get())) {
                throw Failure.usage(
                        "%s was prepared with another tokenizer (checksum %.12s) than %s (%.12s); prepare it with %s",
                        data, theirs.get(), source.run, ours, tokenizer);
            }
        }
        int entries = set.manifest().map(m -> m.request().tokenizer().vocabularySize()).orElse(0);
        if (entries > config.vocabSize()) {
            throw Failure.usage(
                    "%s was prepared with a vocabulary of %d entries, the model has %d; prepare it with the model's",
                    data, entries, config.vocabSize());
        }
    }

    private String text(String prefix, Evaluation e, PairTask task) {
        String unigram = e.unigramCrossEntropy() == null
                ? ""
                : String.format(Locale.ROOT, "%n  unigram cross-entropy   %8.4f", e.unigramCrossEntropy());
        String pairs = e.nextSentenceLoss() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%n  %-24s%8.4f%n  %-24s%8.4f",
                        task.words() + " loss", e.nextSentenceLoss(), task.words() + " accuracy", e.nextSentenceAccuracy());
        return String.format(
                Locale.ROOT,
                "%s on %s: %,d %s, %,d masked tokens%n"
                        + "  masked LM loss          %8.4f%n"
                        + "  masked LM accuracy      %8.4f%n"
                        + "  masked LM perplexity    %8.2f%s%s",
                prefix,
                data,
                e.examples(),
                task == PairTask.NONE ? "records" : "pairs",
                e.predictions(),
                e.maskedLmLoss(),
                e.maskedLmAccuracy(),
                e.perplexity(),
                unigram,
                pairs);
    }
}
