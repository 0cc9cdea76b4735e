package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.graphbert.serve.Exports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {

    private static final int USAGE = 2;

    @TempDir
    private Path directory;

    @Test
    void wrongUsageIsRefused() throws IOException {
        String export = Exports.golden(directory).toString();
        assertEquals(USAGE, Main.run("serve"));
        assertEquals(USAGE, Main.run("serve", directory.resolve("nowhere").toString()));
        assertEquals(USAGE, Main.run("serve", export, "--port", "99999"));
        assertEquals(USAGE, Main.run("serve", export, "--max-batch", "0"));
        assertEquals(USAGE, Main.run("serve", export, "--max-wait", "-1"));
        assertEquals(USAGE, Main.run("serve", export, "--max-batch", "64", "--queue", "8"));
        assertEquals(USAGE, Main.run("serve", export, "--max-body", "0"));
        assertEquals(USAGE, Main.run("serve", export, "--client-timeout", "0"));
        assertEquals(USAGE, Main.run("serve", export, "--threads", "-1"));
        assertEquals(USAGE, Main.run("serve", export, "--poll", "0"));
    }

    @Test
    void itAnswersUntilItIsToldToStop() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
                        System.getProperty("java.class.path"), "org.graphbert.cli.Main", "serve",
                        Exports.golden(directory).toString(), "--port", "0", "--threads", "1")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            URI server = null;
            for (String line = said.readLine(); line != null && server == null; line = said.readLine()) {
                if (line.startsWith("listening at ")) {
                    server = URI.create(line.substring("listening at ".length()));
                    break;
                }
            }
            HttpResponse<String> answer = HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(server.resolve("/v1/models/golden")).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals("127.0.0.1", server.getHost());
            // SIGTERM; destroy() of the process itself would close its streams too.
            process.toHandle().destroy();
            assertEquals("stopping: what is in flight is answered first", said.readLine());
            assertEquals("stopped", said.readLine());
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }
}
