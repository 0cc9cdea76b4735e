package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.graphbert.evaluate.Features;
import org.graphbert.evaluate.Features.Question;
import org.graphbert.evaluate.Features.Vectors;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.SortedBatches;
import org.graphbert.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert predict embed}: texts as vectors. */
@Command(
        name = "embed",
        description = "The vectors of texts, or of their tokens: what the model's layers make of them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Prints a JSON object a line. A file NAME.npy gets a matrix with a row for each text; with --pool none a row for each token, "
                    + "and NAME.offsets.npy says where each text begins, and at its end how many rows there are.",
            "",
            "Examples:",
            "  graphbert predict embed --run runs/wiki \"The sky is blue.\"",
            "  graphbert predict embed --run runs/wiki --input texts.jsonl --columns text",
            "  graphbert predict embed --run runs/wiki --input sentences.txt \\",
            "      --layers -4,-3,-2,-1 --combine mean --output vectors.npy"
        })
final class PredictEmbedCommand implements Callable<Integer> {

    @Mixin
    private PredictModel model;

    @Option(
            names = "--layers",
            paramLabel = "N",
            split = ",",
            description = "Of these layers: 0 for the embeddings, 1 for the first, -1 for the last (-1). An export "
                    + "has the last alone.")
    private int[] layers = {-1};

    @Option(
            names = "--combine",
            paramLabel = "HOW",
            description = "Several layers become one vector: sum, mean or concat (${DEFAULT-VALUE}).")
    private Features.Combine combine = Features.Combine.CONCAT;

    @Option(
            names = "--pool",
            paramLabel = "HOW",
            description = "A text's vector is the mean of its tokens', [CLS] and [SEP] with them, or that of cls; none: each token's "
                    + "(${DEFAULT-VALUE}).")
    private Features.Pool pool = Features.Pool.MEAN;

    @Option(names = "--pairs", description = "Vectors of pairs of texts, read together: [CLS] first [SEP] second [SEP].")
    private boolean pairs;

    @Option(names = "--output", paramLabel = "FILE", description = "Write there, in NumPy's format if it ends with .npy.")
    private Path output;

    @Mixin
    private PredictInput input;

    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "Texts; with --pairs first, second, first, second, ...")
    private List<String> texts;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        input.requireOptions(texts);
        try (Scorer scorer = model.scorer()) {
            Features features = Features.of(layers, combine, pool, scorer);
            if (output == null) {
                answer(features, scorer, (out, vectors) -> out.println(EmbedFile.json(vectors, pool)));
                return 0;
            }
            try (EmbedFile file = EmbedFile.at(output, pool, features.size(scorer.config().hiddenSize()))) {
                answer(features, scorer, (out, vectors) -> file.add(vectors));
                file.complete();
            }
        }
        return 0;
    }

    private void answer(Features features, Scorer scorer, BiConsumer<PrintWriter, Vectors> print) throws IOException {
        Tokenizer tokenizer = model.tokenizer();
        TextColumns columns = input.columns(pairs ? 2 : 1);
        PredictAnswers<Question, Vectors> answers = new PredictAnswers<>(
                pairs ? "Two texts with ||| between them" : "A text",
                columns::typed,
                // Of an empty line too: the vectors of a file stand in the places of its lines.
                line -> columns.plain() ? List.of(line) : columns.read(line),
                some -> Features.question(tokenizer, some, scorer),
                scorer.maxLength(),
                Question::cut,
                new SortedBatches<>(input.batchSize(), text -> text.query().inputIds().length, some -> features.of(some, scorer)),
                print,
                false);
        input.answer(texts == null ? null : columns.grouped(texts), answers, spec.commandLine().getOut());
    }
}
