package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormalizationRulesTest {

    /** sentencepiece wrote its own rules into the golden model. */
    @Test
    void theDefaultRulesAreTheReferences() throws IOException {
        SentencePieceModel golden = SentencePieceModel.parse(GoldenTokenizersTest.resource("unigram.model"), "golden");
        Map<String, String> rules = NormalizationRules.map(NormalizationRules.NMT_NFKC).rules();
        assertEquals(225_275, rules.size());
        assertEquals(golden.rules().rules(), rules);
    }

    @Test
    void caseFoldingFoldsWhatTheOthersGive() {
        Map<String, String> rules = NormalizationRules.map(NormalizationRules.NFKC_CF).rules();
        assertEquals("a", rules.get("A"));
        assertEquals("a", rules.get("\uFF21"), "full width");
        assertEquals("\u00E9", rules.get("E\u0301"));
        assertEquals(null, rules.get("a"));
        assertEquals(null, rules.get("\t"), "white space is for the nmt rules");
    }

    @Test
    void identityHasNoneAndOtherNamesAreUnknown() {
        assertEquals(Map.of(), NormalizationRules.map(NormalizationRules.IDENTITY).rules());
        assertThrows(IllegalArgumentException.class, () -> NormalizationRules.map("nfc"));
    }
}
