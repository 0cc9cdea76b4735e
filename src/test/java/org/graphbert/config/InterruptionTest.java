package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A signal to a process of its own: it ends with 130 when what is open is closed, and what is said before is heard. */
class InterruptionTest {

    /** Waits for a signal, and then fails to save. */
    static final class Saving {

        public static void main(String[] arguments) throws Exception {
            try (Interruption interruption = new Interruption()) {
                System.out.println("waiting");
                while (!interruption.requested()) {
                    Thread.sleep(5);
                }
                System.out.println(interruption.withdraw() ? "no signal" : "cannot be saved");
            }
            System.out.println("the process goes on");
        }
    }

    /** Does not wait for any. */
    static final class Done {

        public static void main(String[] arguments) {
            try (Interruption interruption = new Interruption()) {
                System.out.println(interruption.withdraw() ? "no signal" : "cannot be saved");
            }
            System.out.println("the process goes on");
        }
    }

    @Test
    void whatIsSaidBeforeItIsClosedIsHeard() throws Exception {
        Process child = start(Saving.class);
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("waiting", said.readLine());
            child.toHandle().destroy(); // SIGTERM; Process.destroy would close what is read here
            assertEquals(List.of("cannot be saved"), said.lines().toList());
        }
        assertTrue(child.waitFor(5, TimeUnit.MINUTES));
        assertEquals(130, child.exitValue());
    }

    @Test
    void withoutASignalItIsAsIfItHadNotBeen() throws Exception {
        Process child = start(Done.class);
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            assertEquals(List.of("no signal", "the process goes on"), said.lines().toList());
        }
        assertTrue(child.waitFor(5, TimeUnit.MINUTES));
        assertEquals(0, child.exitValue());
    }

    private static Process start(Class<?> main) throws IOException {
        return new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-cp", System.getProperty("java.class.path"), main.getName())
                .redirectErrorStream(true)
                .start();
    }
}
