package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.text.SentencePieceTraining.Type;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class SentencePieceTrainingTest {

    @Test
    void errorsNameTheOption() {
        refused("--vocab-size is 0", () -> settings(0, 0.9995, List.of(), 0, "nfkc", 1, 1));
        refused("--character-coverage is 0.97", () -> settings(9, 0.97, List.of(), 0, "nfkc", 1, 1));
        refused("--character-coverage is 1.01", () -> settings(9, 1.01, List.of(), 0, "nfkc", 1, 1));
        refused("--character-coverage is NaN", () -> settings(9, Double.NaN, List.of(), 0, "nfkc", 1, 1));
        refused("--user-defined holds an empty", () -> settings(9, 1, List.of("x", " "), 0, "nfkc", 1, 1));
        refused("--user-defined holds 'x'", () -> settings(9, 1, List.of("x", "x"), 0, "nfkc", 1, 1));
        refused("--user-defined holds '[MASK]'", () -> settings(9, 1, List.of("[MASK]"), 0, "nfkc", 1, 1));
        refused("--unused is -1", () -> settings(9, 1, List.of(), -1, "nfkc", 1, 1));
        refused("--normalization is ''", () -> settings(9, 1, List.of(), 0, "", 1, 1));
        refused("--max-words is -1", () -> settings(9, 1, List.of(), 0, "nfkc", -1, 1));
        refused("--threads is 0", () -> settings(9, 1, List.of(), 0, "nfkc", 1, 0));
    }

    @Test
    void theBoundsThemselvesAreFine() {
        assertEquals(0.98, settings(1, 0.98, List.of(), 0, "nfkc", 1, 1).characterCoverage());
        assertEquals(1, settings(1, 1, List.of("x", "y"), 0, "nfkc", 1, 1).characterCoverage());
        assertEquals(0.9995, SentencePieceTraining.of(Type.BPE, 9).characterCoverage());
    }

    private static SentencePieceTraining settings(
            int size, double coverage, List<String> userDefined, int unused, String normalization, int words, int threads) {
        return new SentencePieceTraining(
                Type.UNIGRAM, size, coverage, false, userDefined, unused, normalization, words, threads);
    }

    private static void refused(String message, Executable settings) {
        Failure failure = assertThrows(Failure.class, settings);
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
    }
}
