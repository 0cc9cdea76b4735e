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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Json;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.ExampleFile;
import org.graphbert.evaluate.Logits;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.evaluate.score.ClassificationScores;
import org.graphbert.evaluate.score.Span;
import org.graphbert.evaluate.score.SpanScores;
import org.graphbert.evaluate.tag.ConllFile;
import org.graphbert.evaluate.tag.EncodedTags;
import org.graphbert.evaluate.tag.TagScheme;
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
    public ExampleFile file() {
        return read;
    }

    @Override
    public EncodedExamples encoded() {
        return encoded;
    }

    @Override
    public List<String> notes() {
        String scheme = "tags in " + read.scheme();
        return !labelled() || read.scheme() == TagScheme.PLAIN && !format.spans() ? List.of()
                : List.of(read.mended() == 0 ? scheme : String.format(Locale.ROOT,
                        "%s; %,d that begin a span with I are taken for B", scheme, read.mended()));
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
    public List<TaskAnswer> answers(float[][][] logits) {
        List<List<String>> predicted = predicted(logits);
        return IntStream.range(0, predicted.size()).mapToObj(i -> answer(read.sentences().get(i), predicted.get(i))).toList();
    }

    private static TaskAnswer answer(TaggedSentence sentence, List<String> tags) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        sentence.words().forEach(node.putArray("words")::add);
        tags.forEach(node.putArray("tags")::add);
        String text = IntStream.range(0, tags.size())
                .mapToObj(i -> sentence.words().get(i) + "/" + tags.get(i))
                .collect(Collectors.joining(" "));
        return new TaskAnswer(text, node);
    }
}
