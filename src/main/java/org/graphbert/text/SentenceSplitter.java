package org.graphbert.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.FilteredBreakIteratorBuilder;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a paragraph into sentences: ICU's sentence breaks (Unicode Standard Annex 29) with its abbreviation filter, and
 * for English the abbreviations of {@link Abbreviations}. Safe to share between threads.
 */
public final class SentenceSplitter {

    private static final String OPENING = "\"'([{\u2018\u201C\u00AB\u2039*_";
    private static final String CLOSING = "\"')]}\u2019\u201D\u00BB\u203A*_";

    private final BreakIterator prototype;
    private final boolean english;

    private SentenceSplitter(ULocale locale) {
        english = locale.getLanguage().equals("en");
        FilteredBreakIteratorBuilder filter = FilteredBreakIteratorBuilder.getInstance(locale);
        if (english) {
            Abbreviations.NOT_ABBREVIATIONS.forEach(filter::unsuppressBreakAfter);
        }
        prototype = filter.wrapIteratorWithFilter(BreakIterator.getSentenceInstance(locale));
    }

    /** For English. */
    public static SentenceSplitter english() {
        return new SentenceSplitter(ULocale.ENGLISH);
    }

    /** For a language by its BCP 47 tag, such as "de" or "zh-Hant"; one that ICU does not know gets the general rules. */
    public static SentenceSplitter of(java.util.Locale locale) {
        return forLanguage(locale.toLanguageTag());
    }

    public static SentenceSplitter forLanguage(String tag) {
        return new SentenceSplitter(ULocale.forLanguageTag(tag));
    }

    /** The sentences of a paragraph in order, without surrounding white space, none of them empty. */
    public List<String> split(String paragraph) {
        BreakIterator breaks = prototype.clone();
        breaks.setText(paragraph);
        List<String> sentences = new ArrayList<>();
        int start = breaks.first();
        for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
            if (end < paragraph.length() && goesOn(paragraph, start, end)) {
                continue;
            }
            int last = skipBack(paragraph, start, end);
            while (start < last && isSpace(paragraph.charAt(start))) {
                start++;
            }
            if (start < last) {
                sentences.add(paragraph.substring(start, last));
            }
            start = end;
        }
        return sentences;
    }

    /** Whether ICU's break at {@code end} is none; the sentence so far begins at {@code start}. */
    private boolean goesOn(String text, int start, int end) {
        int last = skipBack(text, start, end);
        if (last <= start) {
            return false;
        }
        if (isOpenedByQuote(text, last, end)) {
            return true;
        }
        if (text.charAt(last - 1) != '.') {
            return false;
        }
        if (last == end) {
            // Without a space behind its full stop it is a name such as Example.Com far more often than a slip.
            return true;
        }
        int word = last - 1;
        while (word > start && !isSpace(text.charAt(word - 1)) && OPENING.indexOf(text.charAt(word - 1)) < 0) {
            word--;
        }
        return isListNumber(text, start, word, last)
                || english && Abbreviations.goesOn(text.substring(word, last), nextWord(text, end));
    }

    /** Behind {@code "Go!"} or {@code "Why?"} a small letter goes on: {@code "Go!" he cried}. */
    private static boolean isOpenedByQuote(String text, int last, int end) {
        int beforeQuote = last;
        while (beforeQuote > 0 && CLOSING.indexOf(text.charAt(beforeQuote - 1)) >= 0) {
            beforeQuote--;
        }
        return beforeQuote < last
                && beforeQuote > 0
                && "!?".indexOf(text.charAt(beforeQuote - 1)) >= 0
                && Character.isLowerCase(text.codePointAt(end));
    }

    /** A paragraph that begins "1. First" has its number in the first sentence, not before it. */
    private static boolean isListNumber(String text, int start, int word, int last) {
        return text.substring(start, word).isBlank()
                && word < last - 1
                && text.substring(word, last - 1).chars().allMatch(Character::isDigit);
    }

    private static String nextWord(String text, int from) {
        int start = from;
        while (start < text.length() && OPENING.indexOf(text.charAt(start)) >= 0) {
            start++;
        }
        int end = start;
        while (end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
            end++;
        }
        return text.substring(start, end);
    }

    /** The index behind the last character before {@code end} that is no white space. */
    private static int skipBack(String text, int start, int end) {
        int last = end;
        while (last > start && isSpace(text.charAt(last - 1))) {
            last--;
        }
        return last;
    }

    /** No-break spaces too, which {@link String#strip} leaves. */
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }
}
