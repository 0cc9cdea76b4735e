package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.SentencePieceModel.Kind;
import org.graphbert.text.SentencePieceTraining.Type;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SentencePieceTrainerTest {

    private static List<String> corpus;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = SentencePieceTrainerTest.class.getResourceAsStream("/golden/tokenizer/cases.json")) {
            corpus = Arrays.asList(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
        }
    }

    private static SentencePieceTraining settings(
            Type type, int size, double coverage, boolean bytes, List<String> userDefined, int unused, String rules, int threads) {
        return new SentencePieceTraining(type, size, coverage, bytes, userDefined, unused, rules, 0, threads);
    }

    private static SentencePieceTokenizer train(SentencePieceTraining settings) {
        return (SentencePieceTokenizer)
                SentencePieceTrainer.train(corpus.iterator(), settings, Progress.SILENT).tokenizer();
    }

    @ParameterizedTest
    @EnumSource
    void theOrderIsSpecialUnusedUserDefinedBytesLearned(Type type) {
        SentencePieceTokenizer tokenizer =
                train(settings(type, 2000, 0.99, true, List.of("<url>", "New York"), 2, "nmt_nfkc", 2));
        assertEquals(2000, tokenizer.size());
        assertEquals(type.name().toLowerCase(Locale.ROOT), tokenizer.type());
        assertEquals(new SpecialTokens(0, 1, 2, 3, 4), tokenizer.special());
        SentencePieceModel model = tokenizer.model();
        assertEquals(List.of(Kind.CONTROL, Kind.UNKNOWN, Kind.CONTROL, Kind.CONTROL, Kind.CONTROL, Kind.CONTROL, Kind.CONTROL,
                Kind.USER_DEFINED, Kind.USER_DEFINED, Kind.BYTE), kinds(model, 0, 10));
        assertEquals("[unused1]", model.piece(6));
        assertEquals("New\u2581York", model.piece(8));
        assertEquals("<0x00>", model.piece(9));
        assertEquals(List.of(Kind.BYTE, Kind.NORMAL), kinds(model, 264, 266));
        assertEquals(Kind.NORMAL, model.kind(1999));
        assertEquals(List.of("\u2581", "<url>", "New\u2581York", "<url>"), tokenizer.tokens("<url>New  York<url>"));
        // No piece was learned for it, but it has bytes: nothing is unknown.
        assertEquals(List.of("<0xF0>", "<0x9F>", "<0xA6>", "<0x86>"), tokenizer.tokens("\uD83E\uDD86").subList(1, 5));
    }

    private static List<Kind> kinds(SentencePieceModel model, int from, int to) {
        List<Kind> kinds = new ArrayList<>();
        for (int id = from; id < to; id++) {
            kinds.add(model.kind(id));
        }
        return kinds;
    }

    @ParameterizedTest
    @EnumSource
    void neitherThreadsNorTheOrderOfLinesMatter(Type type) {
        byte[] model = train(settings(type, 1500, 0.99, false, List.of(), 0, "nmt_nfkc", 1)).model().proto().toByteArray();
        List<String> backwards = new ArrayList<>(corpus);
        Collections.reverse(backwards);
        for (int threads = 2; threads <= 3; threads++) {
            SentencePieceTraining settings = settings(type, 1500, 0.99, false, List.of(), 0, "nmt_nfkc", threads);
            SentencePieceTokenizer other = (SentencePieceTokenizer)
                    SentencePieceTrainer.train(backwards.iterator(), settings, Progress.SILENT).tokenizer();
            assertArrayEquals(model, other.model().proto().toByteArray());
        }
    }

    @ParameterizedTest
    @EnumSource
    void noPieceHoldsASpaceInsideOrTwoScripts(Type type) {
        SentencePieceModel model = train(settings(type, 2000, 0.995, false, List.of(), 0, "nmt_nfkc", 2)).model();
        for (int id = 5; id < model.size(); id++) {
            String piece = model.piece(id);
            assertTrue(piece.indexOf('\u2581', 1) < 0, piece);
            int[] codePoints = piece.codePoints().toArray();
            assertTrue(codePoints.length <= 16, piece);
            assertTrue(Scripts.join(codePoints, 0, codePoints.length), piece);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsGivenIsNotLearned(Type type) {
        List<String> lines = new ArrayList<>(corpus);
        lines.addAll(Collections.nCopies(500, "<tag> [MASK]less"));
        SentencePieceTraining settings = settings(type, 1500, 0.99, false, List.of("<tag>"), 0, "nmt_nfkc", 2);
        SentencePieceTokenizer tokenizer = (SentencePieceTokenizer)
                SentencePieceTrainer.train(lines.iterator(), settings, Progress.SILENT).tokenizer();
        for (int id = 6; id < tokenizer.size(); id++) {
            assertFalse(tokenizer.token(id).contains("tag") || tokenizer.token(id).contains("MASK"), tokenizer.token(id));
        }
        assertTrue(tokenizer.id("less").isPresent(), "what follows is");
    }

    @ParameterizedTest
    @EnumSource
    void foldsCaseIfAskedTo(Type type) {
        SentencePieceTokenizer tokenizer = train(settings(type, 1500, 0.99, false, List.of(), 0, "nmt_nfkc_cf", 1));
        assertEquals(tokenizer.tokens("the government of the people"), tokenizer.tokens("The Government OF THE PEOPLE"));
        for (int id = 5; id < tokenizer.size(); id++) {
            assertFalse(tokenizer.token(id).matches(".*[A-Z].*"), tokenizer.token(id));
        }
    }

    @Test
    void reportsWhatTheModelMakesOfTheCorpus() {
        List<String> lines = List.of("lower ".repeat(200), "\u1234");
        SentencePieceTraining settings = settings(Type.BPE, 14, 0.999, false, List.of(), 0, "nmt_nfkc", 1);
        TrainingReport report = SentencePieceTrainer.train(lines.iterator(), settings, Progress.SILENT).report();
        assertEquals(14, report.entries());
        assertEquals(201, report.words());
        assertEquals(1, report.unknown());
        assertEquals(200 * 6 + 2, report.characters());
        assertEquals(200 * 6 + 1, report.covered());
    }

    @Test
    void saysWhatCannotBe() {
        for (Type type : Type.values()) {
            assertMessage("--vocab-size is 6, but the", type, 6, List.of("<a>", "<b>"), corpus);
            assertMessage("the input holds no words", type, 50, List.of(), List.of("", "  ", "\u200B"));
            assertMessage("this corpus gives", type, 50_000, List.of(), List.of("a few words", "a few more"));
        }
        assertThrows(Failure.class, () -> settings(Type.BPE, 9, 0.9, false, List.of(), 0, "nmt_nfkc", 1));
        assertThrows(Failure.class, () -> settings(Type.BPE, 9, 1.1, false, List.of(), 0, "nmt_nfkc", 1));
        assertThrows(Failure.class, () -> settings(Type.BPE, 9, 1, false, List.of("[MASK]"), 0, "nmt_nfkc", 1));
        assertThrows(Failure.class, () -> settings(Type.BPE, 9, 1, false, List.of(), -1, "nmt_nfkc", 1));
        assertThrows(Failure.class, () -> settings(Type.BPE, 9, 1, false, List.of(), 0, "nfkd", 1));
    }

    private static void assertMessage(String part, Type type, int size, List<String> userDefined, List<String> lines) {
        SentencePieceTraining settings = settings(type, size, 1, false, userDefined, 0, "nmt_nfkc", 1);
        Failure failure = assertThrows(
                Failure.class, () -> SentencePieceTrainer.train(lines.iterator(), settings, Progress.SILENT));
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
}
