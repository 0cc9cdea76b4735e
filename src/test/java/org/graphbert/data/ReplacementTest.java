package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the chosen tokens. */
class ReplacementTest {

    private static final long SEED = 2024;
    private static final int RECORDS = 4000;

    private final NumberTokenizer tokenizer = new NumberTokenizer();

    @ParameterizedTest
    @CsvSource({"0.8, 0.1", "0.5, 0.5", "1, 0", "0, 1", "0, 0", "0.33, 0.2"})
    void sharesAreThoseAskedFor(double maskShare, double randomShare) {
        MaskOptions options = new MaskOptions(0.15, 20, MaskUnit.TOKEN, maskShare, randomShare, true);
        double selected = 0;
        double byMask = 0;
        double atRandom = 0;
        for (int r = 0; r < RECORDS; r++) {
            int[] tokens = record();
            Masked masked = Masking.of(options, tokenizer).mask(tokens, Rng.keyed(SEED, r));
            selected += masked.positions().length;
            byMask += masked.byMask();
            atRandom += masked.atRandom();
            long seen = Arrays.stream(masked.positions()).filter(p -> masked.ids()[p] == 4).count();
            assertTrue(seen >= masked.byMask());
        }
        assertEquals(19 * RECORDS, selected);
        within(maskShare, byMask, selected);
        within(randomShare, atRandom, selected);
    }

    private static void within(double share, double found, double all) {
        assertEquals(share, found / all, 4 * Math.sqrt(share * (1 - share) / all), "seed " + SEED);
    }

    /** Chi-square over the 5,015 entries; its mean is the degrees of freedom, its variance twice that. */
    @ParameterizedTest
    @CsvSource({"true, 5015", "false, 5010"})
    void randomTokensAreUniform(boolean special, int entries) {
        Masking masking = Masking.of(new MaskOptions(0.15, 20, MaskUnit.TOKEN, 0, 1, special), tokenizer);
        long[] seen = new long[tokenizer.size()];
        for (int r = 0; r < RECORDS; r++) {
            Masked masked = masking.mask(record(), Rng.keyed(SEED, r));
            Arrays.stream(masked.positions()).forEach(p -> seen[masked.ids()[p]]++);
        }
        double expected = 19.0 * RECORDS / entries;
        double chiSquare = 0;
        for (int id = special ? 0 : 5; id < seen.length; id++) {
            chiSquare += (seen[id] - expected) * (seen[id] - expected) / expected;
        }
        assertEquals(entries - 1, chiSquare, 4 * Math.sqrt(2.0 * (entries - 1)), "seed " + SEED);
        assertEquals(special, Arrays.stream(seen).limit(5).sum() > 0, "special tokens");
    }

    /** Special tokens stand where the vocabulary has them, not always first; [unused0] is an entry like others. */
    @Test
    void specialTokensAnywhereAreLeftOut(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("vocab.txt"),
                List.of("a", "[MASK]", "[unused0]", "b", "[SEP]", "[CLS]", "c", "[UNK]", "d", "[PAD]"));
        RandomTokens tokens = RandomTokens.of(ordinary(1), Tokenizers.load(file, null));
        Rng rng = Rng.keyed(SEED);
        int[] seen = new int[10];
        for (int i = 0; i < 10_000; i++) {
            seen[tokens.draw(rng)]++;
        }
        for (int id = 0; id < seen.length; id++) {
            boolean isOrdinary = List.of(0, 2, 3, 6, 8).contains(id);
            assertEquals(isOrdinary ? 2000 : 0, seen[id], isOrdinary ? 160 : 0, "id " + id + ", seed " + SEED);
        }
    }

    @Test
    void aVocabularyOfSpecialTokensAloneIsRefused(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        Tokenizer none = Tokenizers.load(file, null);
        Failure failure = assertThrows(Failure.class, () -> Masking.of(ordinary(0.1), none));
        assertEquals(2, failure.exitCode());
        assertEquals("--no-random-special: the vocabulary has 5 entries, all of them special; expected others to draw random "
                + "tokens from", failure.getMessage());
        Masking.of(ordinary(0), none);
    }

    private static MaskOptions ordinary(double randomShare) {
        return new MaskOptions(0.15, 20, MaskUnit.TOKEN, 0, randomShare, false);
    }

    private static int[] record() {
        int[] record = new int[128];
        Arrays.setAll(record, p -> 5 + 7 * p);
        record[0] = 2;
        record[60] = 3;
        record[127] = 3;
        return record;
    }
}
