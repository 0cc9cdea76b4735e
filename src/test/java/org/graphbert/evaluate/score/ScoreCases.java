package org.graphbert.evaluate.score;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.graphbert.config.Json;

/**
 * Scores of predictions that src/bench/scores.py made: a case a line of JSON on standard input, its metrics a line of JSON on
 * standard output.
 */
final class ScoreCases {

    private ScoreCases() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(Json.writeLine(metrics(Json.MAPPER.readTree(line))));
        }
        out.flush();
    }

    static Map<String, Double> metrics(JsonNode of) {
        String kind = of.get("kind").asText();
        return switch (kind) {
            case "classes" -> classes(ClassificationScores.of(
                    integers(of.get("gold")), integers(of.get("predicted")), texts(of.get("labels")), of.get("positive").asText()));
            case "numbers" -> CorrelationScores.of(doubles(of.get("gold")), doubles(of.get("predicted"))).metrics();
            case "spans", "strict spans" -> spans(SpanScores.of(sentences(of.get("gold")), sentences(of.get("predicted")),
                    kind.equals("spans") ? Span.Mode.LENIENT : Span.Mode.STRICT));
            case "squad 1.1" -> SquadScores.of(questions(of.get("gold")), predictions(of.get("predicted"))).metrics();
            case "squad 2.0" -> SquadScores.of(questions(of.get("gold")), predictions(of.get("predicted")),
                    probabilities(of.get("no_answer")), of.get("threshold").asDouble()).metrics();
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static Map<String, Double> classes(ClassificationScores scores) {
        Map<String, Double> metrics = new LinkedHashMap<>(scores.metrics());
        for (int k = 0; k < scores.confusion().labels().size(); k++) {
            put(metrics, scores.confusion().labels().get(k), scores.of(k));
        }
        return metrics;
    }

    private static Map<String, Double> spans(SpanScores scores) {
        Map<String, Double> metrics = new LinkedHashMap<>(scores.metrics());
        scores.types().forEach((type, ratios) -> put(metrics, type, ratios));
        return metrics;
    }

    private static void put(Map<String, Double> metrics, String name, Ratios of) {
        metrics.put(name + ": precision", of.precision());
        metrics.put(name + ": recall", of.recall());
        metrics.put(name + ": f1", of.f1());
        metrics.put(name + ": support", (double) of.gold());
    }

    private static List<SquadScores.Gold> questions(JsonNode gold) {
        List<SquadScores.Gold> questions = new ArrayList<>();
        gold.properties().forEach(
                question -> questions.add(new SquadScores.Gold(question.getKey(), texts(question.getValue()))));
        return questions;
    }

    private static Map<String, String> predictions(JsonNode predicted) {
        Map<String, String> texts = new LinkedHashMap<>();
        predicted.properties().forEach(text -> texts.put(text.getKey(), text.getValue().asText()));
        return texts;
    }

    private static Map<String, Double> probabilities(JsonNode noAnswer) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        noAnswer.properties().forEach(number -> numbers.put(number.getKey(), number.getValue().asDouble()));
        return numbers;
    }

    private static List<List<String>> sentences(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(ScoreCases::texts).toList();
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    private static int[] integers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }
}
