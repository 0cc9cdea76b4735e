package org.graphbert.evaluate.score;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How well spans were found: one counts if its type, its first and its last word are right. The figures are seqeval's of the
 * same names.
 *
 * @param types by type in the order of its letters: those of which there is a span to be found or predicted
 * @param words how many
 * @param correctWords how many words have the right tag
 */
public record SpanScores(Map<String, Ratios> types, long words, long correctWords) {

    private static final Ratios NONE = new Ratios(0, 0, 0);

    public SpanScores {
        types = new TreeMap<>(types);
    }

    /**
     * Of sentences.
     *
     * @param gold for each sentence the tags of its words
     * @param predicted as many
     */
    public static SpanScores of(List<List<String>> gold, List<List<String>> predicted, Span.Mode mode) {
        if (gold.size() != predicted.size()) {
            throw new IllegalArgumentException(predicted.size() + " predictions of " + gold.size() + " sentences");
        }
        Map<String, Ratios> types = new TreeMap<>();
        long words = 0;
        long correctWords = 0;
        for (int i = 0; i < gold.size(); i++) {
            List<String> right = gold.get(i);
            List<String> found = predicted.get(i);
            if (right.size() != found.size()) {
                throw new IllegalArgumentException(
                        "sentence " + (i + 1) + ": " + found.size() + " predictions of " + right.size() + " words");
            }
            words += right.size();
            for (int word = 0; word < right.size(); word++) {
                correctWords += right.get(word).equals(found.get(word)) ? 1 : 0;
            }
            sentence(Set.copyOf(mode.spans(right)), Set.copyOf(mode.spans(found)))
                    .forEach((type, ratios) -> types.merge(type, ratios, Ratios::plus));
        }
        return new SpanScores(types, words, correctWords);
    }

    private static Map<String, Ratios> sentence(Set<Span> gold, Set<Span> predicted) {
        Map<String, Ratios> types = new TreeMap<>();
        Stream.concat(gold.stream(), predicted.stream()).map(Span::type).forEach(type -> types.put(type, new Ratios(
                predicted.stream().filter(gold::contains).filter(span -> span.type().equals(type)).count(),
                predicted.stream().filter(span -> span.type().equals(type)).count(),
                gold.stream().filter(span -> span.type().equals(type)).count())));
        return types;
    }

    /** All types together, each span counting as much. */
    public Ratios micro() {
        return types.values().stream().reduce(NONE, Ratios::plus);
    }

    /** The mean over the types; NaN if there are none, as seqeval has it. */
    public double macro(ToDoubleFunction<Ratios> ratio) {
        return types.values().stream().mapToDouble(ratio).average().orElse(Double.NaN);
    }

    /** The mean over the types, by how many spans of each are to be found. */
    public double weighted(ToDoubleFunction<Ratios> ratio) {
        long gold = micro().gold();
        return gold == 0 ? 0 : types.values().stream().mapToDouble(of -> of.gold() * ratio.applyAsDouble(of)).sum() / gold;
    }

    /** How many words have the right tag, of all; NaN of none. */
    public double accuracy() {
        return words == 0 ? Double.NaN : (double) correctWords / words;
    }

    /** By name, the micro F1 first. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("f1", micro().f1());
        metrics.put("precision", micro().precision());
        metrics.put("recall", micro().recall());
        metrics.put("f1_macro", macro(Ratios::f1));
        metrics.put("f1_weighted", weighted(Ratios::f1));
        metrics.put("token_accuracy", accuracy());
        return metrics;
    }
}
