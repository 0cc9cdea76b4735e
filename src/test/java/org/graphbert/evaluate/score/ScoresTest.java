package org.graphbert.evaluate.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.graphbert.config.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scores are those of scikit-learn, scipy, seqeval and SQuAD's official scripts: random predictions with those libraries'
 * figures, which src/bench/scores.py wrote, and what is certain without them.
 */
class ScoresTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/scores.jsonl");
    private static final double TOLERANCE = 1e-12;

    static Stream<JsonNode> cases() throws IOException {
        return Files.readAllLines(GOLDEN).stream().map(line -> {
            try {
                return Json.MAPPER.readTree(line);
            } catch (IOException e) {
                throw new IllegalArgumentException(line, e);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void figuresAreTheReferences(JsonNode of) {
        Map<String, Double> expected = new TreeMap<>();
        of.get("metrics").properties().forEach(metric -> expected.put(metric.getKey(), metric.getValue().asDouble(Double.NaN)));
        Map<String, Double> metrics = ScoreCases.metrics(of);
        assertEquals(expected.keySet(), new TreeMap<>(metrics).keySet());
        assertTrue(expected.size() >= 3);
        expected.forEach((name, value) -> assertEquals(
                value, metrics.get(name), value.isNaN() ? TOLERANCE : TOLERANCE * Math.max(1, Math.abs(value)), () -> name + " of " + of));
    }

    @Test
    void everyKindIsAmongTheCases() throws IOException {
        assertEquals(List.of("classes", "numbers", "spans", "squad 1.1", "squad 2.0", "strict spans"),
                cases().map(of -> of.get("kind").asText()).distinct().sorted().toList());
    }

    @Test
    void theMainMetricIsTheFirst() {
        assertEquals("accuracy", ClassificationScores.of(new int[] {1}, new int[] {1}, List.of("no", "yes"), "yes")
                .metrics().keySet().iterator().next());
        assertEquals("pearson", CorrelationScores.of(new double[2], new double[2]).metrics().keySet().iterator().next());
        assertEquals("f1", SpanScores.of(List.of(), List.of(), Span.Mode.LENIENT).metrics().keySet().iterator().next());
        assertEquals(List.of("exact", "f1", "total"), List.copyOf(SquadScores.of(List.of(), Map.of()).metrics().keySet()));
    }

    @Test
    void nothingToScoreIsNoZeroDivision() {
        ClassificationScores none = ClassificationScores.of(new int[0], new int[0], List.of("no", "yes"));
        assertEquals(Double.NaN, none.metrics().get("accuracy"));
        assertEquals(0, none.metrics().get("matthews"));
        assertEquals(0, none.metrics().get("f1_macro"));
        assertEquals(Double.NaN, CorrelationScores.of(new double[] {1}, new double[] {2}).pearson());
        assertEquals(Double.NaN, CorrelationScores.of(new double[] {1, 1}, new double[] {2, 3}).spearman());
        assertEquals(Double.NaN, CorrelationScores.of(new double[] {1, 2}, new double[] {2, Double.NaN}).spearman());
        SpanScores noSpans = SpanScores.of(List.of(List.of("O", "O")), List.of(List.of("O", "O")), Span.Mode.STRICT);
        assertEquals(0, noSpans.micro().f1());
        assertEquals(1, noSpans.accuracy());
        assertEquals(Double.NaN, noSpans.macro(Ratios::f1));
    }

    /** What is right in all is 1, whatever the numbers of classes and examples; another order of classes changes nothing. */
    @Property(tries = 100)
    void orderOfClassesChangesNothing(@ForAll long seed) {
        Random random = new Random(seed);
        int k = 2 + random.nextInt(6);
        int n = 1 + random.nextInt(60);
        int[] gold = random.ints(n, 0, k).toArray();
        int[] predicted = random.ints(n, 0, k).toArray();
        List<Integer> order = new ArrayList<>(IntStream.range(0, k).boxed().toList());
        Collections.shuffle(order, random);
        List<String> labels = IntStream.range(0, k).mapToObj(i -> "c" + i).toList();
        Map<String, Double> metrics = ClassificationScores.of(gold, predicted, labels).metrics();
        Map<String, Double> renamed = ClassificationScores.of(IntStream.of(gold).map(order::get).toArray(),
                IntStream.of(predicted).map(order::get).toArray(), labels).metrics();
        metrics.forEach((name, value) -> assertEquals(value, renamed.get(name), TOLERANCE, name + ", seed " + seed));
        Map<String, Double> perfect = ClassificationScores.of(gold, gold, labels).metrics();
        boolean oneClass = IntStream.of(gold).distinct().count() == 1;
        perfect.forEach((name, value) ->
                assertEquals(name.equals("matthews") && oneClass ? 0 : 1, value, TOLERANCE, name + ", seed " + seed));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // tags | lenient | strict
        "B-a I-a O B-b | a 0-2, b 3-4 | a 0-2, b 3-4",
        "O I-a I-a | a 1-3 | ",
        "B-a I-b I-b | a 0-1, b 1-3 | a 0-1",
        "B-a B-a I-a | a 0-1, a 1-3 | a 0-1, a 1-3",
        "I-a B-a O I-a | a 0-1, a 1-2, a 3-4 | a 1-2",
        "B I O | _ 0-2 | _ 0-2",
        "B-creative-work I-creative-work | creative-work 0-2 | creative-work 0-2",
    })
    void spansAreReadFromTags(String tags, String lenient, String strict) {
        assertEquals(lenient, shown(Span.Mode.LENIENT.spans(List.of(tags.split(" ")))));
        assertEquals(strict == null ? "" : strict, shown(Span.Mode.STRICT.spans(List.of(tags.split(" ")))));
    }

    @Test
    void otherPrefixesAreForTheLenient() {
        List<String> tags = List.of("S-a", "B-a", "E-a", "E-b", "O");
        assertEquals("a 0-1, a 1-3, b 3-4", shown(Span.Mode.LENIENT.spans(tags)));
        assertThrows(IllegalArgumentException.class, () -> Span.Mode.STRICT.spans(tags));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ClassificationScores.of(new int[2], new int[3], List.of("a")));
        assertThrows(IllegalArgumentException.class, () -> ClassificationScores.of(new int[1], new int[1], List.of("a"), "b"));
        assertThrows(IllegalArgumentException.class,
                () -> SpanScores.of(List.of(List.of("O")), List.of(List.of("O", "O")), Span.Mode.LENIENT));
        assertThrows(IllegalArgumentException.class,
                () -> SquadScores.of(List.of(new SquadScores.Gold("q", List.of())), Map.of("q", "")));
        assertThrows(IllegalArgumentException.class, () -> new Ratios(2, 1, 3));
    }

    private static String shown(List<Span> spans) {
        return String.join(", ", spans.stream().map(span -> span.type() + " " + span.start() + "-" + span.end()).toList());
    }
}
