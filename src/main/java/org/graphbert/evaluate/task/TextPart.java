package org.graphbert.evaluate.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.graphbert.config.Json;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.ExampleFile;
import org.graphbert.evaluate.LabelledText;
import org.graphbert.evaluate.Logits;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.evaluate.score.ClassificationScores;
import org.graphbert.evaluate.score.CorrelationScores;

/** Texts with labels or numbers: a file's, encoded. */
final class TextPart implements TaskPart {

    private final TextFormat format;
    private final TaskFile table;
    /** The labels of a regression. */
    private final double[] numbers;
    private final EncodedExamples encoded;

    /**
     * Encodes a file.
     *
     * @param weighted whether its examples weigh as their classes do
     * @throws org.graphbert.config.Failure (data) that names the line of a label that should be a number
     */
    TextPart(TextFormat format, TaskFile table, boolean weighted) {
        this.format = format;
        this.table = table;
        this.numbers = format.config().regression() && table.labelled() ? table.numbers() : new double[table.examples().size()];
        TaskInput input = format.input();
        this.encoded = EncodedExamples.of(
                table.examples(), input.tokenizer(), input.longest(), input.segments(), (text, i) -> target(text, i, weighted));
    }

    private TaskExample target(Scorer.Query text, int i, boolean weighted) {
        if (format.config().regression()) {
            return TaskExample.ofValue(text, (float) numbers[i]);
        }
        // A label that is not known is of no account: nothing is learnt or scored then.
        int label = table.labelled() ? format.labels().indexOf(table.examples().get(i).label()) : 0;
        return TaskExample.ofClass(text, label, weighted ? format.weights()[label] : 1);
    }

    @Override
    public ExampleFile file() {
        return table;
    }

    @Override
    public EncodedExamples encoded() {
        return encoded;
    }

    @Override
    public List<String> notes() {
        return encoded.cut() == 0 ? List.of() : List.of(String.format(
                Locale.ROOT, "%,d examples are longer than %d tokens, and cut", encoded.cut(), format.input().longest()));
    }

    @Override
    public Map<String, Double> scores(float[][][] logits) {
        List<LabelledText> examples = table.examples();
        if (format.config().regression()) {
            return CorrelationScores.of(
                    numbers,
                    Arrays.stream(logits).mapToDouble(rows -> rows[0][0]).toArray()).metrics();
        }
        List<String> labels = format.labels();
        int[] gold = examples.stream().mapToInt(example -> labels.indexOf(example.label())).toArray();
        int[] predicted = Arrays.stream(logits).mapToInt(rows -> Logits.largest(rows[0])).toArray();
        return (format.positive() == null
                ? ClassificationScores.of(gold, predicted, labels)
                : ClassificationScores.of(gold, predicted, labels, format.positive())).metrics();
    }

    /** A TSV file: the line of the example, its label if that is known, the prediction, and each class's probability. */
    @Override
    public List<Path> write(Path directory, String name, float[][][] logits) throws IOException {
        Path file = directory.resolve(name + ".tsv");
        List<String> header = new ArrayList<>(List.of("line"));
        if (labelled()) {
            header.add("label");
        }
        header.add("prediction");
        format.labels().forEach(label -> header.add("probability_" + label));
        List<String> lines = new ArrayList<>(List.of(String.join("\t", header)));
        for (int i = 0; i < logits.length; i++) {
            LabelledText example = table.examples().get(i);
            List<String> line = new ArrayList<>(List.of(Long.toString(example.line())));
            if (labelled()) {
                line.add(example.label());
            }
            line.add(prediction(logits[i][0]));
            if (!format.config().regression()) {
                Arrays.stream(Logits.probabilities(logits[i][0])).forEach(p -> line.add(String.format(Locale.ROOT, "%.6f", p)));
            }
            lines.add(String.join("\t", line));
        }
        Files.write(file, lines);
        return List.of(file);
    }

    private String prediction(float[] row) {
        return format.config().regression() ? Float.toString(row[0]) : format.labels().get(Logits.largest(row));
    }

    @Override
    public List<TaskAnswer> answers(float[][][] logits) {
        return IntStream.range(0, logits.length).mapToObj(i -> answer(table.examples().get(i), logits[i][0])).toList();
    }

    private TaskAnswer answer(LabelledText example, float[] row) {
        String texts = String.join(" / ", example.texts());
        ObjectNode node = Json.MAPPER.createObjectNode();
        example.texts().forEach(node.putArray("texts")::add);
        if (format.config().regression()) {
            return new TaskAnswer(String.format(Locale.ROOT, "%.4f  %s", row[0], texts), node.put("prediction", row[0]));
        }
        node.put("prediction", prediction(row));
        double[] p = Logits.probabilities(row);
        ObjectNode probabilities = node.putObject("probabilities");
        IntStream.range(0, p.length).forEach(i -> probabilities.put(format.labels().get(i), p[i]));
        return new TaskAnswer(
                String.format(Locale.ROOT, "%s %6.2f%%  %s", prediction(row), 100 * p[Logits.largest(row)], texts), node);
    }
}
