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

    private final Set<String> neverLast;
    private final Set<String> beforeNumbers;
    private final Set<String> withinNames;
    private final Set<String> times;
    private final Set<String> afterTimes;
    private final Set<String> zones;
    private final Set<String> afterZones;
    private final Set<String> starters;
    /** Words that have a capital wherever they stand. */
    private final Set<String> capitals;
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
        zones = section(sections, "zones");
        afterZones = section(sections, "after zones");
        starters = section(sections, "starters");
        capitals = section(sections, "capitals");
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
        words.removeIf(WordShapes::isInitials);
        return words;
    }

    /**
     * Whether the sentence goes on behind a word that ends in a full stop.
     *
     * @param word the word with its full stop
     * @param joined the same with the short abbreviated words before it, without spaces: "z.B." where the text is "z. B."
     * @param following the word behind it, without opening punctuation
     * @param second the word behind that one if only a space parts them, else none
     */
    boolean goesOn(String word, String joined, Supplier<String> following, Supplier<String> second) {
        String unit = longestKnown(word, joined);
        if (!known.contains(unit) && !WordShapes.isInitials(word) && !(ordinals && WordShapes.isOrdinal(word))) {
            return !endings.isEmpty() && endings.stream().anyMatch(word::endsWith) && WordShapes.isNumber(following.get());
        }
        boolean named = withinNames.contains(word) || withinNames.contains(unit);
        if (neverLast.contains(unit) || neverLast.contains(word) && !withinNames.contains(unit)) {
            return true;
        }
        String next = following.get();
        if (beginnings.contains(unit) && isListed(unit + next + ".")
                || beginnings.contains(word) && isListed(word + next + ".")) {
            return true;
        }
        if (beforeNumbers.contains(word) && (WordShapes.isNumber(next) || WordShapes.isRoman(next) && !starters.contains(next))) {
            return true;
        }
        if (times.contains(unit)) {
            return afterTimes.contains(next) || zones.contains(next) && isZone(second.get());
        }
        return (named || WordShapes.isInitials(word) || ordinals && WordShapes.isOrdinal(word) && !isCounted(word, joined))
                && !next.isEmpty()
                && !starters.contains(next);
    }

    /** Whether a name goes on behind a word that ends in an exclamation mark, as in "Yahoo! Inc.". */
    boolean isName(String word, String next) {
        return withinNames.contains(word) && !starters.contains(next);
    }

    /** The longest abbreviation that ends there: of "Prof.Dr.h.c." it is "h.c."; the word if none is known. */
    private String longestKnown(String word, String joined) {
        int words = joined.length() - word.length();
        for (int i = 0; i < words; i = joined.indexOf('.', i) + 1) {
            String unit = i == 0 ? joined : joined.substring(i);
            if (known.contains(unit)) {
                return unit;
            }
        }
        return word;
    }

    /** Whether the number has an abbreviation before it that numbers follow, and so is no ordinal: "S. 12.". */
    private boolean isCounted(String word, String joined) {
        int end = joined.length() - word.length();
        return end > 0 && beforeNumbers.contains(joined.substring(joined.lastIndexOf('.', end - 2) + 1, end));
    }

    /** Whether a time zone's name goes on so ("Eastern Time"), or ends; "p.m. Eastern trains" is none. */
    private boolean isZone(String second) {
        return second.isEmpty() || afterZones.contains(second);
    }

    /** Whether it is a word that begins sentences; every word is taken for one in a language without a list. */
    boolean begins(String word) {
        return starters.isEmpty() || starters.contains(word);
    }

    /** Whether it has a capital wherever it stands, so that the capital is no sign of a beginning. */
    boolean isAlwaysCapital(String word) {
        return capitals.contains(word);
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
