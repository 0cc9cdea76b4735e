package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.graphbert.cli.EvaluatedModels.Evaluated;
import org.graphbert.cli.EvaluationText.Row;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Progress;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.DetailedEvaluation;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.EvaluationDetails;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.MeasuredBatch;
import org.graphbert.evaluate.PseudoPerplexity;
import org.graphbert.evaluate.RawText;
import org.graphbert.evaluate.Unigram;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert evaluate}: models' figures on a prepared data set or on text. */
@Command(
        name = "evaluate",
        description = "Masked-LM and next-sentence figures of a model, or of several, on a prepared data set or on text.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert evaluate --run runs/wiki --data tfrecords/wiki-held-out",
            "  graphbert evaluate --run runs/wiki --input mine.txt",
            "  graphbert evaluate --run runs/wiki --checkpoints all \\",
            "      --data tfrecords/wiki-held-out"
        })
final class EvaluateCommand implements Callable<Integer> {

    private static final long PSEUDO_TOKENS = 2000;
    /** [CLS] and [SEP] around a sentence. */
    private static final int SPECIALS = 2;

    @Mixin
    private EvaluatedModels models;

    @Mixin
    private EvaluatedData data;

    @Option(
            names = "--pseudo-perplexity",
            paramLabel = "N",
            description = "On text: of sentences drawn from it with N tokens, each masked in turn (" + PSEUDO_TOKENS + "); 0 for none.")
    private Long pseudoTokens;

    @Mixin
    private DeviceOption device;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences at once (${DEFAULT-VALUE}).")
    private int batchSize = 32;

    @Option(names = "--threads", paramLabel = "N", description = "0 for all cores (${DEFAULT-VALUE}).")
    private int threads = 0;

    @Option(names = "--json", description = "Print JSON: an object, or with several models a list of them.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        requireOptions();
        Progress progress = new ConsoleProgress();
        device.use(progress);
        List<Row> rows = new ArrayList<>();
        try (EvaluatedData closed = data) {
            List<Evaluated> named = models.models(progress);
            int length = data.length(named);
            for (Evaluated model : named) {
                rows.add(evaluate(model, length, progress));
            }
        }
        EvaluationText text = new EvaluationText(data.name());
        if (json) {
            spec.commandLine().getOut().println(Json.write(models.compared() ? rows : rows.get(0).evaluation()));
        } else {
            spec.commandLine().getOut().println(models.compared() ? text.table(rows) : text.of(rows.get(0)));
        }
        return 0;
    }

    private void requireOptions() {
        data.requireOptions();
        if (pseudoTokens != null && !data.raw()) {
            throw Failure.usage("--pseudo-perplexity is of sentences, which --data has no more; name text with --input");
        }
        if (pseudoTokens != null && pseudoTokens < 0) {
            throw Failure.usage("--pseudo-perplexity is %d, expected a number of tokens, or 0 for none", pseudoTokens);
        }
        if (threads < 0) {
            throw Failure.usage("--threads is %d, expected 0 (all cores) or more", threads);
        }
        if (batchSize < 1) {
            throw Failure.usage("--batch-size is %d, expected at least 1", batchSize);
        }
    }

    private Row evaluate(Evaluated model, int length, Progress progress) throws IOException {
        DataSet set = data.dataSet(model, length, progress);
        data.requireFit(model, set);
        sayUntrained(model, progress);
        PairTask task = PairTask.of(set);
        Optional<long[]> counts = data.counts(model, set, progress);
        EvaluationDetails details = new EvaluationDetails(set.maxSeqLength(), maskId(model, set), counts, task.labels());
        try (InferenceSession session = InferenceSession.load(model.config(), model.prefix(), threads)) {
            Evaluation overall = Evaluation.of(
                    Loader.sequential(set, batchSize),
                    set.size(),
                    null,
                    counts.map(Unigram::new),
                    batch -> {
                        MeasuredBatch measured = session.measure(batch);
                        details.add(batch, measured);
                        return measured.sums();
                    },
                    progress);
            DetailedEvaluation evaluation = details.with(overall);
            return new Row(model.run() == null ? null : model.run().path().toString(), model.step(), model.prefix(), task,
                    data.raw() ? withSentences(evaluation, model, length, session, progress) : evaluation);
        }
    }

    private DetailedEvaluation withSentences(
            DetailedEvaluation evaluation, Evaluated model, int length, InferenceSession session, Progress progress)
            throws IOException {
        long tokens = pseudoTokens == null ? PSEUDO_TOKENS : pseudoTokens;
        if (tokens == 0) {
            return evaluation;
        }
        RawText text = data.text(model, length);
        List<int[]> sample = text.sample(tokens, length - SPECIALS, text.recipe().seed());
        return evaluation.with(
                PseudoPerplexity.of(sample, text.tokenizer().special(), batchSize, session::measure, progress));
    }

    /** What [MASK] is: the data set's tokenizer says it, or the run's; TFRecords and a checkpoint alone do not. */
    private static OptionalInt maskId(Evaluated model, DataSet set) {
        if (set.tokenizerDirectory().isPresent()) {
            return OptionalInt.of(Tokenizers.load(set.tokenizerDirectory().get(), null).special().mask());
        }
        return model.run() != null && Files.exists(model.run().tokenizer())
                ? OptionalInt.of(Tokenizers.load(model.run().tokenizer(), null).special().mask())
                : OptionalInt.empty();
    }

    private static void sayUntrained(Evaluated model, Progress progress) throws IOException {
        if (model.run() != null) {
            RunDirectory run = model.run();
            run.untrainedMaskedLm().ifPresent(progress::say);
            run.untrainedPairs().ifPresent(progress::say);
        }
    }
}
