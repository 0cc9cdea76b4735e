package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.VersionInfo;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What BERT's basic tokenisation makes of a code point, as bit flags: the rules of google-research/bert's
 * {@code BasicTokenizer} (tokenization.py) in the reading of Hugging Face's BertNormalizer and BertPreTokenizer.
 *
 * <p>Hugging Face's general categories are those of Unicode 8.0: punctuation and marks added later count as letters.
 * ICU knows the age of every code point, which restores those tables exactly (all 1,112,064 code points were compared),
 * and keeps a vocabulary's meaning when ICU moves on.
 */
final class CharacterClass {

    /** Removed from the text: control, format and private-use characters, lone surrogates, U+0000 and U+FFFD. */
    static final int REMOVED = 1;

    /** Separates words. */
    static final int SPACE = 1 << 1;

    /** A word of its own. */
    static final int PUNCTUATION = 1 << 2;

    /** A Chinese character: a word of its own if the tokenizer splits them. */
    static final int CJK = 1 << 3;

    /** A nonspacing mark (Mn): removed when accents are stripped. */
    static final int MARK = 1 << 4;

    /** Has a canonical decomposition (NFD). */
    static final int DECOMPOSES = 1 << 5;

    /** Has a lower-case form. */
    static final int LOWERS = 1 << 6;

    /** Has a canonical combining class other than 0, so NFD may reorder it. */
    static final int COMBINES = 1 << 7;

    /** The general categories are of this version, decompositions and lower case of their libraries' own. */
    private static final VersionInfo CATEGORIES = VersionInfo.getInstance(8);

    private static final VersionInfo DECOMPOSITIONS = VersionInfo.getInstance(12);
    private static final VersionInfo LOWER_CASE = VersionInfo.getInstance(17);

    /** Code points of Unicode 8 whose category has changed since, in ascending order. */
    private static final int[] WAS_PUNCTUATION = {0x166D, 0x111C9};

    private static final int[] WAS_MARK = {0x1734, 0x1171E};
    private static final int[] WAS_NO_MARK = {0x1885, 0x1886, 0xA9BD};

    private static final int PAGE_BITS = 8;
    private static final int PAGE = 1 << PAGE_BITS;

    /** Filled a page at a time, when first asked for: most texts touch a few of the 4,352. */
    private static final AtomicReferenceArray<byte[]> PAGES =
            new AtomicReferenceArray<>((Character.MAX_CODE_POINT + 1) >> PAGE_BITS);

    private static final Normalizer2 NFD = Normalizer2.getNFDInstance();

    private CharacterClass() {}

    /** The flags of a code point (0 to 0x10FFFF, lone surrogates too). */
    static int of(int codePoint) {
        byte[] page = PAGES.getAcquire(codePoint >> PAGE_BITS);
        if (page == null) {
            page = fill(codePoint >> PAGE_BITS);
        }
        return page[codePoint & (PAGE - 1)] & 0xFF;
    }

    /** The flags of the code points below 128, for the fast path. */
    static byte[] ascii() {
        byte[] flags = new byte[0x80];
        for (int c = 0; c < flags.length; c++) {
            flags[c] = (byte) of(c);
        }
        return flags;
    }

    private static byte[] fill(int number) {
        byte[] page = new byte[PAGE];
        for (int i = 0; i < PAGE; i++) {
            page[i] = (byte) classify((number << PAGE_BITS) + i);
        }
        PAGES.setRelease(number, page);
        return page;
    }

    private static int classify(int c) {
        VersionInfo age = UCharacter.getAge(c);
        boolean known = age.compareTo(CATEGORIES) <= 0;
        int category = UCharacter.getType(c);
        if (c == '\t' || c == '\n' || c == '\r') {
            return SPACE;
        }
        if (c == 0xFFFD || isRemoved(category) && known) {
            return REMOVED;
        }
        if (UCharacter.isUWhiteSpace(c)) {
            return SPACE;
        }
        int flags = isChinese(c) ? CJK : 0;
        if (isAsciiPunctuation(c) || isPunctuation(category) && known || isOneOf(WAS_PUNCTUATION, c)) {
            flags |= PUNCTUATION;
        } else if (isMark(c, category) && known) {
            flags |= MARK;
        }
        if (age.compareTo(DECOMPOSITIONS) <= 0 && NFD.getDecomposition(c) != null) {
            flags |= DECOMPOSES;
        }
        if (age.compareTo(LOWER_CASE) <= 0 && UCharacter.toLowerCase(c) != c) {
            flags |= LOWERS;
        }
        if (NFD.getCombiningClass(c) != 0) {
            flags |= COMBINES;
        }
        return flags;
    }

    private static boolean isRemoved(int category) {
        return switch (category) {
            case UCharacterCategory.CONTROL,
                    UCharacterCategory.FORMAT,
                    UCharacterCategory.PRIVATE_USE,
                    UCharacterCategory.SURROGATE -> true;
            default -> false;
        };
    }

    private static boolean isMark(int c, int category) {
        boolean isNow = category == UCharacterCategory.NON_SPACING_MARK;
        return isNow ? !isOneOf(WAS_NO_MARK, c) : isOneOf(WAS_MARK, c);
    }

    private static boolean isOneOf(int[] ascending, int c) {
        return Arrays.binarySearch(ascending, c) >= 0;
    }

    private static boolean isPunctuation(int category) {
        return switch (category) {
            case UCharacterCategory.DASH_PUNCTUATION,
                    UCharacterCategory.START_PUNCTUATION,
                    UCharacterCategory.END_PUNCTUATION,
                    UCharacterCategory.CONNECTOR_PUNCTUATION,
                    UCharacterCategory.OTHER_PUNCTUATION,
                    UCharacterCategory.INITIAL_PUNCTUATION,
                    UCharacterCategory.FINAL_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** BERT counts every ASCII symbol as punctuation, though Unicode calls some (such as $ and ^) symbols. */
    private static boolean isAsciiPunctuation(int c) {
        return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~';
    }

    /**
     * The CJK blocks. The seventh begins at U+2B920 in Hugging Face's bert.rs and at U+2B820 in tokenization.py; ours
     * is the former, as vocabularies are trained with it today.
     */
    private static boolean isChinese(int c) {
        return c >= 0x4E00 && c <= 0x9FFF
                || c >= 0x3400 && c <= 0x4DBF
                || c >= 0x20000 && c <= 0x2A6DF
                || c >= 0x2A700 && c <= 0x2B73F
                || c >= 0x2B740 && c <= 0x2B81F
                || c >= 0x2B920 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF
                || c >= 0x2F800 && c <= 0x2FA1F;
    }
}
