package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run's record that is damaged is bad data; one that is not there is a wrong name. */
class RunRecordTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"graphbert\": \"0.1.0\", \"config\": {\"data\": nul", "[]"})
    void cutItIsDamaged(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("run.json"), text);
        Failure failure = assertThrows(Failure.class, () -> RunRecord.read(file));
        assertEquals(Failure.Kind.DATA, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().startsWith(file.toString()), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("is damaged: restore it, or choose another run"), failure.getMessage());
    }

    @Test
    void missingItIsAWrongName() {
        Failure failure = assertThrows(Failure.class, () -> RunRecord.read(directory.resolve("run.json")));
        assertEquals(Failure.Kind.USAGE, failure.kind(), failure.getMessage());
    }
}
