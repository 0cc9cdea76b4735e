package org.graphbert.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What programs print. */
final class Output {

    private static final long SECONDS = 20;

    private Output() {}

    /** What a program prints; nothing where it is not there, fails, or takes too long. */
    static String of(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            // A driver that hangs keeps its programs from printing: the reader would wait for ever.
            Thread watch = new Thread(() -> end(process), "output-of-" + command[0]);
            watch.setDaemon(true);
            watch.start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? printed : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static void end(Process process) {
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
