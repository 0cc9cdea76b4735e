package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.util.VersionInfo;

/**
 * Which characters may stand in one SentencePiece: those of one Unicode script (sentencepiece's split_by_unicode_script,
 * trainer_interface.cc, IsValidSentencePiece). Hiragana and Katakana count as Han; an inherited character (a combining
 * mark) takes the script before it; digits are Common like punctuation, so "3.14" may be one piece and "covid19" not.
 *
 * <p>The scripts are those of Unicode 9, as in sentencepiece's unicode_script_map.h: what came later is Common there.
 * A model learned here is thereby cut as one that sentencepiece learned.
 */
final class Scripts {

    /** What stands for a space in a piece; it begins words and has no script. */
    static final int SPACE = 0x2581;

    private static final VersionInfo UNICODE = VersionInfo.getInstance(9);
    private static final int LONG_VOWEL_MARK = 0x30FC;

    /** Where ICU's newer data tells another script than Unicode 9 did: an Armenian and an Arabic mark, two accents. */
    private static final int ARMENIAN_FULL_STOP = 0x589;

    private static final int ARABIC_LETTER_MARK = 0x61C;
    private static final int DEVANAGARI_GRAVE = 0x953;
    private static final int DEVANAGARI_ACUTE = 0x954;

    /** No script yet: at a piece's start and behind the space mark. */
    private static final int ANY = -1;

    /** By code point its script + 1, or 0 if it was not asked for yet; threads that race write the same. */
    private static final byte[] KNOWN = new byte[Character.MAX_CODE_POINT + 1];

    private Scripts() {}

    /**
     * Whether no piece holds these two neighbours, whatever else it holds: their scripts differ, or the right one is the
     * space mark. Next to an inherited character the answer is no; there {@link #join} looks further.
     */
    static boolean separates(int left, int right) {
        if (right == SPACE) {
            return true;
        }
        if (left == SPACE) {
            return false;
        }
        int before = script(left);
        int after = script(right);
        return before != after && before != UScript.INHERITED && after != UScript.INHERITED;
    }

    /** Whether the code points from one index to another (exclusive) may be one piece. */
    static boolean join(int[] codePoints, int from, int to) {
        int before = ANY;
        for (int i = from; i < to; i++) {
            int c = codePoints[i];
            if (c == SPACE) {
                if (i > from) {
                    return false;
                }
                continue;
            }
            int script = script(c);
            if (script == UScript.INHERITED) {
                continue;
            }
            if (before != ANY && before != script) {
                return false;
            }
            before = script;
        }
        return true;
    }

    /** A script's number in ICU, with Hiragana and Katakana as Han. */
    private static int script(int codePoint) {
        int known = KNOWN[codePoint];
        if (known == 0) {
            known = lookUp(codePoint) + 1;
            KNOWN[codePoint] = (byte) known;
        }
        return (known & 0xFF) - 1;
    }

    private static int lookUp(int codePoint) {
        switch (codePoint) {
            case LONG_VOWEL_MARK:
                return UScript.HAN;
            case ARMENIAN_FULL_STOP:
            case ARABIC_LETTER_MARK:
                return UScript.COMMON;
            case DEVANAGARI_GRAVE:
            case DEVANAGARI_ACUTE:
                return UScript.DEVANAGARI;
            default:
                break;
        }
        VersionInfo age = UCharacter.getAge(codePoint);
        int script = UScript.getScript(codePoint);
        if (age.getMajor() == 0 || age.compareTo(UNICODE) > 0 || script == UScript.UNKNOWN) {
            return UScript.COMMON;
        }
        return script == UScript.HIRAGANA || script == UScript.KATAKANA ? UScript.HAN : script;
    }
}
