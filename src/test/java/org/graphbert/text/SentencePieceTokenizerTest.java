package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.ModelProto.SentencePiece;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTokenizerTest {

    private static final SentencePieceTokenizer UNIGRAM = golden("unigram");
    private static final SentencePieceTokenizer BPE = golden("bpe");

    private static SentencePieceTokenizer golden(String name) {
        try {
            return (SentencePieceTokenizer) GoldenTokenizersTest.tokenizer(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Property
    void decodingGivesTheNormalisedText(@ForAll("texts") String text) {
        for (SentencePieceTokenizer tokenizer : List.of(UNIGRAM, BPE)) {
            int[] ids = tokenizer.encode(text).ids();
            if (IntStream.of(ids).noneMatch(id -> id == tokenizer.special().unk())) {
                String normalized = tokenizer.normalized(text);
                String spaced = normalized.replace('\u2581', ' ');
                assertEquals(spaced.isEmpty() ? "" : spaced.substring(1), tokenizer.decode(ids));
            }
        }
    }

    @Property
    void tokensAreTheNormalisedText(@ForAll("texts") String text) {
        for (SentencePieceTokenizer tokenizer : List.of(UNIGRAM, BPE)) {
            List<String> tokens = tokenizer.tokens(text);
            assertEquals(tokenizer.normalized(text), String.join("", tokens));
            assertEquals(tokenizer.encode(text).length(), tokens.size());
        }
    }

    @Property
    void bytesTakeThePlaceOfTheUnknown(@ForAll("texts") String text) {
        ModelProto.Builder model = SentencePieceModels.of(
                TrainerSpec.ModelType.UNIGRAM, SentencePieceModels.ranked(List.of("\u2581", "a", "b", "ab")));
        model.getNormalizerSpecBuilder().setPrecompiledCharsmap(UNIGRAM.model().rules().bytes());
        model.getTrainerSpecBuilder().setByteFallback(true);
        for (int b = 0; b < 256; b++) {
            SentencePieceModels.add(model, SentencePieceModel.bytePiece(b), 0, SentencePiece.Type.BYTE);
        }
        SentencePieceTokenizer tokenizer = SentencePieceModels.tokenizer(model);
        int[] ids = tokenizer.encode(text).ids();
        String spaced = tokenizer.normalized(text).replace('\u2581', ' ');
        assertEquals(spaced.isEmpty() ? "" : spaced.substring(1), tokenizer.decode(ids));
        assertEquals(
                tokenizer.tokens(text), Arrays.stream(ids).mapToObj(tokenizer::token).toList());
    }

    @Property
    void offsetsSliceTheText(@ForAll("texts") String text) {
        Encoding encoding = UNIGRAM.encode(text);
        List<String> tokens = UNIGRAM.tokens(text);
        for (int i = 0; i < encoding.length(); i++) {
            int start = encoding.starts()[i];
            int end = encoding.ends()[i];
            assertTrue(0 <= start && start <= end && end <= text.length());
            assertTrue(i == 0 || encoding.starts()[i - 1] <= start);
            int id = encoding.ids()[i];
            assertEquals(
                    i == 0 ? UNIGRAM.startsWord(id) : UNIGRAM.startsWordBehind(encoding.ids()[i - 1], id),
                    encoding.wordStarts()[i]);
            // A token may be part of what one character became, so that its slice holds it and more.
            String bare = tokens.get(i).replace("\u2581", "");
            String slice = UNIGRAM.normalized(text.substring(start, end)).replace("\u2581", "");
            assertTrue(slice.contains(bare), tokens.get(i) + " from " + text.substring(start, end));
        }
    }

    @Test
    void offsetsLeaveOutTheSpaceInFront() {
        Encoding encoding = UNIGRAM.encode("  The\u3000news, he  said");
        assertEquals(List.of("\u2581The", "\u2581news", ",", "\u2581he", "\u2581said"), UNIGRAM.tokens("  The\u3000news, he  said"));
        assertArrayEquals(new int[] {2, 6, 10, 12, 16}, encoding.starts());
        assertArrayEquals(new int[] {5, 10, 11, 14, 20}, encoding.ends());
    }

    @Test
    void wordsBeginWithASpaceOrPunctuationOrAnIdeograph() {
        ModelProto.Builder model = SentencePieceModels.of(
                TrainerSpec.ModelType.UNIGRAM,
                SentencePieceModels.ranked(List.of(
                        "\u2581the", "s", "\u2581", "'", "9", "\u0301", "\u4E16\u754C", "\u30C6\u30B9\u30C8", "\u30FC\u30B9",
                        "\u0E01\u0E32\u0E23", "\uD55C\uAD6D", "\u0432\u043E", "$", "\u2014")));
        SentencePieceModels.add(model, "<url>", 0, SentencePiece.Type.USER_DEFINED);
        SentencePieceTokenizer tokenizer = SentencePieceModels.tokenizer(model);
        for (String start : List.of(
                "\u2581the", "\u2581", "'", "\u4E16\u754C", "\u30C6\u30B9\u30C8", "\u30FC\u30B9", "\u0E01\u0E32\u0E23", "$",
                "\u2014", "<url>", "[UNK]", "[MASK]", "[PAD]")) {
            assertTrue(tokenizer.startsWord(tokenizer.id(start).getAsInt()), start);
        }
        for (String inside : List.of("s", "9", "\u0301", "\uD55C\uAD6D", "\u0432\u043E")) {
            assertFalse(tokenizer.startsWord(tokenizer.id(inside).getAsInt()), inside);
        }
    }

    @Test
    void specialTokensAreFoundByTheirUsualNames() {
        ModelProto.Builder model = ModelProto.newBuilder();
        SentencePieceModels.add(model, "<pad>", 0, SentencePiece.Type.CONTROL);
        SentencePieceModels.add(model, "<unk>", 0, SentencePiece.Type.UNKNOWN);
        SentencePieceModels.add(model, "</s>", 0, SentencePiece.Type.CONTROL);
        SentencePieceModels.add(model, "<s>", 0, SentencePiece.Type.CONTROL);
        SentencePieceModels.add(model, "<mask>", 0, SentencePiece.Type.USER_DEFINED);
        SentencePieceModels.add(model, "\u2581", -1, SentencePiece.Type.NORMAL);
        assertEquals(new SpecialTokens(0, 1, 3, 2, 4), SentencePieceModels.tokenizer(model).special());
    }

    @Test
    void specialTokensInTextAreText() {
        assertFalse(IntStream.of(UNIGRAM.encode("a [MASK] b [CLS]").ids()).anyMatch(id -> id != 1 && UNIGRAM.special().contains(id)));
        assertEquals("[CLS] the news[SEP][UNK]", UNIGRAM.decode(new int[] {
            2, UNIGRAM.id("\u2581the").getAsInt(), UNIGRAM.id("\u2581news").getAsInt(), 3, 1
        }));
    }

    @Test
    void whatAModelSaysAboutSpacesIsHeeded() {
        ModelProto.Builder model = SentencePieceModels.of(
                TrainerSpec.ModelType.UNIGRAM, SentencePieceModels.ranked(List.of("a", "b", "\u2581")));
        String text = "  a  b ";
        assertEquals("\u2581a\u2581b", SentencePieceModels.tokenizer(model).normalized(text));
        model.setNormalizerSpec(NormalizerSpec.newBuilder().setAddDummyPrefix(false));
        assertEquals("a\u2581b", SentencePieceModels.tokenizer(model).normalized(text));
        model.setNormalizerSpec(NormalizerSpec.newBuilder().setRemoveExtraWhitespaces(false));
        assertEquals("\u2581\u2581\u2581a\u2581\u2581b\u2581", SentencePieceModels.tokenizer(model).normalized(text));
        model.setNormalizerSpec(NormalizerSpec.newBuilder());
        model.getTrainerSpecBuilder().setTreatWhitespaceAsSuffix(true);
        assertEquals("a\u2581b\u2581", SentencePieceModels.tokenizer(model).normalized(text));
        assertEquals("", SentencePieceModels.tokenizer(model).normalized("   "));
    }

    @Test
    void aLineOfTenMegabytesWithoutSpaces() {
        String letters = "abcdefghij".repeat(1_000_000);
        String ideographs = "\u4E16\u754C".repeat(1_500_000);
        for (SentencePieceTokenizer tokenizer : List.of(UNIGRAM, BPE)) {
            assertTimeout(Duration.ofSeconds(60), () -> {
                assertEquals(letters, tokenizer.decode(tokenizer.encode(letters).ids()));
                assertEquals(List.of("\u2581", ideographs), tokenizer.tokens(ideographs));
            });
        }
    }

    @Test
    void savedAndLoadedItIsTheSame(@TempDir Path directory) {
        for (SentencePieceTokenizer tokenizer : List.of(UNIGRAM, BPE)) {
            Path saved = directory.resolve(tokenizer.type());
            assertTrue(Tokenizers.saveNew(tokenizer, saved));
            assertFalse(Tokenizers.saveNew(tokenizer, saved), "is there already");
            Tokenizer loaded = Tokenizers.load(saved, null);
            assertEquals(tokenizer.checksum(), loaded.checksum());
            assertEquals(tokenizer.type(), loaded.type());
            assertEquals(tokenizer.checksum(), Tokenizers.load(saved.resolve("spiece.model"), null).checksum());
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> any =
                Arbitraries.integers().between(0, Character.MAX_CODE_POINT).map(Character::toString);
        Arbitrary<String> hard = Arbitraries.of(
                "\0", "\t", "\n", "\u0001", "\u0085", "\u00A0", "\u00AD", "\u0130", "\u0301", "\u2028", "\u2581", "\u3000",
                "\u338F", "\u1100", "\u1161", "\uD800", "\uDC00", "\uFB01", "\uFFFD", "\uFFFF", "[MASK]", "<0x41>");
        Arbitrary<String> words = Arbitraries.of("the", " news", " ", "  ", "said", ".", "'s", "1984", "ab", "ba");
        return Arbitraries.oneOf(any, hard, words, words).list().ofMaxSize(30).map(parts -> String.join("", parts));
    }
}
