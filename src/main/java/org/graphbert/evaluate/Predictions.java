package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.Tokenizer;

/** What a model makes of a user's own sentences. */
public final class Predictions {

    /** [CLS], [SEP] and [SEP] around two. */
    private static final int SPECIALS = 3;

    private final Tokenizer tokenizer;
    private final Scorer scorer;
    private final TokenKinds kinds;

    public Predictions(Tokenizer tokenizer, Scorer scorer) {
        this.tokenizer = tokenizer;
        this.scorer = scorer;
        kinds = TokenKinds.of(tokenizer, scorer.config().vocabSize());
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

    /**
     * A pair as a model takes it.
     *
     * @param query [CLS] first [SEP] second [SEP]
     * @param cut whether it was longer than the model takes
     */
    public record PairQuestion(String first, String second, Scorer.Query query, boolean cut) {}

    /** The likeliest tokens for each [MASK] of each text. */
    public List<FilledText> fillMask(List<String> texts, int topK) {
        return fill(texts.stream().map(this::masked).toList(), topK);
    }

    /** A text whose masks stand for a token each. */
    public MaskedText masked(String text) {
        return MaskedText.of(tokenizer, text, scorer.maxLength(), 1);
    }

    /** The likeliest tokens for each [MASK] of each text. */
    public List<FilledText> fill(List<MaskedText> texts, int topK) {
        Likely[][] likely = scorer.likeliest(
                texts.stream().map(text -> text.query(tokenizer.special())).toList(), topK, kinds.any());
        return IntStream.range(0, texts.size())
                .mapToObj(i -> new FilledText(
                        texts.get(i).text(), Arrays.stream(likely[i]).map(of -> fillings(tokenizer, of)).toList()))
                .toList();
    }

    /** Tokens with their names. */
    public static List<Filling> fillings(Tokenizer tokenizer, Likely likely) {
        return IntStream.range(0, likely.ids().length)
                .mapToObj(i -> new Filling(tokenizer.token(likely.ids()[i]), tokenizer.readable(likely.ids()[i]),
                        Math.exp(likely.logProbabilities()[i])))
                .toList();
    }

    /** The probability, for each pair, that the second sentence follows the first. */
    public List<Pair> nextSentence(List<String[]> pairs) {
        return isNext(pairs.stream().map(pair -> pair(pair[0], pair[1])).toList());
    }

    /**
     * Encodes a pair; of one that is too long the longer text is cut, token by token (run_classifier.py).
     *
     * @throws Failure (usage) if the model takes no pairs at all
     */
    public PairQuestion pair(String first, String second) {
        int room = scorer.maxLength() - SPECIALS;
        if (room < 2) {
            throw Failure.usage("this model takes %d tokens, which leaves none for two sentences", scorer.maxLength());
        }
        int[][] ids = {tokenizer.encode(first).ids(), tokenizer.encode(second).ids()};
        boolean cut = ids[0].length + ids[1].length > room;
        EncodedExamples.truncate(ids, room);
        return new PairQuestion(first, second, Scorer.Query.of(tokenizer.special(), ids).in(scorer.config().typeVocabSize()), cut);
    }

    /** The probability, for each pair, that the second sentence follows the first. */
    public List<Pair> isNext(List<PairQuestion> pairs) {
        double[] isNext = scorer.isNext(pairs.stream().map(PairQuestion::query).toList());
        List<Pair> answers = new ArrayList<>();
        for (int i = 0; i < isNext.length; i++) {
            answers.add(new Pair(pairs.get(i).first(), pairs.get(i).second(), isNext[i]));
        }
        return answers;
    }
}
