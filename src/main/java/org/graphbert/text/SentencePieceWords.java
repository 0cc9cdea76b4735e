package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacter.LineBreak;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;

/**
 * Where the words of a SentencePiece model's text lie, as far as its pieces say. A piece begins a word if it begins with a
 * space, or with anything but a letter, mark or number of a script that puts spaces between words: punctuation is a word
 * of its own, as are pieces of Chinese, Japanese or Thai. It ends one if its last character is such a one, so that a word
 * in quotes is not one with the quotes, or if the model has its spaces behind the words and there is one.
 */
final class SentencePieceWords {

    /** General categories as bits. */
    private static final int MARKS_AND_NUMBERS = 1 << UCharacterCategory.NON_SPACING_MARK
            | 1 << UCharacterCategory.COMBINING_SPACING_MARK
            | 1 << UCharacterCategory.ENCLOSING_MARK
            | 1 << UCharacterCategory.LETTER_NUMBER
            | 1 << UCharacterCategory.OTHER_NUMBER;

    private final SentencePieceModel model;
    private final boolean spaceAsSuffix;
    private final boolean[] starts;
    private final boolean[] ends;

    SentencePieceWords(SentencePieceModel model) {
        this.model = model;
        spaceAsSuffix = model.proto().getTrainerSpec().getTreatWhitespaceAsSuffix();
        starts = new boolean[model.size()];
        ends = new boolean[model.size()];
        for (int id = 0; id < starts.length; id++) {
            starts[id] = begins(model.kind(id), model.piece(id));
            ends[id] = model.inText(id) ? ends(model.piece(id)) : isPunctuation(model.kind(id), model.piece(id));
        }
    }

    /** Whether a piece begins a word, whatever is before it. */
    boolean start(int id) {
        return starts[id];
    }

    /** Whether a word ends with a piece, whatever follows it. */
    boolean end(int id) {
        return ends[id];
    }

    /**
     * A piece as people read it. Its space is left out before a word only: a full stop behind a space and one without are
     * two pieces, and nobody could tell them apart.
     */
    String readable(int id) {
        String piece = model.piece(id);
        if (model.kind(id) != SentencePieceModel.Kind.NORMAL || spaceAsSuffix) {
            return piece;
        }
        if (!starts[id]) {
            return WordPieceTokenizer.CONTINUATION + piece;
        }
        boolean spaceAndWord =
                piece.length() > 1 && piece.charAt(0) == SentencePieceTokenizer.SPACE && isOfWords(piece.codePointAt(1));
        return spaceAndWord ? piece.substring(1) : piece;
    }

    private static boolean begins(SentencePieceModel.Kind kind, String piece) {
        if (kind == SentencePieceModel.Kind.BYTE) {
            return beginsWord(SentencePieceModel.byteOf(piece));
        }
        return kind != SentencePieceModel.Kind.NORMAL || !isOfWords(piece.codePointAt(0));
    }

    /**
     * A byte that is no character by itself tells little. Characters of two bytes are nearly all letters of scripts that
     * put spaces between words, but for U+0080 to U+00BF; those of more are mostly not.
     */
    private static boolean beginsWord(int value) {
        return value < 0x80 ? !isOfWords(value) : value == 0xC2 || value >= 0xE0;
    }

    private static boolean isPunctuation(SentencePieceModel.Kind kind, String piece) {
        return kind == SentencePieceModel.Kind.BYTE
                && SentencePieceModel.byteOf(piece) < 0x80
                && !isOfWords(SentencePieceModel.byteOf(piece));
    }

    private boolean ends(String piece) {
        int last = piece.codePointBefore(piece.length());
        boolean isSpace = last == SentencePieceTokenizer.SPACE || last == ' ';
        return isSpace ? spaceAsSuffix : !isOfWords(last);
    }

    /** Whether words between spaces are made of such characters. */
    private static boolean isOfWords(int c) {
        boolean inWord =
                UCharacter.isLetterOrDigit(c) || (1 << UCharacter.getType(c) & MARKS_AND_NUMBERS) != 0;
        return inWord && switch (UCharacter.getIntPropertyValue(c, UProperty.LINE_BREAK)) {
            // Unicode's line breaking classes of ideographs, kana, and the scripts of South East Asia.
            case LineBreak.IDEOGRAPHIC, LineBreak.CONDITIONAL_JAPANESE_STARTER, LineBreak.NONSTARTER,
                    LineBreak.COMPLEX_CONTEXT -> false;
            default -> true;
        };
    }
}
