package org.graphbert.text;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Cuts a paragraph into sentences. ICU's sentence breaks (Unicode Standard Annex 29) and the few that they lack
 * ({@link MissedBreaks}) are candidates; {@link SentenceEnds} refuses those that are none, with ICU's abbreviations and
 * more ({@link Abbreviations}). Safe to share between threads.
 */
public final class SentenceSplitter {

    private final BreakIterator prototype;
    private final Abbreviations abbreviations;
    /** Greek asks with a semicolon; ICU has the general rules for every other language. */
    private final boolean hasOwnRules;

    private SentenceSplitter(ULocale locale) {
        abbreviations = Abbreviations.of(locale);
        prototype = BreakIterator.getSentenceInstance(locale);
        hasOwnRules = locale.getLanguage().equals("el");
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
        List<String> sentences = new ArrayList<>();
        int start = 0;
        if (mayBreak(paragraph)) {
            BitSet candidates = candidates(paragraph);
            SentenceEnds ends = new SentenceEnds(paragraph, abbreviations);
            candidates.clear(paragraph.length());
            for (int end = candidates.nextSetBit(1); end >= 0; end = candidates.nextSetBit(end + 1)) {
                if (ends.isEnd(start, end)) {
                    add(sentences, paragraph, start, end);
                    start = end;
                }
            }
        }
        add(sentences, paragraph, start, paragraph.length());
        return sentences;
    }

    /** Where ICU breaks, and some more. */
    private BitSet candidates(String paragraph) {
        BitSet candidates = new BitSet(paragraph.length() + 1);
        if (hasOwnRules || !PlainBreaks.add(paragraph, candidates)) {
            candidates.clear();
            BreakIterator breaks = prototype.clone();
            breaks.setText(paragraph);
            breaks.first();
            for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
                candidates.set(end);
            }
        }
        MissedBreaks.add(paragraph, candidates);
        return candidates;
    }

    /**
     * Whether it holds anything behind which ICU, in any language, could break. Most lines of a text with a sentence a
     * line do, at their ends only; asking ICU about those would cost as much as all else.
     */
    private static boolean mayBreak(String paragraph) {
        for (int i = 0; i < paragraph.length() - 1; i++) {
            char c = paragraph.charAt(i);
            if (c > 'z' ? c >= '\u0370' && !Punctuation.isDashOrQuote(c) || c == '\u0085'
                    : c == '.' || c == '!' || c == '?' || c == ';' || c < ' ' && c != '\t') {
                return true;
            }
        }
        return false;
    }

    private static void add(List<String> sentences, String text, int start, int end) {
        int last = Punctuation.skipBack(text, start, end);
        int first = start;
        while (first < last && Punctuation.isSpace(text.charAt(first))) {
            first++;
        }
        if (first < last) {
            sentences.add(text.substring(first, last));
        }
    }
}
