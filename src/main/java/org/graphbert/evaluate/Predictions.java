package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.Encoding;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/** What a model makes of a user's own sentences. */
public final class Predictions {

    /** [CLS] and [SEP] around one sentence. */
    private static final int SPECIAL_ONE = 2;
    /** [CLS], [SEP] and [SEP] around two. */
    private static final int SPECIAL_TWO = 3;

    private final Tokenizer tokenizer;
    private final Scorer scorer;

    public Predictions(Tokenizer tokenizer, Scorer scorer) {
        this.tokenizer = tokenizer;
        this.scorer = scorer;
    }

    /**
     * A token and its probability from 0 to 1.
     *
     * @param token as the vocabulary has it
     * @param word as people read it: a word without the sign for its space, "##" before what goes on with one
     */
    public record Filling(String token, String word, double probability) {}

    /**
     * A sentence's fillings.
     *
     * @param masks for each [MASK], the likeliest first
     */
    public record FilledText(String text, List<List<Filling>> masks) {}

    /** A pair's answer. */
    public record Pair(String first, String second, double isNext) {}

    /** The likeliest tokens for each [MASK] of each text. */
    public List<FilledText> fillMask(List<String> texts, int topK) {
        List<Scorer.Query> queries = texts.stream().map(this::masked).toList();
        float[][][] logits = scorer.maskedLm(queries);
        List<FilledText> filled = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<List<Filling>> masks = new ArrayList<>();
            for (float[] row : logits[i]) {
                masks.add(top(tokenizer, row, topK));
            }
            filled.add(new FilledText(texts.get(i), masks));
        }
        return filled;
    }

    /** The probability, for each pair, that the second sentence follows the first. */
    public List<Pair> nextSentence(List<String[]> pairs) {
        List<Scorer.Query> queries =
                pairs.stream().map(pair -> pair(pair[0], pair[1])).toList();
        double[] isNext = scorer.isNext(queries);
        return IntStream.range(0, pairs.size())
                .mapToObj(i -> new Pair(pairs.get(i)[0], pairs.get(i)[1], isNext[i]))
                .toList();
    }

    /** [CLS] text [SEP], with the positions of its masks. */
    private Scorer.Query masked(String text) {
        SpecialTokens special = tokenizer.special();
        String[] parts = text.split("\\[MASK\\]", -1);
        if (parts.length == 1) {
            throw Failure.usage("'%s' has no [MASK]; write [MASK] where a word is to be predicted", text);
        }
        List<Encoding> stretches = tokenizer.encodeAroundGaps(List.of(parts));
        List<Integer> ids = new ArrayList<>(List.of(special.cls()));
        int[] positions = new int[parts.length - 1];
        for (int i = 0; i < parts.length; i++) {
            for (int id : stretches.get(i).ids()) {
                ids.add(id);
            }
            if (i < positions.length) {
                positions[i] = ids.size();
                ids.add(special.mask());
            }
        }
        ids.add(special.sep());
        requireLength(ids.size(), SPECIAL_ONE, text);
        return new Scorer.Query(ints(ids), new int[ids.size()], positions);
    }

    /** [CLS] first [SEP] second [SEP]. */
    private Scorer.Query pair(String first, String second) {
        int[] a = tokenizer.encode(first).ids();
        int[] b = tokenizer.encode(second).ids();
        requireLength(a.length + b.length + SPECIAL_TWO, SPECIAL_TWO, first + " / " + second);
        return Scorer.Query.of(tokenizer.special(), a, b);
    }

    private void requireLength(int length, int specials, String text) {
        if (length > scorer.maxLength()) {
            String start = text.length() > 40 ? text.substring(0, 40) + "..." : text;
            throw Failure.usage(
                    "'%s' has %d tokens; this model takes at most %d; shorten it",
                    start, length - specials, scorer.maxLength() - specials);
        }
    }

    /** The likeliest tokens, the likeliest first. */
    public static List<Filling> top(Tokenizer tokenizer, float[] logits, int count) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double scale = sum;
        double shift = max;
        // A model may have more entries than its tokenizer; those have no name.
        return IntStream.range(0, Math.min(logits.length, tokenizer.size()))
                .boxed()
                .sorted((i, j) -> Float.compare(logits[j], logits[i]))
                .limit(count)
                .map(id -> new Filling(tokenizer.token(id), tokenizer.readable(id), Math.exp(logits[id] - shift) / scale))
                .toList();
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
