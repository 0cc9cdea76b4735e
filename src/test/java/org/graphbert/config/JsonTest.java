package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {

    @TempDir
    private Path directory;

    @Test
    void whatWouldBeReadOverIsRefused() throws IOException {
        refused("a.json", "{\"steps\": 5, \"steps\": 9}".getBytes(), "Duplicate field 'steps'");
        refused("b.yaml", "steps: 5\nsteps: 9\n".getBytes(), "steps");
        refused("c.json", "{\"steps\": 5} and more".getBytes(), "not JSON");
        refused("d.json", new byte[] {'{', (byte) 0xff, '}'}, "not UTF-8");
        refused("e.json", "[1]".getBytes(), "found no key: value pairs");
    }

    private void refused(String name, byte[] contents, String expected) throws IOException {
        Path file = Files.write(directory.resolve(name), contents);
        Failure failure = assertThrows(Failure.class, () -> Json.readObject(file), name);
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().startsWith(file.toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    }
}
