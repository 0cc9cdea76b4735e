package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.VersionInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The normalisations that sentencepiece knows by name, as rules for a {@link CharacterMap}: NFKC spelled out for every
 * character and every sequence that NFKC would join (builder.cc). They are those of the Unicode version that
 * sentencepiece's own tables come from, so that both make the same of every text.
 */
final class NormalizationRules {

    /** NFKC, whitespace of all kinds to a space, control characters dropped; sentencepiece's default. */
    static final String NMT_NFKC = "nmt_nfkc";

    /** All of the above and case folding. */
    static final String NMT_NFKC_CF = "nmt_nfkc_cf";

    static final String NFKC = "nfkc";
    static final String NFKC_CF = "nfkc_cf";
    static final String IDENTITY = "identity";

    static final List<String> NAMES = List.of(NMT_NFKC, NMT_NFKC_CF, NFKC, NFKC_CF, IDENTITY);

    /** Rules there will be, about: most spell out a Hangul syllable. */
    private static final int EXPECTED = 400_000;

    private static final VersionInfo UNICODE = VersionInfo.getInstance(17);
    private static final Normalizer2 COMPATIBILITY = Normalizer2.getNFKCInstance();

    /** Become a space in the nmt rules: tab, line ends, Ogham space, zero-width space and non-joiner, marks of direction. */
    private static final int[] SPACES = {
        0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B, 0x200C, 0x200E, 0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD
    };

    /** Dropped by the nmt rules, besides the control characters below a space. */
    private static final int[] DROPPED = {0x7F, 0x8F, 0x9F};

    /** Japanese uses it beside the half-width one, so the nmt rules leave it alone. */
    private static final int FULL_WIDTH_TILDE = 0xFF5E;

    private final Map<String, String> rules = new HashMap<>(EXPECTED);

    private NormalizationRules() {}

    /**
     * The map of a normalisation.
     *
     * @param name one of {@link #NAMES}
     */
    static CharacterMap map(String name) {
        NormalizationRules rules = new NormalizationRules();
        switch (name) {
            case IDENTITY -> {
                return CharacterMap.IDENTITY;
            }
            case NFKC -> rules.addCompatibility();
            case NFKC_CF -> {
                rules.addCompatibility();
                rules.foldCase();
            }
            case NMT_NFKC -> {
                rules.addCompatibility();
                rules.addTranslation();
            }
            case NMT_NFKC_CF -> {
                rules.addCompatibility();
                rules.addTranslation();
                rules.foldCase();
            }
            default -> throw new IllegalArgumentException(name + " is not one of " + NAMES);
        }
        return CharacterMap.of(rules.rules);
    }

    private void addCompatibility() {
        // Of each fully decomposed character, the characters that decompose to it alone; itself is understood.
        Map<Integer, List<String>> variants = new HashMap<>();
        Set<String> sequences = new HashSet<>();
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            String decomposed = COMPATIBILITY.getDecomposition(c);
            if (decomposed == null || !known(c)) {
                continue;
            }
            String composed = COMPATIBILITY.normalize(decomposed);
            String self = Character.toString(c);
            if (!composed.equals(self)) {
                rules.put(self, composed);
            }
            if (decomposed.codePointCount(0, decomposed.length()) > 1) {
                sequences.add(decomposed);
            } else {
                variants.computeIfAbsent(decomposed.codePointAt(0), d -> new ArrayList<>()).add(self);
            }
        }
        List<List<Rule>> byLength = new ArrayList<>();
        for (String sequence : sequences) {
            String composed = COMPATIBILITY.normalize(sequence);
            if (!composed.equals(sequence)) {
                int length = sequence.codePointCount(0, sequence.length());
                while (byLength.size() <= length) {
                    byLength.add(new ArrayList<>());
                }
                expand(sequence, 0, "", variants, composed, byLength.get(length));
            }
        }
        // A sequence that shorter rules bring to the same needs no rule of its own. They are two at least, and none gives
        // nothing, so a single character is not what they give.
        for (int length = 2; length < byLength.size(); length++) {
            List<Rule> kept = new ArrayList<>();
            for (Rule rule : byLength.get(length)) {
                if (rule.to.length() == 1 || !rule.to.equals(apply(rule.from, length - 1))) {
                    kept.add(rule);
                }
            }
            kept.forEach(rule -> rules.put(rule.from, rule.to));
        }
    }

    private record Rule(String from, String to) {}

    /** A rule for the sequence and each that has variants in place of its characters. */
    private static void expand(
            String sequence, int at, String begun, Map<Integer, List<String>> variants, String composed, List<Rule> out) {
        if (at == sequence.length()) {
            if (!begun.equals(composed)) {
                out.add(new Rule(begun, composed));
            }
            return;
        }
        int c = sequence.codePointAt(at);
        int next = at + Character.charCount(c);
        expand(sequence, next, begun.concat(Character.toString(c)), variants, composed, out);
        for (String variant : variants.getOrDefault(c, List.of())) {
            expand(sequence, next, begun.concat(variant), variants, composed, out);
        }
    }

    private void addTranslation() {
        for (int space : SPACES) {
            rules.put(Character.toString(space), " ");
        }
        for (int c = 1; c < ' '; c++) {
            rules.putIfAbsent(Character.toString(c), "");
        }
        for (int c : DROPPED) {
            rules.put(Character.toString(c), "");
        }
        rules.remove(Character.toString(FULL_WIDTH_TILDE));
    }

    private void foldCase() {
        rules.replaceAll((from, to) -> folded(to));
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (known(c) && fold(c) != c) {
                rules.putIfAbsent(Character.toString(c), Character.toString(fold(c)));
            }
        }
    }

    /** What the rules so far make of a text, none longer than a number of characters applied. */
    private String apply(String text, int longestRule) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < text.length(); ) {
            int length = Math.min(longestRule, text.codePointCount(at, text.length()));
            String from;
            String to;
            do {
                from = text.substring(at, text.offsetByCodePoints(at, length));
                to = rules.get(from);
            } while (to == null && --length > 0);
            out.append(to == null ? from : to);
            at += from.length();
        }
        return out.toString();
    }

    private static boolean known(int c) {
        return UCharacter.getAge(c).compareTo(UNICODE) <= 0;
    }

    private static int fold(int c) {
        return UCharacter.foldCase(c, true);
    }

    private static String folded(String text) {
        return text.codePoints().map(NormalizationRules::fold).collect(
                StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
