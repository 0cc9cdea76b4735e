package org.graphbert.distribute.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {

    private static final int KILLED = 128 + 9;

    @ParameterizedTest
    @CsvSource({
        "0 0, 0, false",
        "137 5, 5, true",
        "5 137, 5, true",
        // What a worker says of itself is why the others lost it, whoever was seen first.
        "3 5, 3, false",
        "5 3, 3, false",
        "5 2, 2, false",
        "4 4, 4, false",
        "1 5, 1, true",
        "5 1, 1, true",
        "137 1, 1, true",
        "130 130, 130, false",
        "0 130, 130, false",
        // One was told to stop, and the others did not hear of it in time.
        "130 5, 130, false",
        "5 130, 5, true",
        "0 5, 5, true",
        "143, 5, true",
    })
    void whatTheCodesComeTo(String codes, int exitCode, boolean again) {
        List<Integer> ended = Arrays.stream(codes.split(" ")).map(Integer::valueOf).toList();
        Verdict verdict = Verdict.of(ended);
        assertEquals(exitCode, verdict.exitCode());
        assertEquals(again, verdict.worthARestart());
    }

    @ParameterizedTest
    @CsvSource({
        "0, is done", "2, ended with code 2", "130, was interrupted", KILLED + ", was killed by signal 9",
        "5, ended with code 5: it lost another worker"
    })
    void anEndInWords(int code, String words) {
        assertEquals(words, Verdict.words(code));
    }
}
