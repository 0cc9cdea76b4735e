package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.text.SentencePieceWordsTest.Pieces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands around a gap is encoded as it is in running text. */
class GapsTest {

    /** The word, which all three vocabularies have whole, is the gap. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', value = {
        "The capital of France is |.; The capital of France is time.; time",
        "to | them; to time them; time",
        "| of them; time of them; time",
        "of the |; of the time; time",
        "`  of   |    them. `; of time them.; time",
        "\"|\", they said; \"time\", they said; time",
        "ＯＦ |，； １; ＯＦ time，； １; time",
    })
    void aSentencePieceGapIsAWord(String gapped, String whole, String word) throws IOException {
        for (String type : List.of("unigram", "bpe")) {
            Tokenizer tokenizer = GoldenTokenizersTest.tokenizer(type);
            List<String> expected = tokens(tokenizer, tokenizer.encode(whole).ids());
            List<String> found = gapped(tokenizer, gapped);
            int gap = found.indexOf("|");
            List<String> before = found.subList(0, gap);
            List<String> behind = found.subList(gap + 1, found.size());
            assertEquals(before, expected.subList(0, before.size()), type + ": " + gapped);
            assertEquals(behind, expected.subList(expected.size() - behind.size(), expected.size()), type + ": " + gapped);
            List<String> missing = expected.subList(before.size(), expected.size() - behind.size());
            assertEquals(word, String.join("", missing).replace("\u2581", ""), type + ": " + gapped);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unigram", "bpe"})
    void noPieceIsMadeUp(String type) throws IOException {
        Tokenizer tokenizer = GoldenTokenizersTest.tokenizer(type);
        assertEquals(List.of("|", "."), gapped(tokenizer, "|."));
        assertEquals(List.of("|", "|"), gapped(tokenizer, "| |"));
        assertEquals(List.of("|"), gapped(tokenizer, "  |  "));
        assertEquals(List.of("\u2581a", "|", "\u2581a"), gapped(tokenizer, "a | a"));
        assertEquals(List.of("\u2581a", "|", "s"), gapped(tokenizer, "a |s"), "goes on with the gap");
    }

    @Test
    void wordPieceHasNoSpaces() throws IOException {
        Tokenizer tokenizer = GoldenTokenizersTest.tokenizer("wordpiece-uncased");
        assertEquals(List.of("the", "|", "."), gapped(tokenizer, "The |."));
        assertEquals(List.of("the", "|", "the"), gapped(tokenizer, "the | the"));
    }

    /** The missing word takes the space behind it with it. */
    @Test
    void spacesBehindWords() {
        Tokenizer tokenizer = new Pieces("a\u2581", "b\u2581", "a", "b", "\u2581").spaceAsSuffix().tokenizer();
        assertEquals(List.of("a\u2581", "b\u2581"), tokens(tokenizer, tokenizer.encode("a b").ids()));
        assertEquals(List.of("a\u2581", "|", "b\u2581"), gapped(tokenizer, "a  |  b"));
        assertEquals(List.of("a", "|"), gapped(tokenizer, "a|"));
        assertEquals(List.of("|", "|"), gapped(tokenizer, "| |"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece-uncased", "unigram", "bpe"})
    void theNameOfASpecialTokenIsOrdinaryText(String name) throws IOException {
        Tokenizer tokenizer = GoldenTokenizersTest.tokenizer(name);
        for (String text : List.of("[MASK]", "a [MASK] b", "[CLS] a [SEP]", "<mask>")) {
            int[] ids = tokenizer.encode(text).ids();
            SpecialTokens special = tokenizer.special();
            for (int id : new int[] {special.mask(), special.cls(), special.sep(), special.pad()}) {
                assertEquals(0, Arrays.stream(ids).filter(found -> found == id).count(), text);
            }
            assertArrayEquals(ids, tokenizer.encodeAroundGaps(List.of(text)).get(0).ids());
        }
    }

    private static List<String> gapped(Tokenizer tokenizer, String text) {
        List<Encoding> stretches = tokenizer.encodeAroundGaps(List.of(text.split("\\|", -1)));
        List<String> tokens = new ArrayList<>();
        for (Encoding stretch : stretches) {
            if (stretch != stretches.get(0)) {
                tokens.add("|");
            }
            tokens.addAll(tokens(tokenizer, stretch.ids()));
        }
        return tokens;
    }

    private static List<String> tokens(Tokenizer tokenizer, int[] ids) {
        return Arrays.stream(ids).mapToObj(tokenizer::token).toList();
    }
}
