package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.ModelProto.SentencePiece;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SentencePieceWordsTest {

    /** A model of these pieces, behind the special tokens. */
    static final class Pieces {
        private final ModelProto.Builder model = ModelProto.newBuilder();

        Pieces(String... pieces) {
            model.getTrainerSpecBuilder().setModelType(TrainerSpec.ModelType.UNIGRAM);
            add("[PAD]", SentencePiece.Type.CONTROL);
            add("[UNK]", SentencePiece.Type.UNKNOWN);
            add("[CLS]", SentencePiece.Type.CONTROL);
            add("[SEP]", SentencePiece.Type.CONTROL);
            add("[MASK]", SentencePiece.Type.CONTROL);
            for (String piece : pieces) {
                add(piece, SentencePiece.Type.NORMAL);
            }
        }

        Pieces add(String piece, SentencePiece.Type type) {
            model.addPieces(SentencePiece.newBuilder().setPiece(piece).setType(type).setScore(-1));
            return this;
        }

        Pieces spaceAsSuffix() {
            model.getTrainerSpecBuilder().setTreatWhitespaceAsSuffix(true);
            return this;
        }

        SentencePieceTokenizer tokenizer() {
            return new SentencePieceTokenizer(SentencePieceModel.of(model.build(), "test"), "test");
        }
    }

    /** piece, whether it begins a word, whether one ends with it, as people read it */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {
        "▁capital, true, false, capital",
        "▁2, true, false, 2",
        "s, false, false, ##s",
        "5, false, false, ##5",
        "é, false, false, ##é",
        "▁, true, false, ▁",
        "., true, true, .",
        "▁., true, true, ▁.",
        "▁(, true, true, ▁(",
        "北京, true, true, 北京",
        "▁北京, true, true, ▁北京",
        "ประเทศ, true, true, ประเทศ",
        "ひと, true, true, ひと",
        "ー, true, true, ー",
        "한국, false, false, ##한국",
        "▁한국, true, false, 한국",
    })
    void aPiece(String piece, boolean starts, boolean ends, String readable) {
        Tokenizer tokenizer = new Pieces("x", piece).tokenizer();
        int id = tokenizer.id(piece).orElseThrow();
        int letter = tokenizer.id("x").orElseThrow();
        assertEquals(starts, tokenizer.startsWord(id));
        assertEquals(starts, tokenizer.startsWordBehind(letter, id));
        assertEquals(ends, tokenizer.startsWordBehind(id, letter));
        assertEquals(readable, tokenizer.readable(id));
    }

    @Test
    void symbolsStandAsTheyAre() {
        SentencePieceTokenizer tokenizer = new Pieces("x").add("<br>", SentencePiece.Type.USER_DEFINED).tokenizer();
        assertEquals("[MASK]", tokenizer.readable(tokenizer.special().mask()));
        int symbol = tokenizer.id("<br>").orElseThrow();
        assertEquals("<br>", tokenizer.readable(symbol));
        assertTrue(tokenizer.startsWord(symbol));
        assertTrue(tokenizer.startsWordBehind(symbol, tokenizer.id("x").orElseThrow()));
        assertFalse(tokenizer.startsWordBehind(tokenizer.special().unk(), tokenizer.id("x").orElseThrow()));
    }

    /** The bytes of U+00EF are a letter's, those of U+00A7 and U+5317 are not; nor is that of a bracket. */
    @Test
    void bytes() {
        SentencePieceTokenizer tokenizer = new Pieces("x")
                .add("<0xC3>", SentencePiece.Type.BYTE)
                .add("<0xAF>", SentencePiece.Type.BYTE)
                .add("<0xC2>", SentencePiece.Type.BYTE)
                .add("<0xE5>", SentencePiece.Type.BYTE)
                .add("<0x5B>", SentencePiece.Type.BYTE)
                .add("<0x6D>", SentencePiece.Type.BYTE)
                .tokenizer();
        int[] ids = IntStream.range(tokenizer.size() - 7, tokenizer.size()).toArray();
        StringBuilder found = new StringBuilder();
        for (int i = 1; i < ids.length; i++) {
            found.append(tokenizer.startsWordBehind(ids[i - 1], ids[i]) ? " " : "+").append(tokenizer.token(ids[i]));
        }
        assertEquals("+<0xC3>+<0xAF> <0xC2> <0xE5> <0x5B> <0x6D>", found.toString());
        assertTrue(tokenizer.startsWordBehind(ids[5], ids[0]));
        assertFalse(tokenizer.startsWordBehind(ids[2], ids[0]));
        assertEquals("<0xAF>", tokenizer.readable(ids[2]));
    }

    @Test
    void spacesBehindWords() {
        SentencePieceTokenizer tokenizer = new Pieces("un", "do\u2581").spaceAsSuffix().tokenizer();
        int un = tokenizer.id("un").orElseThrow();
        int end = tokenizer.id("do\u2581").orElseThrow();
        assertFalse(tokenizer.startsWordBehind(un, end));
        assertTrue(tokenizer.startsWordBehind(end, un));
        assertEquals("do\u2581", tokenizer.readable(end));
    }

    @Test
    void anEncodingSaysTheSame() {
        Tokenizer tokenizer = new Pieces("\u2581(", "h", "\u2581h", "i", ")").tokenizer();
        Encoding encoding = tokenizer.encode("(hi) hi");
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < encoding.length(); i++) {
            found.append(encoding.wordStarts()[i] ? " " : "+").append(tokenizer.token(encoding.ids()[i]));
        }
        assertEquals(" \u2581( h+i ) \u2581h+i", found.toString());
    }
}
