package org.graphbert.text;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;

/**
 * What a SentencePiece model is trained with; the defaults are sentencepiece's (sentencepiece_model.proto, TrainerSpec)
 * with BERT's special tokens. The result does not depend on the number of threads.
 *
 * @param type how pieces are chosen
 * @param vocabularySize entries of the model: special, user-defined, byte and unused ones included
 * @param characterCoverage the share of the text whose characters are pieces, 0.98 to 1; the rarest others are unknown
 * @param byteFallback whether unknown characters become the pieces of their UTF-8 bytes
 * @param userDefined pieces that are never cut, in their order; spaces in them stand for '▁'
 * @param unused entries set aside for later use
 * @param normalization the name of the rules that text is normalised by
 * @param maxWords so many different words at most are learned from, the rarest beyond them dropped; 0 for the default
 * @param threads that count and estimate
 */
public record SentencePieceTraining(
        Type type,
        int vocabularySize,
        double characterCoverage,
        boolean byteFallback,
        List<String> userDefined,
        int unused,
        String normalization,
        int maxWords,
        int threads) {

    public static final double DEFAULT_CHARACTER_COVERAGE = 0.9995;
    public static final String DEFAULT_NORMALIZATION = NormalizationRules.NMT_NFKC;

    public static final int DEFAULT_MAX_WORDS = WordCounter.DEFAULT_MAX_WORDS;

    private static final double LEAST_COVERAGE = 0.98;

    /** How pieces are chosen. */
    public enum Type {
        /** The likeliest vocabulary of a unigram language model (Kudo 2018, section 3.2). */
        UNIGRAM,
        /** Byte-pair encoding: the most frequent pair becomes one piece, again and again (Sennrich et al. 2016). */
        BPE
    }

    public SentencePieceTraining {
        atLeast(1, "--vocab-size", vocabularySize);
        if (!(characterCoverage >= LEAST_COVERAGE && characterCoverage <= 1)) {
            throw Failure.usage(
                    "--character-coverage is %s, expected a share between %s and 1", characterCoverage, LEAST_COVERAGE);
        }
        if (unused < 0 || unused >= vocabularySize) {
            throw Failure.usage(
                    "--unused is %d, expected 0 or more and fewer than the %d entries of --vocab-size",
                    unused, vocabularySize);
        }
        // Text has the mark where a space was by the time that pieces are looked for.
        userDefined = userDefined.stream().map(piece -> piece.replace(' ', (char) Scripts.SPACE)).toList();
        Set<String> seen = new HashSet<>(Vocabulary.SPECIAL);
        seen.addAll(unusedSlots(unused));
        if (byteFallback) {
            seen.addAll(SentencePieceModel.BYTE_PIECES);
        }
        for (String piece : userDefined) {
            if (piece.replace((char) Scripts.SPACE, ' ').isBlank()) {
                throw Failure.usage("--user-defined holds an empty piece, expected text");
            }
            if (!seen.add(piece)) {
                throw Failure.usage("--user-defined holds '%s', which the vocabulary has already; leave it out", piece);
            }
        }
        if (!NormalizationRules.NAMES.contains(normalization)) {
            throw Failure.usage("--normalization is '%s', expected one of %s",
                    normalization, String.join(", ", NormalizationRules.NAMES));
        }
        maxWords = WordCounter.maxWords(maxWords);
        atLeast(1, "--threads", threads);
    }

    /** The defaults, on as many threads as there are processors. */
    public static SentencePieceTraining of(Type type, int vocabularySize) {
        return new SentencePieceTraining(
                type,
                vocabularySize,
                DEFAULT_CHARACTER_COVERAGE,
                false,
                List.of(),
                0,
                DEFAULT_NORMALIZATION,
                DEFAULT_MAX_WORDS,
                Runtime.getRuntime().availableProcessors());
    }

    /** What the entries that are set aside are called. */
    static List<String> unusedSlots(int unused) {
        return IntStream.range(0, unused).mapToObj(i -> "[unused" + i + "]").toList();
    }

    private static void atLeast(int least, String option, int value) {
        if (value < least) {
            throw Failure.usage("%s is %d, expected at least %d", option, value, least);
        }
    }
}
