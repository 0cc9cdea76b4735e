package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import java.util.Arrays;

/**
 * A cursor over the basic tokens of a text: its words after cleaning, accent stripping and lower-casing, with
 * punctuation and Chinese characters as words of their own. One pass, no strings; the order of the steps is that of
 * google-research/bert's BasicTokenizer and Hugging Face's BertNormalizer (clean, space Chinese, NFD without marks,
 * lower-case, split).
 *
 * <p>The current word is read with {@link #length}, {@link #codePoint}, {@link #start} and {@link #end}; offsets are
 * UTF-16 units of the original text. A dropped accent belongs to the character before it.
 */
final class BasicWords implements Words {

    private static final byte[] ASCII = CharacterClass.ascii();

    /** The bit that makes an ASCII capital a small letter. */
    private static final int ASCII_LOWER = 0x20;

    private static final int SEPARATE = CharacterClass.PUNCTUATION | CharacterClass.CJK;
    private static final int REORDERS_OR_DROPS =
            CharacterClass.MARK | CharacterClass.DECOMPOSES | CharacterClass.COMBINES;
    private static final int DOTTED_CAPITAL_I = 0x130;
    private static final int COMBINING_DOT_ABOVE = 0x307;
    private static final int CLASS_SHIFT = 32;

    private static final Normalizer2 NFD = Normalizer2.getNFDInstance();

    private final boolean lowerCase;
    private final boolean stripAccents;
    private final boolean splitChinese;
    private String text;
    private int position;

    private int[] codePoints = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int length;

    /** Index of the word's first code point that NFD may still reorder: everything since the last starter. */
    private int runStart;

    private boolean runUnordered;

    BasicWords(WordPieceOptions options) {
        lowerCase = options.lowerCase();
        stripAccents = options.stripAccents();
        splitChinese = options.splitChinese();
    }

    /** Begins with another text. */
    @Override
    public BasicWords over(String text) {
        this.text = text;
        position = 0;
        return this;
    }

    /** Moves to the next word; false at the end of the text. */
    @Override
    public boolean next() {
        length = 0;
        runStart = 0;
        while (position < text.length()) {
            takeAscii();
            if (position == text.length()) {
                break;
            }
            int start = position;
            int c = text.charAt(start);
            int flags;
            int width = 1;
            if (c < ASCII.length) {
                flags = ASCII[c];
            } else {
                c = text.codePointAt(start);
                width = Character.charCount(c);
                flags = flags(c);
            }
            if ((flags & CharacterClass.REMOVED) != 0) {
                position += width;
            } else if ((flags & CharacterClass.SPACE) != 0) {
                position += width;
                if (length > 0) {
                    break;
                }
            } else if ((flags & SEPARATE) != 0) {
                if (length > 0) {
                    break;
                }
                position += width;
                append(c, flags, start, position);
                // The marks of a decomposed symbol go with it; a word of its own ends here all the same.
                break;
            } else {
                position += width;
                append(c, flags, start, position);
            }
        }
        orderRun();
        return length > 0;
    }

    /** Takes ASCII letters and digits as long as there is room; most text is made of them, and they need no other care. */
    private void takeAscii() {
        String text = this.text;
        int from = position;
        int before = length;
        int room = Math.min(text.length() - from, codePoints.length - before);
        int taken = 0;
        for (; taken < room; taken++) {
            int c = text.charAt(from + taken);
            if (c >= ASCII.length || (ASCII[c] & ~CharacterClass.LOWERS) != 0) {
                break;
            }
            codePoints[before + taken] = lowerCase && ASCII[c] != 0 ? c | ASCII_LOWER : c;
            starts[before + taken] = from + taken;
            ends[before + taken] = from + taken + 1;
        }
        if (taken > 0) {
            orderRun();
            position = from + taken;
            length = before + taken;
            runStart = length;
        }
    }

    @Override
    public int length() {
        return length;
    }

    int codePoint(int index) {
        return codePoints[index];
    }

    @Override
    public int[] codePoints() {
        return codePoints;
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    /** The word as a string. */
    String word() {
        return new String(codePoints, 0, length);
    }

    /** The flags that count with these options; a decomposition that begins with punctuation (≠, ;) is punctuation. */
    private int flags(int c) {
        int flags = CharacterClass.of(c);
        if (!splitChinese) {
            flags &= ~CharacterClass.CJK;
        }
        if (stripAccents && (flags & CharacterClass.DECOMPOSES) != 0) {
            flags |= CharacterClass.of(NFD.getDecomposition(c).codePointAt(0)) & CharacterClass.PUNCTUATION;
        }
        return flags;
    }

    private void append(int c, int flags, int start, int end) {
        if (!stripAccents) {
            add(c, flags, start, end);
        } else if ((flags & REORDERS_OR_DROPS) == 0) {
            orderRun();
            add(c, flags, start, end);
            runStart = length;
        } else if ((flags & CharacterClass.DECOMPOSES) == 0) {
            addDecomposed(c, flags, start, end);
        } else {
            String decomposed = NFD.getDecomposition(c);
            for (int i = 0; i < decomposed.length(); ) {
                int part = decomposed.codePointAt(i);
                addDecomposed(part, CharacterClass.of(part), start, end);
                i += Character.charCount(part);
            }
        }
    }

    private void addDecomposed(int c, int flags, int start, int end) {
        if ((flags & CharacterClass.COMBINES) == 0) {
            orderRun();
        }
        if ((flags & CharacterClass.MARK) != 0) {
            if (length > 0) {
                ends[length - 1] = Math.max(ends[length - 1], end);
            }
            return;
        }
        int before = length;
        add(c, flags, start, end);
        if ((flags & CharacterClass.COMBINES) == 0) {
            runStart = length;
        } else if (before > runStart) {
            runUnordered = true;
        }
    }

    private void add(int c, int flags, int start, int end) {
        int lower = c;
        if (lowerCase && (flags & CharacterClass.LOWERS) != 0) {
            lower = UCharacter.toLowerCase(c);
        }
        push(lower, start, end);
        if (c == DOTTED_CAPITAL_I && lowerCase) {
            // The one character whose lower-case form is two, whatever the language (Unicode's SpecialCasing.txt).
            push(COMBINING_DOT_ABOVE, start, end);
        }
    }

    private void push(int c, int start, int end) {
        if (length == codePoints.length) {
            codePoints = Arrays.copyOf(codePoints, 2 * length);
            starts = Arrays.copyOf(starts, 2 * length);
            ends = Arrays.copyOf(ends, 2 * length);
        }
        codePoints[length] = c;
        starts[length] = start;
        ends[length++] = end;
    }

    /** NFD's canonical ordering of the spacing marks since the last starter: stable, by combining class. */
    private void orderRun() {
        if (runUnordered) {
            long[] keys = new long[length - runStart];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = (long) NFD.getCombiningClass(codePoints[runStart + i]) << CLASS_SHIFT | i;
            }
            Arrays.sort(keys);
            int[] c = Arrays.copyOfRange(codePoints, runStart, length);
            int[] s = Arrays.copyOfRange(starts, runStart, length);
            int[] e = Arrays.copyOfRange(ends, runStart, length);
            for (int i = 0; i < keys.length; i++) {
                int from = (int) keys[i];
                codePoints[runStart + i] = c[from];
                starts[runStart + i] = s[from];
                ends[runStart + i] = e[from];
            }
            runUnordered = false;
        }
        runStart = length;
    }
}
