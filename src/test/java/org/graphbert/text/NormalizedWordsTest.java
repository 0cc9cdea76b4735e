package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;
import org.junit.jupiter.api.Test;

class NormalizedWordsTest {

    private static final CharacterMap RULES = NormalizationRules.map(NormalizationRules.NMT_NFKC);

    @Test
    void cutsAtSpacesAndBetweenScripts() {
        assertEquals(List.of("\u2581the", "\u2581end", ",", "isn", "'", "t"), units("the end,isn't"));
        assertEquals(List.of("\u2581\u4E16\u754C\u30C6", "abc", "3.14", "\u0436"), units("\u4E16\u754C\u30C6abc3.14\u0436"));
        assertEquals(List.of("\u2581ABC", "\u2581kg"), units(" \uFF21\uFF22\uFF23\t\u338F "));
        assertEquals(List.of(), units(" \u200B"));
        assertEquals(List.of("\u2581again"), units("again"), "a new line begins anew");
    }

    @Test
    void leavesOutWhatIsGiven() {
        assertEquals(List.of("\u2581", "a", "\u2581b"), units("[MASK]a[MASK] b[MASK]"));
    }

    private final Words words = new NormalizedWords(
            new SentencePieceNormalizer(NormalizerSpec.getDefaultInstance(), RULES, List.of(), false),
            DoubleArray.of(Map.of("[MASK]", 4)));

    private List<String> units(String line) {
        List<String> units = new ArrayList<>();
        words.over(line);
        while (words.next()) {
            units.add(new String(words.codePoints(), 0, words.length()));
        }
        return units;
    }
}
