package org.graphbert.evaluate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.graphbert.config.Json;
import org.graphbert.evaluate.score.ClassificationScores;
import org.graphbert.evaluate.score.Span;
import org.graphbert.evaluate.score.SpanScores;
import org.graphbert.evaluate.tag.ConllFile;
import org.graphbert.evaluate.tag.EncodedTags;
import org.graphbert.evaluate.tag.TagWindow;
import org.graphbert.evaluate.tag.TaggedSentence;

/** Tagged sentences: a file's, encoded. */
final class TagPart implements TaskPart {

    private final TagFormat format;
    private final ConllFile read;
    private final EncodedTags tags;
    private final EncodedExamples encoded;

    TagPart(TagFormat format, ConllFile read) {
        this.format = format;
        this.read = read;
        this.tags = EncodedTags.of(read.sentences(), format.labels(), format.input().tokenizer(), format.input().longest());
        this.encoded = new EncodedExamples(tags.windows().stream().map(TagPart::example).toList());
    }

    /** Where a word begins there is its tag; nothing is learnt elsewhere. */
    private static TaskExample example(TagWindow window) {
        int[] labels = new int[window.query().inputIds().length];
        Arrays.fill(labels, -1);
        for (int word = 0; word < window.positions().length; word++) {
            labels[window.positions()[word]] = window.labels()[word];
        }
        return TaskExample.ofPositions(window.query(), labels);
    }

    @Override
    public Path file() {
        return read.path();
    }

    @Override
    public EncodedExamples encoded() {
        return encoded;
    }

    @Override
    public boolean labelled() {
        return read.tagged();
    }

    @Override
    public int count() {
        return read.sentences().size();
    }

    private List<List<String>> predicted(float[][][] logits) {
        List<int[]> classes = new ArrayList<>();
        for (int i = 0; i < logits.length; i++) {
            float[][] rows = logits[i];
            classes.add(IntStream.of(tags.windows().get(i).positions()).map(position -> Logits.largest(rows[position])).toArray());
        }
        return tags.decode(classes);
    }

    @Override
    public Map<String, Double> scores(float[][][] logits) {
        List<List<String>> gold = read.sentences().stream().map(TaggedSentence::tags).toList();
        List<List<String>> predicted = predicted(logits);
        return format.spans()
                ? SpanScores.of(gold, predicted, Span.Mode.LENIENT).metrics()
                : ClassificationScores.of(classes(gold), classes(predicted), format.labels()).metrics();
    }

    private int[] classes(List<List<String>> of) {
        return of.stream().flatMap(List::stream).mapToInt(format.labels()::indexOf).toArray();
    }

    /** A CoNLL file: word, tag if that is known, and predicted tag. */
    @Override
    public List<Path> write(Path directory, String name, float[][][] logits) throws IOException {
        return List.of(Files.write(directory.resolve(name + ".txt"), read.lines(predicted(logits))));
    }

    @Override
    public List<String> lines(float[][][] logits, boolean json) {
        List<List<String>> predicted = predicted(logits);
        return json
                ? IntStream.range(0, predicted.size()).mapToObj(i -> line(read.sentences().get(i), predicted.get(i))).toList()
                : read.lines(predicted);
    }

    private static String line(TaggedSentence sentence, List<String> predicted) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        sentence.words().forEach(node.putArray("words")::add);
        predicted.forEach(node.putArray("tags")::add);
        return Json.writeLine(node);
    }
}
