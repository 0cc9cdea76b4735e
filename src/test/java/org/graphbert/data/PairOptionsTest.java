package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairOptionsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "SOP  | 0.5 | RANDOM        | true  | false | --balance and --pairs sop contradict each other",
        "NONE | 0.5 | RANDOM        | true  | false | --balance and --pairs none contradict each other",
        "SOP  | 0.5 | SAME_DOCUMENT | false | false | --negatives same-document and --pairs sop contradict each other",
        "NONE | 0.5 | SAME_DOCUMENT | false | false | --negatives same-document and --pairs none contradict each other",
        "NSP  | 0.5 | RANDOM        | false | true  | --across-documents and --pairs nsp contradict each other",
        "SOP  | 0.5 | RANDOM        | false | true  | --across-documents and --pairs sop contradict each other",
        "NONE | 0.4 | RANDOM        | false | true  | --positive-ratio 0.4 and --pairs none contradict each other",
        "NSP  | 1.5 | RANDOM        | false | false | --positive-ratio is 1.5, expected 0 to 1",
    })
    void whatDoesNotGoTogether(
            PairTask task, double ratio, Negatives negatives, boolean balance, boolean across, String message) {
        Failure failure = assertThrows(Failure.class, () -> new PairOptions(64, 0.1, task, ratio, negatives, balance, across));
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
    }

    @Test
    void roomBesideTheSpecialTokens() {
        assertEquals(125, PairOptions.of(PairTask.NSP, 128, 0.1).mostTokens());
        assertEquals(125, PairOptions.of(PairTask.SOP, 128, 0.1).mostTokens());
        assertEquals(126, PairOptions.of(PairTask.NONE, 128, 0.1).mostTokens());
        assertEquals(PairOptions.nextSentence(64, 0.2, 0.5), PairOptions.of(PairTask.NSP, 64, 0.2));
    }
}
