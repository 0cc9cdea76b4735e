package org.graphbert.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What programs print. */
final class Output {

    private static final long SECONDS = 20;

    private Output() {}

    /** What a program prints; nothing where it is not there, fails, or takes too long. */
    static String of(String... command) {
        return within(SECONDS, command);
    }

    /** As {@link #of}, waiting no longer than that: a driver that hangs keeps its programs from ending, even those that are killed. */
    static String within(long seconds, String... command) {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return "";
        }
        CompletableFuture<String> printed = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, printed), "output-of-" + command[0]);
        reader.setDaemon(true);
        reader.start();
        try {
            return printed.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void read(Process process, CompletableFuture<String> printed) {
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            printed.complete(process.waitFor() == 0 ? text : "");
        } catch (IOException | InterruptedException e) {
            printed.completeExceptionally(e);
        }
    }
}
