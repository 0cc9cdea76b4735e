package org.graphbert.text;

import com.ibm.icu.impl.ICUData;
import com.ibm.icu.util.ULocale;
import com.ibm.icu.util.UResourceBundle;
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
import java.util.MissingResourceException;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A language's abbreviations whose full stop does not end a sentence: ICU's list (CLDR's sentence-break suppressions) and,
 * where that falls short, the resource {@code sentences/LANGUAGE.txt}. It lacks common titles, it holds words that do end
 * sentences ("Up.", "Is."), and ICU's filter, which is therefore not used, neither looks at what follows ("U.S. Army") nor
 * at whole words (it takes "app." for "pp.").
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
    /** What an abbreviation of several parts begins with: "z." of "z.B.". */
    private final Set<String> beginnings = new HashSet<>();
    /** All of them, and what they begin with: most words are none, which one look-up tells. */
    private final Set<String> known = new HashSet<>();
    /** Abbreviations before numbers that other words are compounded with: "-str." in a list. */
    private final List<String> endings;
    private final boolean ordinals;

    private Abbreviations(ULocale locale, Map<String, Set<String>> sections) {
        neverLast = suppressions(locale, sections);
        neverLast.addAll(section(sections, "never last"));
        beforeNumbers = section(sections, "before numbers");
        withinNames = section(sections, "within names");
        times = section(sections, "times");
        afterTimes = section(sections, "after times");
        starters = section(sections, "starters");
        speech = section(sections, "speech");
        ordinals = ORDINALS.contains(locale.getLanguage());
        for (Set<String> words : List.of(neverLast, beforeNumbers, withinNames, times)) {
            known.addAll(words);
            for (String word : words) {
                for (int dot = word.indexOf('.'); dot >= 0 && dot < word.length() - 1; dot = word.indexOf('.', dot + 1)) {
                    beginnings.add(word.substring(0, dot + 1));
                }
            }
        }
        known.addAll(beginnings);
        endings = beforeNumbers.stream().filter(word -> word.startsWith("-")).map(word -> word.substring(1)).toList();
    }

    /** For a language; one without a list has ICU's and the general rules only. */
    static Abbreviations of(ULocale locale) {
        Map<String, Set<String>> sections = new HashMap<>();
        try (InputStream resource = Abbreviations.class.getResourceAsStream("/sentences/" + locale.getLanguage() + ".txt")) {
            if (resource != null) {
                read(new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8)), sections);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Abbreviations(locale, sections);
    }

    /** ICU's list, without what is judged here. */
    private static Set<String> suppressions(ULocale locale, Map<String, Set<String>> sections) {
        Set<String> words = new HashSet<>();
        try {
            UResourceBundle list = UResourceBundle.getBundleInstance(ICUData.ICU_BRKITR_BASE_NAME, locale)
                    .get("exceptions").get("SentenceBreak");
            for (int i = 0; i < list.getSize(); i++) {
                words.add(list.getString(i).replace(" ", ""));
            }
        } catch (MissingResourceException e) {
            // ICU has a list for some languages only.
            return words;
        }
        for (String judged : List.of("not suppressed", "before numbers", "within names", "times")) {
            words.removeAll(section(sections, judged));
        }
        words.removeIf(Abbreviations::isInitials);
        return words;
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
            return !endings.isEmpty() && endings.stream().anyMatch(word::endsWith) && isNumber(following.get());
        }
        if (neverLast.contains(word) || neverLast.contains(joined)) {
            return true;
        }
        String next = following.get();
        if (beginnings.contains(joined) && isListed(joined + next + ".")
                || beginnings.contains(word) && isListed(word + next + ".")) {
            return true;
        }
        if (beforeNumbers.contains(word) && isNumber(next)) {
            return true;
        }
        if (times.contains(joined)) {
            return afterTimes.contains(next);
        }
        boolean named = withinNames.contains(word) || withinNames.contains(joined);
        return (named || isInitials(word) || ordinals && isOrdinal(word))
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

    private static boolean isNumber(String word) {
        return !word.isEmpty() && Character.isDigit(word.charAt(0));
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
