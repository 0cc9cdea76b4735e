package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.WordBeam.Path;
import org.graphbert.text.Tokenizer;

/**
 * Answers for [MASK]s that one token alone cannot give: words of several pieces, and several masks that depend on each other.
 *
 * <p>A word of n pieces is sought in n places, n from 1 to a most, from left to right: a piece's probability is given those
 * before it, with [MASK] in the places behind it, so that the product over the pieces is the probability of the word among
 * all of n pieces (the PLL-word-l2r of Kauf and Ivanova 2023, "A Better Way to Do Masked Language Model Scoring"). How
 * many pieces there are the model does not say: words of different lengths are ordered by the geometric mean of their
 * pieces' probabilities (Jiang et al. 2020, X-FACTR, 4.2).
 */
public final class WordSearch {

    private static final int MOST_COMBINATIONS = 256;

    private final Tokenizer tokenizer;
    private final Scorer scorer;
    private final Options options;
    private final TokenKinds kinds;

    /**
     * How it searches.
     *
     * @param maxPieces of a word; 1 where a [MASK] stands for a token
     * @param wholeWords whether a [MASK] stands for a word, or for any token
     * @param width how many beginnings are followed up
     * @param batchSize sequences at once
     */
    public record Options(int maxPieces, boolean wholeWords, int width, int batchSize) {

        public Options {
            if (maxPieces < 1) {
                throw Failure.usage("--max-pieces is %d, expected at least 1", maxPieces);
            }
            if (width < 1) {
                throw Failure.usage("--beam-width is %d, expected at least 1", width);
            }
        }
    }

    /**
     * Words for some masks.
     *
     * @param words one for each mask
     * @param tokens of each word
     * @param probability the product over all tokens
     * @param score the geometric mean over all tokens, by which they are ordered
     */
    public record Found(List<String> words, List<List<String>> tokens, double probability, double score) {}

    public WordSearch(Tokenizer tokenizer, Scorer scorer, Options options) {
        this.tokenizer = tokenizer;
        this.scorer = scorer;
        this.options = options;
        kinds = TokenKinds.of(tokenizer, scorer.config().vocabSize());
    }

    /** A text, with room for as many pieces as a word may have. */
    public MaskedText masked(String text) {
        return MaskedText.of(tokenizer, text, scorer.maxLength(), options.maxPieces());
    }

    /** For each text, for each [MASK] by itself, the others left as they are, the best answers. */
    public List<List<List<Found>>> each(List<MaskedText> texts, int count) {
        return search(texts, text -> IntStream.range(0, text.masks()).mapToObj(List::of).toList(), count);
    }

    /** For each text, the best answers to all its [MASK]s together. */
    public List<List<Found>> together(List<MaskedText> texts, int count) {
        return search(texts, text -> List.of(IntStream.range(0, text.masks()).boxed().toList()), count).stream()
                .map(groups -> groups.get(0))
                .toList();
    }

    /** @param groups of masks that are answered together */
    private List<List<List<Found>>> search(
            List<MaskedText> texts, Function<MaskedText, List<List<Integer>>> groups, int count) {
        List<WordBeam> beams = new ArrayList<>();
        List<List<List<WordBeam>>> byText = new ArrayList<>();
        for (MaskedText text : texts) {
            List<List<WordBeam>> byGroup = new ArrayList<>();
            for (List<Integer> group : groups.apply(text)) {
                List<WordBeam> ofGroup = lengths(text, group.size()).stream()
                        .map(pieces -> new WordBeam(text, group, pieces, tokenizer.special(), options.wholeWords()))
                        .toList();
                byGroup.add(ofGroup);
                beams.addAll(ofGroup);
            }
            byText.add(byGroup);
        }
        int width = Math.max(options.width(), count);
        WordBeam.fill(beams, scorer, kinds, width, options.batchSize());
        return byText.stream()
                .map(byGroup -> byGroup.stream().map(ofGroup -> best(ofGroup, count)).toList())
                .toList();
    }

    /** All ways to give each of the masks a number of pieces. */
    private List<int[]> lengths(MaskedText text, int masks) {
        double combinations = Math.pow(options.maxPieces(), masks);
        if (combinations > MOST_COMBINATIONS) {
            throw Failure.usage("'%s': %d [MASK]s of up to %d pieces each are %,.0f combinations, expected at most %d; lower "
                            + "--max-pieces, or leave out --joint",
                    MaskedText.start(text.text()), masks, options.maxPieces(), combinations, MOST_COMBINATIONS);
        }
        return IntStream.range(0, (int) combinations)
                .mapToObj(number -> {
                    int[] pieces = new int[masks];
                    for (int i = 0, rest = number; i < masks; i++, rest /= options.maxPieces()) {
                        pieces[i] = 1 + rest % options.maxPieces();
                    }
                    return pieces;
                })
                .toList();
    }

    private List<Found> best(List<WordBeam> beams, int count) {
        return beams.stream()
                .flatMap(beam -> beam.paths().stream().filter(path -> ordinary(beam, path)).map(path -> found(beam, path)))
                .sorted(Comparator.comparingDouble(Found::score).reversed())
                .limit(count)
                .toList();
    }

    /** A word that the tokenizer would cut into other pieces has an answer of its own in those. */
    private boolean ordinary(WordBeam beam, Path path) {
        List<int[]> words = beam.words(path);
        List<Integer> masks = beam.masks();
        return IntStream.range(0, words.size()).allMatch(
                i -> words.get(i).length == 1 || beam.text().inWord()[masks.get(i)] || areItsPieces(words.get(i)));
    }

    /** At the beginning of a text, or behind a space. */
    private boolean areItsPieces(int[] pieces) {
        String word = tokenizer.decode(pieces).strip();
        return Arrays.equals(tokenizer.encode(word).ids(), pieces) || Arrays.equals(tokenizer.encode(" " + word).ids(), pieces);
    }

    private Found found(WordBeam beam, Path path) {
        List<int[]> words = beam.words(path);
        return new Found(
                words.stream().map(this::readable).toList(),
                words.stream().map(word -> IntStream.of(word).mapToObj(tokenizer::token).toList()).toList(),
                Math.exp(path.logProbability()),
                Math.exp(path.logProbability() / path.ids().length));
    }

    private String readable(int[] word) {
        return word.length == 1 ? tokenizer.readable(word[0]) : tokenizer.decode(word).strip();
    }
}
