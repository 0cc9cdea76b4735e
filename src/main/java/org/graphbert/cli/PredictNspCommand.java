package org.graphbert.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Predictions.Pair;
import org.graphbert.evaluate.Predictions.PairQuestion;
import org.graphbert.evaluate.Scorer;
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

    @Option(
            names = "--columns",
            paramLabel = "A,B",
            split = ",",
            description = "The two columns by their names in a header line, or the two keys of JSON lines.")
    private List<String> columns;

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
        if (texts != null && texts.size() % 2 != 0) {
            throw Failure.usage("%d sentences, expected pairs: first, second, first, second", texts.size());
        }
        PairLines lines = new PairLines(columns);
        String label = model.pairTask().labels().get(0);
        model.sayUntrained(RunDirectory::untrainedPairs);
        try (Scorer scorer = model.scorer()) {
            Scorer.requirePairHead(scorer.config());
            Predictions predictions = new Predictions(model.tokenizer(), scorer);
            PredictAnswers<PairQuestion, Pair> answers = new PredictAnswers<>(
                    "Two sentences with ||| between them",
                    line -> question(predictions, PairLines.typed(line)),
                    line -> question(predictions, lines.read(line)),
                    PairQuestion::cut,
                    PredictAnswers.batches(input.batchSize(), pair -> pair.query().inputIds().length, predictions::isNext),
                    (out, pair) -> out.printf(
                            Locale.ROOT, "%s %6.2f%%  %s / %s%n", label, 100 * pair.isNext(), pair.first(), pair.second()),
                    json);
            input.answer(texts == null ? null : pairs(predictions), answers, spec.commandLine().getOut());
        }
        return 0;
    }

    private List<PairQuestion> pairs(Predictions predictions) {
        List<PairQuestion> pairs = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 2) {
            pairs.add(predictions.pair(texts.get(i), texts.get(i + 1)));
        }
        return pairs;
    }

    private static PairQuestion question(Predictions predictions, String[] pair) {
        return pair == null ? null : predictions.pair(pair[0], pair[1]);
    }
}
