package org.graphbert.text;

import com.ibm.icu.text.FilteredBreakIteratorBuilder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A language's abbreviations whose full stop does not end a sentence, where ICU's list (CLDR's sentence-break
 * suppressions) falls short: it lacks common titles, it never holds a break behind an inner full stop ("U.S. Army"), it
 * matches the ends of words ("app." as "pp."), it holds words that do end sentences ("Up.", "Is."), and it does not look
 * at what follows. The lists are the resources {@code sentences/LANGUAGE.txt}.
 */
final class Abbreviations {

    /** Languages that write an ordinal number with a full stop (3. Oktober). */
    private static final Set<String> ORDINALS = Set.of(
            "bs", "cs", "da", "de", "et", "eu", "fi", "fo", "hr", "hu", "is", "lb", "lv", "nb", "nn", "no", "sk", "sl", "sr",
            "tr");

    private static final int ORDINAL_DIGITS = 2;

    private final Set<String> neverLast;
    private final Set<String> beforeNumbers;
    private final Set<String> withinNames;
    private final Set<String> times;
    private final Set<String> afterTimes;
    private final Set<String> starters;
    private final Set<String> speech;
    private final Set<String> notSuppressed;
    /** What an abbreviation of several parts begins with: "z." of "z.B.". */
    private final Set<String> beginnings = new HashSet<>();
    /** All of them, and what they begin with: most words are none, which one look-up tells. */
    private final Set<String> known = new HashSet<>();
    private final boolean ordinals;

    private Abbreviations(String language, Map<String, Set<String>> sections) {
        neverLast = section(sections, "never last");
        beforeNumbers = section(sections, "before numbers");
        withinNames = section(sections, "within names");
        times = section(sections, "times");
        afterTimes = section(sections, "after times");
        starters = section(sections, "starters");
        speech = section(sections, "speech");
        notSuppressed = section(sections, "not suppressed");
        ordinals = ORDINALS.contains(language);
        for (Set<String> words : List.of(neverLast, beforeNumbers, withinNames, times)) {
            known.addAll(words);
            for (String word : words) {
                for (int dot = word.indexOf('.'); dot >= 0 && dot < word.length() - 1; dot = word.indexOf('.', dot + 1)) {
                    beginnings.add(word.substring(0, dot + 1));
                }
            }
        }
        known.addAll(beginnings);
    }

    /** For a language by its ISO 639 code; one without a list has the general rules only. */
    static Abbreviations of(String language) {
        Map<String, Set<String>> sections = new HashMap<>();
        try (InputStream resource = Abbreviations.class.getResourceAsStream("/sentences/" + language + ".txt")) {
            if (resource != null) {
                read(new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)), sections);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Abbreviations(language, sections);
    }

    /** Takes out of ICU's list what is judged here. */
    void adjust(FilteredBreakIteratorBuilder filter) {
        notSuppressed.forEach(filter::unsuppressBreakAfter);
        beforeNumbers.forEach(filter::unsuppressBreakAfter);
        withinNames.forEach(filter::unsuppressBreakAfter);
        times.forEach(filter::unsuppressBreakAfter);
    }

    /**
     * Whether the sentence goes on behind a word that ends in a full stop.
     *
     * @param word the word with its full stop
     * @param joined the same with the short abbreviated words before it, without spaces: "z.B." where the text is "z. B."
     * @param following the word behind it, without opening punctuation
     */
    boolean goesOn(String word, String joined, Supplier<String> following) {
        if (!known.contains(word) && !known.contains(joined) && !isInitials(word) && !(ordinals && isOrdinal(word))) {
            return false;
        }
        if (neverLast.contains(word) || neverLast.contains(joined)) {
            return true;
        }
        String next = following.get();
        if (beginnings.contains(joined) && isListed(joined + next + ".")
                || beginnings.contains(word) && isListed(word + next + ".")) {
            return true;
        }
        boolean number = !next.isEmpty() && Character.isDigit(next.charAt(0));
        if (number && beforeNumbers.contains(word)) {
            return true;
        }
        if (times.contains(joined)) {
            return afterTimes.contains(next);
        }
        return (isInitials(word) || withinNames.contains(word) || withinNames.contains(joined) || ordinals && isOrdinal(word))
                && !next.isEmpty()
                && !starters.contains(next);
    }

    /** Whether a name goes on behind a word that ends in an exclamation mark, as in "Yahoo! Inc.". */
    boolean isName(String word, String next) {
        return withinNames.contains(word) && !starters.contains(next);
    }

    /** Whether it is a word that begins sentences; every word is taken for one in a language without a list. */
    boolean begins(String word) {
        return starters.isEmpty() || starters.contains(word);
    }

    /** Whether it is known as a word that begins sentences. */
    boolean isStarter(String word) {
        return starters.contains(word);
    }

    /** Whether it is a verb that says who spoke. */
    boolean isSpeech(String word) {
        return speech.contains(word);
    }

    private boolean isListed(String word) {
        return beginnings.contains(word) || neverLast.contains(word) || withinNames.contains(word) || times.contains(word);
    }

    /** Letters with a full stop each, as in U.S. or J.; not "I.", which is the pronoun more often than a name. */
    private static boolean isInitials(String word) {
        if (word.equals("I.") || word.length() % 2 != 0) {
            return false;
        }
        for (int i = 0; i < word.length(); i += 2) {
            if (!Character.isUpperCase(word.charAt(i)) || word.charAt(i + 1) != '.') {
                return false;
            }
        }
        return true;
    }

    /** As in "3. Oktober" and "Wilhelm II.". */
    private static boolean isOrdinal(String word) {
        int length = word.length() - 1;
        boolean digits = length >= 1 && length <= ORDINAL_DIGITS;
        boolean roman = length >= 1;
        for (int i = 0; i < length; i++) {
            digits &= Character.isDigit(word.charAt(i));
            roman &= "IVX".indexOf(word.charAt(i)) >= 0;
        }
        return digits || roman;
    }

    private static Set<String> section(Map<String, Set<String>> sections, String name) {
        return sections.getOrDefault(name, Set.of());
    }

    private static void read(BufferedReader lines, Map<String, Set<String>> sections) throws IOException {
        Set<String> section = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("[")) {
                section = sections.computeIfAbsent(line.substring(1, line.indexOf(']')), name -> new HashSet<>());
            } else if (!line.isBlank() && !line.startsWith("#")) {
                section.addAll(Arrays.asList(line.trim().split("\\s+")));
            }
        }
    }
}
