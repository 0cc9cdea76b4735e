package org.graphbert.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Directories;
import org.graphbert.config.Progress;
import org.graphbert.config.Trees;
import org.graphbert.serve.Batching;
import org.graphbert.serve.Exports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New versions come, damaged ones do not, and no request is lost over it, nor over the server's end. */
class NewVersionsTest {

    private static final String EMBED = "/v1/models/golden:embed";
    private static final String TEXT = "{\"text\":\"a b\"}";

    @TempDir
    private Path directory;

    private static ServerOptions options(Duration wait) {
        return new ServerOptions("127.0.0.1", 0, 1, new Batching(8, wait, 256), 1 << 20, 256, Duration.ofSeconds(5), 100,
                Duration.ofMillis(50));
    }

    @Test
    void newVersionsComeUnderLoadWithoutALostRequest() throws Exception {
        Path export = Exports.golden(directory);
        ExecutorService clients = Executors.newFixedThreadPool(4);
        AtomicBoolean over = new AtomicBoolean();
        try (RestServer server = RestServer.start(List.of(export), options(Duration.ofMillis(1)), Progress.SILENT)) {
            Client client = new Client(server.uri());
            List<Future<Integer>> asked = IntStream.range(0, 4).mapToObj(i -> clients.submit((Callable<Integer>) () -> {
                int answers = 0;
                while (!over.get()) {
                    HttpResponse<String> answer = client.post(EMBED, TEXT);
                    assertEquals(200, answer.statusCode(), answer.body());
                    answers++;
                }
                return answers;
            })).toList();
            Exports.golden(directory);
            awaitVersion(client, 2);
            assertEquals(404, client.get("/v1/models/golden/versions/1").statusCode());
            // Back to an older one, by removing the newest.
            Directories.delete(export.resolve("2"));
            awaitVersion(client, 1);
            over.set(true);
            int answers = 0;
            for (Future<Integer> each : asked) {
                answers += each.get();
            }
            assertTrue(answers > 0);
        } finally {
            over.set(true);
            clients.shutdown();
        }
    }

    private static void awaitVersion(Client client, int version) throws Exception {
        String wanted = "{\"version\":\"" + version + "\",\"state\":\"AVAILABLE\"";
        for (int i = 0; i < 400; i++) {
            if (client.get("/v1/models/golden").body().contains(wanted)) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(client.get("/v1/models/golden").body());
    }

    @Test
    void aDamagedVersionChangesNothingButTheStatus() throws Exception {
        Path export = Exports.golden(directory);
        List<String> said = new ArrayList<>();
        Progress progress = new Progress() {
            @Override
            public void start(String task, long total, String unit) {}

            @Override
            public void at(long done, String detail) {}

            @Override
            public void done() {}

            @Override
            public synchronized void say(String line) {
                said.add(line);
            }
        };
        try (RestServer server = RestServer.start(List.of(export), options(Duration.ZERO), progress)) {
            Client client = new Client(server.uri());
            Path damaged = Files.createDirectories(directory.resolve("damaged"));
            Files.write(damaged.resolve("saved_model.pb"), new byte[] {1, 2, 3});
            Files.move(damaged, export.resolve("2"));
            for (int i = 0; i < 400 && !client.get("/v1/models/golden").body().contains("\"END\""); i++) {
                Thread.sleep(50);
            }
            String status = client.get("/v1/models/golden").body();
            assertTrue(status.contains("{\"version\":\"2\",\"state\":\"END\",\"status\":{\"error_code\":\"DATA_LOSS\""), status);
            assertTrue(status.contains("{\"version\":\"1\",\"state\":\"AVAILABLE\""), status);
            assertEquals(200, client.post(EMBED, TEXT).statusCode());
            Thread.sleep(300);
            assertEquals(1, said.stream().filter(line -> line.startsWith("golden: version 2 cannot be loaded: ")).count(), said.toString());
            // One that is whole but for another model's vocabulary, and one whose configuration is another's.
            Directories.delete(export.resolve("2"));
            Exports.golden(directory);
            awaitVersion(client, 2);
            Path other = export.resolveSibling("other");
            Trees.copy(export.resolve("2"), other);
            Path config = other.resolve("assets.extra/bert_config.json");
            Files.writeString(config, Files.readString(config).replaceAll("\"vocab_size\" *: *97", "\"vocab_size\" : 300"));
            Files.writeString(other.resolve("assets/vocab.txt"), IntStream.range(0, 300).mapToObj(i -> "[UNK] [CLS] [SEP] [PAD] [MASK]"
                    .split(" ").length > i ? "[UNK] [CLS] [SEP] [PAD] [MASK]".split(" ")[i] : "w" + i).collect(Collectors.joining("\n")));
            Files.move(other, export.resolve("3"));
            awaitFailed(client, 3);
            assertEquals(200, client.post(EMBED, TEXT).statusCode());
            Directories.delete(export.resolve("3"));
            Directories.delete(export.resolve("2"));
            awaitVersion(client, 1);
            // The right one in its place is taken.
            Files.createDirectories(export.resolve("2"));
            Directories.delete(export.resolve("2"));
            Exports.golden(directory);
            awaitVersion(client, 2);
        }
    }

    private static void awaitFailed(Client client, int version) throws Exception {
        for (int i = 0; i < 400; i++) {
            if (client.get("/v1/models/golden").body().contains("{\"version\":\"" + version + "\",\"state\":\"END\"")) {
                return;
            }
            Thread.sleep(50);
        }
        throw new AssertionError(client.get("/v1/models/golden").body());
    }

    @Test
    void whatIsInFlightIsAnsweredBeforeTheServerEnds() throws Exception {
        Path export = Exports.golden(directory);
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            RestServer server = RestServer.start(List.of(export), options(Duration.ofMillis(800)), Progress.SILENT);
            Client client = new Client(server.uri());
            List<Future<HttpResponse<String>>> asked =
                    IntStream.range(0, 4).mapToObj(i -> clients.submit(() -> client.post(EMBED, TEXT))).toList();
            while (!client.get("/metrics").body().contains("graphbert_queued_sequences{model=\"golden\"} 4")) {
                Thread.sleep(5);
            }
            server.close();
            for (Future<HttpResponse<String>> answer : asked) {
                assertEquals(200, answer.get().statusCode());
            }
        } finally {
            clients.shutdown();
        }
    }

    @Test
    void aSmallRequestDoesNotWaitForAllTheLargeOnes() throws Exception {
        Path export = Exports.golden(directory);
        int large = 16;
        ExecutorService clients = Executors.newFixedThreadPool(large);
        ServerOptions alone = new ServerOptions("127.0.0.1", 0, 1, new Batching(1, Duration.ZERO, 1024), 1 << 20, 256,
                Duration.ofSeconds(60), 100, Duration.ofSeconds(60));
        String many = IntStream.range(0, 1024).mapToObj(i -> "{\"text\":\"a b c d e f\"}").collect(Collectors.joining(",", "{\"instances\":[", "]}"));
        try (RestServer server = RestServer.start(List.of(export), alone, Progress.SILENT)) {
            Client client = new Client(server.uri());
            List<Future<HttpResponse<String>>> asked =
                    IntStream.range(0, large).mapToObj(i -> clients.submit(() -> client.post(EMBED, many))).toList();
            while (inFlight(client) < large) {
                Thread.sleep(5);
            }
            assertEquals(200, client.post(EMBED, TEXT).statusCode());
            int left = inFlight(client);
            assertTrue(left >= large / 2, "only " + left + " of the large ones are left");
            for (Future<HttpResponse<String>> answer : asked) {
                assertEquals(200, answer.get().statusCode());
            }
        } finally {
            clients.shutdown();
        }
    }

    /** Requests that are being answered, but for the one that asks. */
    private static int inFlight(Client client) throws Exception {
        return client.get("/metrics").body().lines().filter(line -> line.startsWith("graphbert_requests_in_flight "))
                .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(' ') + 1))).sum() - 1;
    }

    @Test
    void whatIsBeyondTheQueueIsRefused() throws Exception {
        Path export = Exports.golden(directory);
        ExecutorService clients = Executors.newFixedThreadPool(6);
        ServerOptions narrow = new ServerOptions("127.0.0.1", 0, 1, new Batching(4, Duration.ofMillis(800), 4), 1 << 20, 4,
                Duration.ofSeconds(5), 100, Duration.ofSeconds(60));
        try (RestServer server = RestServer.start(List.of(export), narrow, Progress.SILENT)) {
            Client client = new Client(server.uri());
            // Three wait for a fourth; rows for more than the one place left are refused.
            List<Future<HttpResponse<String>>> asked =
                    IntStream.range(0, 3).mapToObj(i -> clients.submit(() -> client.post(EMBED, TEXT))).toList();
            while (!client.get("/metrics").body().contains("graphbert_queued_sequences{model=\"golden\"} 3")) {
                Thread.sleep(5);
            }
            String two = "[[2,3],[2,3]]";
            HttpResponse<String> refused = client.post("/v1/models/golden:predict",
                    "{\"inputs\":{\"input_ids\":" + two + ",\"input_mask\":[[1,1],[1,1]],\"segment_ids\":[[0,0],[0,0]]}}");
            assertEquals(503, refused.statusCode(), refused.body());
            assertEquals("1", refused.headers().firstValue("retry-after").orElse(""));
            assertTrue(refused.body().contains("3 sequences wait for an answer already"), refused.body());
            for (Future<HttpResponse<String>> answer : asked) {
                assertEquals(200, answer.get().statusCode());
            }
        } finally {
            clients.shutdown();
        }
    }
}
