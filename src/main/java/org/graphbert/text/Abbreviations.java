package org.graphbert.text;

import java.util.Set;

/**
 * English abbreviations whose full stop does not end a sentence, where ICU's list (CLDR's sentence-break suppressions)
 * falls short: it lacks the commonest titles, it never holds a break behind an inner full stop ("U.S. Army"), it matches
 * the ends of words ("app." as "pp."), and it holds words that do end sentences ("Up.", "Is.").
 */
final class Abbreviations {

    /** Entries of CLDR's English list that are ordinary words, or ends of such, more often than abbreviations. */
    static final Set<String> NOT_ABBREVIATIONS = Set.of(
            "AA.", "AB.", "AD.", "Act.", "All.", "As.", "By.", "Cap.", "Card.", "Cont.", "DC.", "Do.", "Ed.", "Etc.",
            "Ex.", "Go.", "Hat.", "I.", "Id.", "In.", "Is.", "Jam.", "Job.", "Joe.", "Lib.", "Link.", "Long.", "MR.",
            "Mart.", "Min.", "OK.", "Ok.", "On.", "Or.", "PC.", "PP.", "Pro.", "Q.", "To.", "U.", "Up.", "VS.", "X.",
            "Z.", "exec.", "pp.", "vs.");

    /** A name or more text always follows. */
    private static final Set<String> NEVER_LAST = Set.of(
            "Adm.", "Ald.", "Brig.", "Capt.", "Cdr.", "Cmdr.", "Col.", "Cpl.", "Det.", "Dr.", "Drs.", "Fr.", "Ft.",
            "Gen.", "Gov.", "Hon.", "Insp.", "Lieut.", "Lt.", "Maj.", "Messrs.", "Mlle.", "Mme.", "Mr.", "Mrs.", "Ms.",
            "Mt.", "Mx.", "Pfc.", "Pres.", "Prof.", "Profs.", "Pvt.", "Rep.", "Reps.", "Rev.", "Sen.", "Sens.", "Sgt.",
            "St.", "Ste.", "Supt.", "approx.", "ca.", "cf.", "e.g.", "i.e.", "E.g.", "I.e.", "v.", "viz.", "vs.");

    /** Abbreviations if a number follows. */
    private static final Set<String> BEFORE_NUMBERS = Set.of(
            "Apr.", "App.", "Art.", "Aug.", "Ch.", "Chap.", "Dec.", "Eq.", "Eqs.", "Ex.", "Feb.", "Fig.", "Figs.",
            "Jan.", "Jul.", "Jun.", "Mar.", "No.", "Nos.", "Nov.", "Oct.", "Op.", "Pt.", "Ref.", "Sec.", "Sect.", "Sep.",
            "Sept.", "Tab.", "Vol.", "Vols.", "al.", "art.", "c.", "ch.", "chap.", "col.", "fig.", "figs.", "fol.", "l.",
            "ll.", "n.", "no.", "nos.", "p.", "pp.", "para.", "pt.", "sec.", "vol.", "vols.");

    /** Within a name or at a sentence's end, as what follows shows; so are letters with full stops such as U.S. */
    private static final Set<String> COMPANIES_AND_DEGREES =
            Set.of("Assn.", "Bros.", "Co.", "Corp.", "Dept.", "Inc.", "Jr.", "Ltd.", "Ph.D.", "Sr.", "Univ.");

    private static final Set<String> TIMES = Set.of("a.m.", "p.m.", "A.M.", "P.M.");

    private static final Set<String> AFTER_TIMES = Set.of(
            "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January", "February", "March",
            "April", "May", "June", "July", "August", "September", "October", "November", "December", "ET", "EST", "EDT",
            "CST", "CDT", "PT", "PST", "PDT", "GMT", "BST", "UTC");

    /** Words that begin sentences and hardly ever go on with a name. */
    private static final Set<String> STARTERS = Set.of(
            "A", "According", "After", "All", "Also", "Although", "An", "And", "Another", "Any", "As", "At", "Because",
            "Before", "Both", "But", "By", "During", "Each", "Even", "Every", "For", "From", "He", "Her", "Here", "His",
            "How", "However", "I", "If", "In", "It", "Its", "Later", "Many", "Most", "My", "No", "Nobody", "Not", "Now",
            "Of", "On", "Once", "One", "Or", "Our", "Perhaps", "She", "Since", "So", "Some", "Such", "That", "The",
            "Their", "Then", "There", "These", "They", "This", "Those", "Though", "Thus", "To", "Today", "Under",
            "Until", "We", "Well", "What", "When", "Where", "Whether", "Which", "While", "Who", "Why", "With", "Yes",
            "Yet", "You", "Your");

    private Abbreviations() {}

    /**
     * Whether the sentence goes on behind a word that ends in a full stop.
     *
     * @param word the word with its full stop
     * @param next the word behind it, without opening punctuation
     */
    static boolean goesOn(String word, String next) {
        if (NEVER_LAST.contains(word)) {
            return true;
        }
        if (BEFORE_NUMBERS.contains(word) && !next.isEmpty() && Character.isDigit(next.charAt(0))) {
            return true;
        }
        if (TIMES.contains(word)) {
            return AFTER_TIMES.contains(next);
        }
        return (isInitials(word) || COMPANIES_AND_DEGREES.contains(word)) && !STARTERS.contains(next);
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
}
