package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our rules are sentencepiece's, each of them. */
class NormalizationRulesTest {

    @Test
    void nmtNfkcIsThatOfTheGoldenModel() throws IOException {
        CharacterMap golden = SentencePieceModel.parse(GoldenTokenizersTest.resource("unigram.model"), "golden").rules();
        assertEquals(golden.rules(), NormalizationRules.map(NormalizationRules.NMT_NFKC).rules());
    }

    /**
     * The number of rules in the models that sentencepiece 0.2.2 trains with --normalization_rule_name, and the SHA-256 of
     * the lines "FROM tab TO" in the order of FROM's bytes.
     */
    @ParameterizedTest
    @CsvSource({
        "nmt_nfkc, 225275, a9c79bd7d9253cdd84de5f4f446f0291cf810055fb684a52a9c31fa0a20bd9d4",
        "nfkc, 225232, 1496e823a4e0b516c2903a16406dab2e127854f6fc5c6499bfdfed8d1706a6f8",
        "nmt_nfkc_cf, 226683, 0e4bdb1814b1e0e061483fad4e7b35a19a29cfb0c09ac1da22d8bdda919b8043",
        "nfkc_cf, 226640, b0435e8ae5a06b1416c3bf0c68ffad6ed621246ad0276657d70b7c1523a0ed6c"
    })
    void everyNameGivesTheReferencesRules(String name, int count, String sha256) throws NoSuchAlgorithmException {
        Map<String, String> rules = NormalizationRules.map(name).rules();
        assertEquals(count, rules.size());
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        rules.keySet().stream()
                .sorted(Comparator.comparing(from -> from.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
                .forEach(from -> sha.update((from + "\t" + rules.get(from) + "\n").getBytes(StandardCharsets.UTF_8)));
        assertEquals(sha256, HexFormat.of().formatHex(sha.digest()));
        assertEquals(NormalizationRules.map(name).bytes(), CompiledRules.of(name).bytes(), "what the build compiled");
    }

    @Test
    void identityHasNone() {
        assertEquals(Map.of(), NormalizationRules.map(NormalizationRules.IDENTITY).rules());
        assertEquals(CharacterMap.IDENTITY, CompiledRules.of(NormalizationRules.IDENTITY));
    }
}
