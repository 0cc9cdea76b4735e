package org.graphbert.text;

import java.util.Map;
import java.util.TreeMap;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;

/**
 * Makes text ready for SentencePiece (normalizer.cc): the rules of a {@link CharacterMap}, spaces put to U+2581, one in
 * front of the text, none doubled and none at its end, as the model says. User-defined symbols stay as they are.
 * A lone surrogate is read as U+FFFD. Immutable and safe to share between threads.
 */
final class SentencePieceNormalizer {

    private static final int REPLACEMENT = 0xFFFD;

    private final DoubleArray rules;
    private final byte[] replacements;
    private final DoubleArray symbols;
    private final boolean spaceAsSuffix;
    private final boolean spaceInFront;
    private final boolean spaceBehind;
    private final boolean singleSpaces;
    private final boolean escapes;

    /** Whether an ASCII character that another follows is neither replaced nor the beginning of a symbol. */
    private final boolean[] plain = new boolean[0x80];

    /**
     * @param spec the options; the rules in it count not
     * @param map the rules
     * @param userDefined the symbols that stay as they are
     * @param spaceAsSuffix whether the space that a model adds stands behind the text
     */
    SentencePieceNormalizer(NormalizerSpec spec, CharacterMap map, Iterable<String> userDefined, boolean spaceAsSuffix) {
        rules = map.trie();
        replacements = map.replacements();
        Map<String, Integer> entries = new TreeMap<>();
        userDefined.forEach(symbol -> entries.put(symbol, entries.size()));
        symbols = DoubleArray.of(entries);
        this.spaceAsSuffix = spaceAsSuffix;
        spaceInFront = spec.getAddDummyPrefix() && !spaceAsSuffix;
        spaceBehind = spec.getAddDummyPrefix() && spaceAsSuffix;
        singleSpaces = spec.getRemoveExtraWhitespaces();
        escapes = spec.getEscapeWhitespaces();
        for (int c = 1; c < plain.length; c++) {
            plain[c] = c != ' ' && symbols.child(DoubleArray.ROOT, c) == DoubleArray.NONE && isPlain(c);
        }
    }

    private boolean isPlain(int c) {
        int node = rules.child(DoubleArray.ROOT, c);
        if (node == DoubleArray.NONE) {
            return true;
        }
        boolean continues = false;
        for (int next = 1; next < plain.length; next++) {
            continues |= rules.child(node, next) != DoubleArray.NONE;
        }
        return !continues && rules.value(node) == DoubleArray.NONE;
    }

    Normalized normalize(String text) {
        return normalize(text, false, false);
    }

    /**
     * A stretch of a text. A gap beside it stands for a word: the space between them is part of whichever of the two would
     * have it in running text, the second, or with a space as suffix the first.
     */
    Normalized normalize(String text, boolean gapBefore, boolean gapBehind) {
        Normalized out = new Normalized(text.length() + text.length() / 4 + 16);
        Pass pass = new Pass(text, out);
        if (gapBefore ? spaceAsSuffix : singleSpaces) {
            pass.skipSpaces();
        }
        if (pass.at == text.length()) {
            return out;
        }
        if (spaceInFront && !gapBefore) {
            pass.addSpace(pass.at, pass.at);
        }
        pass.run(singleSpaces && !gapBefore);
        if (gapBehind ? !spaceAsSuffix : singleSpaces) {
            out.trim(escapes);
        }
        if (spaceBehind && !gapBehind) {
            pass.addSpace(text.length(), text.length());
        }
        return out;
    }

    /** One way through a text. */
    private final class Pass {
        private final String text;
        private final Normalized out;
        private int at;

        /** What lies at {@link #at}: how far it goes, and where its replacement begins, or NONE for itself. */
        private int end;

        private int replacement;

        Pass(String text, Normalized out) {
            this.text = text;
            this.out = out;
        }

        void addSpace(int start, int stop) {
            if (escapes) {
                out.addSpace(start, stop);
            } else {
                out.add(' ', start, stop);
            }
        }

        void skipSpaces() {
            while (at < text.length()) {
                match();
                if (!isOneSpace()) {
                    return;
                }
                at = end;
            }
        }

        /** @param skipping whether spaces at the beginning count not */
        void run(boolean skipping) {
            boolean behindSpace = skipping;
            int length = text.length();
            while (at < length) {
                char c = text.charAt(at);
                if (c < plain.length && plain[c] && (at + 1 == length || text.charAt(at + 1) < plain.length)) {
                    out.add(c, at, ++at);
                    behindSpace = false;
                    continue;
                }
                match();
                behindSpace = (replacement == DoubleArray.NONE ? copy(behindSpace) : replace(behindSpace)) && singleSpaces;
                at = end;
            }
        }

        /** Copies [at, end); says whether a space was last. */
        private boolean copy(boolean behindSpace) {
            boolean space = behindSpace;
            for (int i = at; i < end; ) {
                int c = text.codePointAt(i);
                int next = i + Character.charCount(c);
                if (c != ' ') {
                    boolean lone = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
                    out.addCodePoint(lone ? REPLACEMENT : c, i, next);
                    behindSpace = false;
                } else if (!behindSpace) {
                    addSpace(i, next);
                }
                space = c == ' ';
                i = next;
            }
            return space;
        }

        /** Writes the replacement; says whether a space was last. */
        private boolean replace(boolean behindSpace) {
            int i = replacement;
            while (behindSpace && replacements[i] == ' ') {
                i++;
            }
            if (replacements[i] == 0) {
                return behindSpace;
            }
            for (; replacements[i] != 0; i++) {
                if (replacements[i] == ' ') {
                    addSpace(at, end);
                } else {
                    out.add(replacements[i], at, end);
                }
            }
            return replacements[i - 1] == ' ';
        }

        private boolean isOneSpace() {
            return replacement == DoubleArray.NONE
                    ? end == at + 1 && text.charAt(at) == ' '
                    : replacements[replacement] == ' ' && replacements[replacement + 1] == 0;
        }

        /** Finds the longest symbol at {@link #at}, else the longest rule, else takes the character. */
        private void match() {
            replacement = DoubleArray.NONE;
            end = at;
            follow(symbols);
            if (end == at) {
                replacement = follow(rules);
            } else {
                replacement = DoubleArray.NONE;
            }
            if (end == at) {
                end = at + Character.charCount(text.codePointAt(at));
            }
        }

        /** The value of the longest key that the text begins with at {@link #at}, and its end. */
        private int follow(DoubleArray trie) {
            int found = DoubleArray.NONE;
            int node = DoubleArray.ROOT;
            for (int i = at; i < text.length(); ) {
                int c = text.codePointAt(i);
                node = child(trie, node, c);
                if (node == DoubleArray.NONE) {
                    break;
                }
                i += Character.charCount(c);
                int value = trie.value(node);
                if (value != DoubleArray.NONE) {
                    found = value;
                    end = i;
                }
            }
            return found;
        }
    }

    /** The node behind a character's bytes in UTF-8. */
    private static int child(DoubleArray trie, int node, int c) {
        if (c < 0x80) {
            return c == 0 ? DoubleArray.NONE : trie.child(node, c);
        }
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            return DoubleArray.NONE;
        }
        int shift = c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;
        int next = trie.child(node, (shift == 6 ? 0xC0 : shift == 12 ? 0xE0 : 0xF0) | c >> shift);
        while (next != DoubleArray.NONE && shift > 0) {
            shift -= 6;
            next = trie.child(next, 0x80 | c >> shift & 0x3F);
        }
        return next;
    }
}
