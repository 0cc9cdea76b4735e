package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SentenceSplitterTest {

    private final SentenceSplitter english = SentenceSplitter.english();

    /** The resource sentences/cases.txt says how it is to be read. */
    static Stream<Arguments> cases() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                SentenceSplitterTest.class.getResourceAsStream("/sentences/cases.txt"), StandardCharsets.UTF_8))) {
            String language = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("== ")) {
                    language = line.substring(3);
                } else if (!line.isBlank() && !line.startsWith("# ")) {
                    cases.add(Arguments.of(language, line));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void hardCases(String language, String marked) {
        assertEquals(
                Stream.of(marked.split("\\|")).map(String::strip).toList(),
                SentenceSplitter.forLanguage(language).split(marked.replace("|", "")));
    }

    @Test
    void thereAreEnoughCases() throws IOException {
        assertTrue(cases().count() >= 150, "found " + cases().count());
    }

    @Test
    void aLongQuotationIsCutBetweenItsSentences() {
        String sentence = "I have told you this a hundred times before, and you never listened. ";
        String shortSpeech = "“" + sentence.repeat(4).strip() + "”";
        String longSpeech = "“" + sentence.repeat(5).strip() + "”";
        assertTrue(shortSpeech.length() - 1 <= Quotations.LONG && longSpeech.length() - 1 > Quotations.LONG);
        assertEquals(List.of(shortSpeech, "He left."), english.split(shortSpeech + " He left."));
        assertEquals(6, english.split(longSpeech + " He left.").size());
        assertEquals("He left.", english.split(longSpeech + " He left.").get(5));
    }

    @Test
    void aLineEndIsASentenceEnd() {
        assertEquals(List.of("a heading", "and text.", "“More", "text.”"), english.split("a heading\nand text.\n“More\ntext.”"));
    }

    @Test
    void sentencesAreTrimmedAndNeverEmpty() {
        assertEquals(List.of("One.", "Two."), english.split(" \t One.\u00A0  Two. \n "));
        assertEquals(List.of(), english.split(""));
        assertEquals(List.of(), english.split(" \u2003\t"));
        assertEquals(List.of("...", "?"), english.split(" ...\n? "));
    }

    /** The fast way gives what ICU gives. */
    @Property(tries = 20000)
    void plainBreaksAreIcus(
            @ForAll @Chars({'.', '.', '.', ' ', ' ', ' ', '!', '?', '"', '\u201C', '\u201D', '\u2019', '(', ')', '\u00AB', '1', 'A', 'B', '\u00AA',
                '\u2014', ',', '\u00A0', '\u2026', '-', ':', '\u01BB', '\u00E9', '\t', '$'}) @CharRange(from = 'a', to = 'd') String text) {
        BitSet plain = new BitSet();
        assertTrue(PlainBreaks.add(text, plain));
        BreakIterator icu = BreakIterator.getSentenceInstance(ULocale.ENGLISH);
        icu.setText(text);
        BitSet expected = new BitSet();
        expected.set(text.length());
        for (int end = icu.next(); end != BreakIterator.DONE; end = icu.next()) {
            expected.set(end);
        }
        assertEquals(expected, plain);
    }

    @Test
    void otherTextIsNotPlain() {
        for (String text : List.of("a\u0301", "\u4F60", "\u0416", "a\nb", "\u00AD", "\u203C", "\uD83D\uDE00")) {
            assertFalse(PlainBreaks.add(text, new BitSet()), text);
        }
    }

    /** Nothing is lost or made up, whatever the text. */
    @Property(tries = 3000)
    void sentencesHoldAllOfTheText(
            @ForAll @Chars({'.', '.', ' ', ' ', ' ', '!', '?', '…', '"', '“', '”', '’', '\'', '(', ')', '«', '»', '„', '\n',
                '。', ')', '•', '1', '2', 'A', 'I', 'é', '中',
                '[', ']', '—', '‘', '‹'}) @CharRange(from = 'a', to = 'd') String text) {
        for (String language : List.of("en", "de", "fr")) {
            List<String> sentences = SentenceSplitter.forLanguage(language).split(text);
            assertEquals(withoutSpaces(text), withoutSpaces(String.join("", sentences)));
            for (String sentence : sentences) {
                assertFalse(sentence.isEmpty());
                assertEquals(sentence.strip(), sentence);
            }
        }
    }

    @Test
    void oneSplitterServesManyThreads() {
        String text = "Dr. Smith went. He left. U.S. Army units moved.";
        List<String> expected = english.split(text);
        IntStream.range(0, 2000)
                .parallel()
                .forEach(i -> assertEquals(expected, english.split(text)));
    }

    private static String withoutSpaces(String text) {
        return text.replaceAll("\\s", "");
    }
}
