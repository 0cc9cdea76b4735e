package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    /** In a process of its own: takes the lock of the output, or says why not, and keeps it until stdin ends. */
    static final class Other {
        public static void main(String[] arguments) throws IOException {
            try (DirectoryLock lock = DirectoryLock.ofOutput(Path.of(arguments[0]))) {
                System.out.println("taken " + (lock != null));
                while (System.in.read() >= 0) {
                    // until the test ends it
                }
            } catch (Failure e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** In a process of its own: holds the lock as one does that has not yet written who it is. */
    static final class Nameless {
        public static void main(String[] arguments) throws IOException {
            Path file = Path.of(arguments[0]).resolveSibling(".set.lock");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                System.out.println("taken " + (channel.tryLock(DirectoryLock.LOCKED_BYTE, 1, false) != null));
                while (System.in.read() >= 0) {
                    // until the test ends it
                }
            }
        }
    }

    @TempDir
    private Path directory;

    @Test
    void keepsOtherProcessesOff() throws Exception {
        Path output = directory.resolve("set");
        DirectoryLock lock = DirectoryLock.ofOutput(output);
        try (lock) {
            assertThrows(Failure.class, () -> DirectoryLock.ofOutput(output));
            Process refused = other(Other.class, output);
            String line = firstLine(refused);
            assertTrue(line.contains("another process (process " + ProcessHandle.current().pid() + ")"), line);
            assertEquals(0, refused.waitFor());
        }
        assertFalse(Files.exists(directory.resolve(".set.lock")));
        Process holder = other(Other.class, output);
        try {
            assertEquals("taken true", firstLine(holder));
            Failure failure = assertThrows(Failure.class, () -> DirectoryLock.ofOutput(output));
            assertTrue(failure.getMessage().contains("(process " + holder.pid() + ")"), failure.getMessage());
        } finally {
            holder.destroyForcibly().waitFor(); // killed: its file stays, its lock does not
        }
        assertTrue(Files.exists(directory.resolve(".set.lock")));
        DirectoryLock.ofOutput(output).close();
    }

    @Test
    void aHolderWithoutAName() throws Exception {
        Path output = directory.resolve("set");
        Process holder = other(Nameless.class, output);
        try {
            assertEquals("taken true", firstLine(holder));
            Failure failure = assertThrows(Failure.class, () -> DirectoryLock.ofOutput(output));
            assertEquals(output + " is being prepared by another process; wait for it, or choose another --output", failure.getMessage());
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    @Test
    void theLockOfARunIsHeldUntilItsFileIsRemoved() throws IOException {
        DirectoryLock lock = DirectoryLock.ofRun(directory);
        try (lock) {
            Failure refused = assertThrows(Failure.class, () -> DirectoryLock.ofRun(directory));
            assertEquals(directory + " is being trained by another process (process " + ProcessHandle.current().pid()
                    + "); wait for it, or choose another --run", refused.getMessage());
            assertTrue(lock.held());
            Files.delete(directory.resolve(".lock"));
            assertFalse(lock.held());
            Files.writeString(directory.resolve("other"), "another's");
            Files.move(directory.resolve("other"), directory.resolve(".lock"));
            assertFalse(lock.held(), "another file in its place");
        }
        assertTrue(Files.exists(directory.resolve(".lock")), "another's file stays");
        DirectoryLock.ofRun(directory).close();
    }

    private static Process other(Class<?> program, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", System.getProperty("java.class.path"), program.getName(), output.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }
}
