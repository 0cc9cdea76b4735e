package org.graphbert.text;

/**
 * Whether a sentence ends at a place in a paragraph where one might. It does not
 * <ul>
 *   <li>within a quotation or brackets of up to {@value Quotations#LONG} characters ({@link Quotations});
 *   <li>before a small letter, behind whatever mark: "Stop!" she said;
 *   <li>behind an abbreviation, as what follows shows ({@link Abbreviations});
 *   <li>behind an ellipsis, except before a word that begins sentences ("Wait... Then"), so not before a name or "I";
 *   <li>behind the number of a list item ("1. First", "II. Methods"), which belongs to its text;
 *   <li>within a word such as a URL or a file name, except behind a small word before one that begins sentences, where
 *       the space was forgotten ("the end.Then");
 *   <li>behind a question in quotation marks before who asked it: "Why?" Ann asked.
 * </ul>
 */
final class SentenceEnds {

    /** Letters and the full stop of a part of an abbreviation that is written with spaces, as "EE. UU.". */
    private static final int LONGEST_PART = 5;
    private static final int DOTS = 3;
    private static final int WORDS_BEFORE_SPEECH = 3;

    private final String text;
    private final Abbreviations abbreviations;
    private Quotations quotations;

    SentenceEnds(String text, Abbreviations abbreviations) {
        this.text = text;
        this.abbreviations = abbreviations;
    }

    /** Whether the sentence that begins at {@code start} ends at {@code end}, where more text follows. */
    boolean isEnd(int start, int end) {
        int space = Punctuation.skipBack(text, start, end);
        int last = ReferenceMarks.skipBack(text, start, space);
        if (last <= start) {
            return false;
        }
        int closed = last;
        while (closed > start && Punctuation.isClosing(text.charAt(closed - 1))) {
            closed--;
        }
        if (closed == start) {
            return false;
        }
        char mark = text.charAt(closed - 1);
        if (isParagraphEnd(space, end)) {
            return true;
        }
        if (quotations == null) {
            quotations = Quotations.of(text);
        }
        if (quotations.enclose(end) || quotations.closesAt(end)) {
            return false;
        }
        if (!Punctuation.isMark(mark)) {
            // Behind a mark that stands apart from the sentence's, as in "« Oui. »", or one of another script.
            int inner = Punctuation.skipBack(text, start, closed);
            mark = inner > start ? text.charAt(inner - 1) : mark;
            return !Punctuation.isMark(mark) || !isSmall(nextIndex(end));
        }
        if (last == end) {
            return closed < last || isForgottenSpace(closed, end);
        }
        if (isMarkApart(end)) {
            return false;
        }
        if (isSmall(nextIndex(end)) && !ListLabels.isLetter(text, nextIndex(end))) {
            return false;
        }
        return switch (mark) {
            case '.' -> !isInnerEllipsis(closed, last, end)
                    && !(closed == last && ListLabels.isNumber(text, start, wordStart(start, closed), closed))
                    && !isAbbreviation(start, closed, end);
            case '\u2026' -> !isInnerEllipsis(closed, last, end);
            default -> !(closed < last && saysWho(end))
                    && !(closed == last && abbreviations.isName(word(start, closed), nextWord(end)));
        };
    }

    private boolean isAbbreviation(int start, int end, int behind) {
        int word = wordStart(start, end);
        return abbreviations.goesOn(
                text.substring(word, end), joined(start, word, end), () -> nextWord(behind), () -> secondWord(behind));
    }

    /** The word with the short words that end in full stops before it. */
    private String joined(int start, int word, int end) {
        String joined = text.substring(word, end);
        if (joined.length() > LONGEST_PART) {
            return joined;
        }
        int from = word;
        while (from > start + 1) {
            int before = Punctuation.skipBack(text, start, from);
            int previous = wordStart(start, before);
            int length = before - previous;
            if (before == from || length < 2 || length > LONGEST_PART || text.charAt(before - 1) != '.') {
                break;
            }
            joined = text.substring(previous, before) + joined;
            from = previous;
        }
        return joined;
    }

    /**
     * Whether an ellipsis ends there, behind which the sentence goes on; a fourth full stop is its end. "I" goes on with
     * one as often as it begins one, but not behind a quotation or a question.
     */
    private boolean isInnerEllipsis(int end, int last, int behind) {
        int dots = 0;
        int i = end - 1;
        for (; i >= 0 && ".\u2026 ".indexOf(text.charAt(i)) >= 0; i--) {
            dots += text.charAt(i) == '.' ? 1 : text.charAt(i) == '\u2026' ? DOTS : 0;
        }
        boolean ellipsis = dots == DOTS - 1 || dots == DOTS;
        if (!ellipsis || !isLetter(nextIndex(behind))) {
            return false;
        }
        String next = nextWord(behind);
        boolean ended = end < last || i >= 0 && Punctuation.isMark(text.charAt(i));
        return !abbreviations.begins(next) || !ended && abbreviations.isAlwaysCapital(next)
                || end < last && saysWho(behind);
    }

    /** Whether a mark stands there that belongs to the sentence before it, unlike that of ".NET". */
    private boolean isMarkApart(int at) {
        return Punctuation.isMark(text.charAt(at))
                && !(at + 1 < text.length() && Character.isLetterOrDigit(text.charAt(at + 1)));
    }

    private boolean isForgottenSpace(int end, int behind) {
        if (text.charAt(end - 1) != '.') {
            return "!?".indexOf(text.charAt(end - 1)) >= 0 && Character.isUpperCase(text.charAt(behind))
                    && isPlain(wordStart(0, end), end - 1);
        }
        int word = wordStart(0, end);
        String next = nextWord(behind);
        int nextEnd = behind + next.length();
        return end - 1 - word > 1
                && isPlain(word, end - 1)
                && Character.isLowerCase(text.charAt(word))
                && abbreviations.isStarter(next)
                && (nextEnd == text.length()
                        || Punctuation.isSpace(text.charAt(nextEnd))
                        || ",'\u2019".indexOf(text.charAt(nextEnd)) >= 0);
    }

    /** Whether it is a word of letters, no part of an address or a name of a file. */
    private boolean isPlain(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!Character.isLetter(c) && "'\u2019-,)\"\u201D".indexOf(c) < 0) {
                return false;
            }
        }
        return to > from;
    }

    /** Whether a name and a verb of speech follow, or "I" and one: Mr. Hall asked. */
    private boolean saysWho(int from) {
        int at = from;
        for (int words = 0; words <= WORDS_BEFORE_SPEECH && at < text.length(); words++) {
            String word = nextWord(at);
            if (word.isEmpty()) {
                return false;
            }
            if (words > 0 && abbreviations.isSpeech(word)) {
                return true;
            }
            if (!Character.isUpperCase(word.charAt(0)) || abbreviations.isStarter(word) && !word.equals("I")) {
                return false;
            }
            at += word.length();
            if (at < text.length() && text.charAt(at) == '.') {
                at++;
            }
            if (at == text.length() || text.charAt(at) != ' ') {
                return false;
            }
            at++;
        }
        return false;
    }

    /** Whether a small letter stands there, other than in a name such as iPhone. */
    private boolean isSmall(int at) {
        return at < text.length()
                && Character.isLowerCase(text.codePointAt(at))
                && !(at + 1 < text.length() && Character.isUpperCase(text.charAt(at + 1)));
    }

    private boolean isLetter(int at) {
        return at < text.length() && Character.isLetter(text.codePointAt(at));
    }

    private boolean isParagraphEnd(int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029') {
                return true;
            }
        }
        return false;
    }

    private String word(int start, int end) {
        return text.substring(wordStart(start, end), end);
    }

    private int wordStart(int start, int end) {
        int word = end - 1;
        while (word > start && !Punctuation.parts(text.charAt(word - 1))) {
            word--;
        }
        return Math.max(word, start);
    }

    private String nextWord(int from) {
        int start = nextIndex(from);
        int end = start;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        return text.substring(start, end);
    }

    /** The word behind the next one if only a space parts them. */
    private String secondWord(int from) {
        int space = nextIndex(from) + nextWord(from).length();
        return space < text.length() && text.charAt(space) == ' ' ? nextWord(space) : "";
    }

    /** Behind the opening marks there, or the dash of a speech. */
    private int nextIndex(int from) {
        int i = from < text.length() && Punctuation.isDash(text.charAt(from)) ? from + 1 : from;
        while (i < text.length() && (Punctuation.isOpening(text.charAt(i)) || Punctuation.isSpace(text.charAt(i)))) {
            i++;
        }
        return i;
    }
}
