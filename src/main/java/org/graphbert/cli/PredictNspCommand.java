package org.graphbert.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Predictions.Pair;
import org.graphbert.evaluate.Predictions.PairQuestion;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.SortedBatches;
import org.graphbert.train.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert predict nsp}: whether one sentence follows another. */
@Command(
        name = "nsp",
        description = "The probability that the second sentence of a pair follows the first (of a run on sentence order: that they "
                + "are in order).",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A line of a file or of stdin is a pair with a tab between, or a JSON object with \"first\" and \"second\".",
            "",
            "Examples:",
            "  graphbert predict nsp --run runs/wiki \"The sky is blue.\" \\",
            "      \"It darkens at night.\"",
            "  graphbert predict nsp --run runs/wiki --input rte.tsv \\",
            "      --columns premise,hypothesis --json"
        })
final class PredictNspCommand implements Callable<Integer> {

    @Mixin
    private PredictModel model;

    @Mixin
    private PredictInput input;

    @Option(names = "--json", description = "Print JSON: a list for arguments, else an object a line.")
    private boolean json;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "Pairs: first, second, first, second, ...")
    private List<String> texts;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        input.requireOptions(texts);
        TextColumns columns = input.columns(2);
        List<List<String>> pairs = texts == null ? null : columns.grouped(texts);
        String label = model.pairTask().labels().get(0);
        model.sayUntrained(RunDirectory::untrainedPairs);
        try (Scorer scorer = model.scorer()) {
            Scorer.requirePairHead(scorer.config());
            Predictions predictions = new Predictions(model.tokenizer(), scorer);
            PredictAnswers<PairQuestion, Pair> answers = new PredictAnswers<>(
                    "Two sentences with ||| between them",
                    columns::typed,
                    columns::read,
                    pair -> predictions.pair(pair.get(0), pair.get(1)),
                    scorer.maxLength(),
                    PairQuestion::cut,
                    new SortedBatches<>(input.batchSize(), pair -> pair.query().inputIds().length, predictions::isNext),
                    (out, pair) -> out.printf(
                            Locale.ROOT, "%s %6.2f%%  %s / %s%n", label, 100 * pair.isNext(), pair.first(), pair.second()),
                    json);
            input.answer(pairs, answers, spec.commandLine().getOut());
        }
        return 0;
    }
}
