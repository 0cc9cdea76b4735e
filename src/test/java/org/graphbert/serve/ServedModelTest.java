package org.graphbert.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Scorer;
import org.graphbert.serve.ServedModel.Pooling;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many threads ask at once and each gets the answer to its own question; what cannot be answered is refused. */
class ServedModelTest {

    @TempDir
    private static Path directory;

    private static Path export;

    @BeforeAll
    static void export() throws IOException {
        export = Exports.golden(directory);
    }

    @Test
    void answersAreThoseOfPredict() throws IOException {
        try (ServedModel served = ServedModel.open(export);
                Scorer scorer = SavedModelScorer.load(export)) {
            Predictions alone = new Predictions(Tokenizers.load(export.resolve("1/assets"), null), scorer);
            List<List<Predictions.Filling>> expected = alone.fillMask(List.of("a [MASK] b [MASK]"), 3).get(0).masks();
            List<List<Predictions.Filling>> found = served.fillMask("a [MASK] b [MASK]", 3);
            assertEquals(2, found.size());
            for (int i = 0; i < 2; i++) {
                assertEquals(expected.get(i).stream().map(Predictions.Filling::token).toList(),
                        found.get(i).stream().map(Predictions.Filling::token).toList());
            }
            assertEquals(alone.nextSentence(List.<String[]>of(new String[] {"a", "b c"})).get(0).isNext(),
                    served.nextSentence("a", "b c"), 1e-6);
        }
    }

    @Test
    void concurrentQuestionsAreBatchedAndEachGetsItsOwnAnswer() throws Exception {
        Random random = new Random(7);
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int length = 3 + random.nextInt(38);
            int[] positions = random.ints(1 + random.nextInt(3), 0, length).toArray();
            calls.add(Call.of(i % 3 == 0 ? "features" : "masked_lm", new Scorer.Query(
                    random.ints(length, 5, 97).toArray(), random.ints(length, 0, 2).toArray(),
                    i % 3 == 0 ? new int[0] : positions)));
        }
        ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
        List<Map<String, Values>> expected = new ArrayList<>();
        try (LoadedModel alone = LoadedModel.open(export, 1)) {
            calls.forEach(call -> expected.add(alone.run(call)));
        }
        ExecutorService clients = Executors.newFixedThreadPool(40);
        try (ServedModel served = ServedModel.open(export, 1, new Batching(8, Duration.ofMillis(5), 64), sizes::add)) {
            List<Future<Map<String, Values>>> answers =
                    calls.stream().map(call -> clients.submit(() -> served.call(call))).toList();
            for (int i = 0; i < calls.size(); i++) {
                Map<String, Values> found = answers.get(i).get();
                assertEquals(expected.get(i).keySet(), found.keySet());
                for (String output : found.keySet()) {
                    assertArrayEquals(expected.get(i).get(output).shape(), found.get(output).shape(), output);
                    assertArrayEquals(expected.get(i).get(output).data(), found.get(output).data(), 1e-5f, "seed 7, call " + i);
                }
            }
        } finally {
            clients.shutdown();
        }
        assertEquals(200, sizes.stream().mapToInt(size -> size).sum());
        assertTrue(sizes.stream().anyMatch(size -> size > 1), "batches of " + sizes);
        assertTrue(sizes.stream().allMatch(size -> size <= 8), "batches of " + sizes);
    }

    @Test
    void aCallOfManyRowsIsAnsweredInParts() throws IOException {
        int[] ids = new Random(3).ints(20 * 6, 5, 97).toArray();
        int[] ones = new int[20 * 6];
        Arrays.fill(ones, 1);
        Call call = new Call("next_sentence", 20, 6, 0,
                Map.of("input_ids", ids, "input_mask", ones, "segment_ids", new int[20 * 6]));
        try (LoadedModel alone = LoadedModel.open(export, 1);
                ServedModel served = ServedModel.open(export, new Batching(8, Duration.ZERO, 20))) {
            Values found = served.call(call).get("logits");
            assertArrayEquals(new int[] {20, 2}, found.shape());
            assertArrayEquals(alone.run(call).get("logits").data(), found.data(), 1e-5f);
        }
    }

    @Test
    void whatTheQueueDoesNotTakeIsRefusedAndTheRestAnswered() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ExecutorService clients = Executors.newFixedThreadPool(3);
        try (ServedModel served = ServedModel.open(export, 1, new Batching(1, Duration.ZERO, 2), size -> {
            busy.countDown();
            await(release);
        })) {
            Future<float[]> first = clients.submit(() -> served.embed("a"));
            busy.await();
            List<Future<float[]>> queued = IntStream.range(0, 2).mapToObj(i -> clients.submit(() -> served.embed("b"))).toList();
            while (served.waiting() < 2) {
                Thread.onSpinWait();
            }
            Overloaded refused = assertThrows(Overloaded.class, () -> served.embed("c"));
            assertTrue(refused.getMessage().contains("2 sequences wait for an answer already"), refused.getMessage());
            release.countDown();
            assertEquals(first.get().length, queued.get(0).get().length);
            assertArrayEquals(queued.get(0).get(), queued.get(1).get());
        } finally {
            clients.shutdown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closingAnswersWhatWaits() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ServedModel served = ServedModel.open(export, 1, new Batching(1, Duration.ZERO, 64), size -> {
            taken.countDown();
            await(release);
        });
        List<CompletableFuture<float[]>> asked = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> served.embed("a b"), Executors.newCachedThreadPool()))
                .toList();
        taken.await();
        while (served.waiting() < 7) {
            Thread.onSpinWait();
        }
        CompletableFuture<Void> closed = CompletableFuture.runAsync(served::close);
        release.countDown();
        for (CompletableFuture<float[]> answer : asked) {
            assertTrue(answer.get().length > 0);
        }
        closed.get();
        assertThrows(IllegalStateException.class, () -> served.embed("a"));
    }

    @Test
    void anErrorInABatchIsToldAndTheNextIsAnswered() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (ServedModel served = ServedModel.open(export, 1, new Batching(4, Duration.ZERO, 8), size -> {
            if (broken.getAndSet(false)) {
                throw new AssertionError("a listener that fails");
            }
        })) {
            CompletableFuture<float[]> first = CompletableFuture.supplyAsync(() -> served.embed("a"));
            ExecutionException told = assertThrows(ExecutionException.class, () -> first.get(20, TimeUnit.SECONDS));
            assertTrue(told.toString().contains("a listener that fails"), told.toString());
            assertTrue(CompletableFuture.supplyAsync(() -> served.embed("a")).get(20, TimeUnit.SECONDS).length > 0);
        }
    }

    @Test
    void aListIsAnsweredAsEachOfItWouldBeAlone() throws Exception {
        List<String> texts = IntStream.range(0, 30).mapToObj(i -> "a ".repeat(i % 7) + "[MASK] b").toList();
        ConcurrentLinkedQueue<Integer> sizes = new ConcurrentLinkedQueue<>();
        try (ServedModel served = ServedModel.open(export, 1, new Batching(4, Duration.ZERO, 8), sizes::add)) {
            List<float[]> vectors = served.embed(texts, Pooling.MEAN);
            assertTrue(sizes.stream().anyMatch(size -> size > 1), "30 texts and a queue of 8: batches of " + sizes);
            List<List<List<Predictions.Filling>>> masks = served.fillMask(texts, 3);
            double[] follows = served.nextSentence(texts.stream().map(text -> List.of(text, "b")).toList());
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(served.embed(texts.get(i)), vectors.get(i), 1e-5f);
                assertEquals(served.fillMask(texts.get(i), 3).get(0).get(0).token(), masks.get(i).get(0).get(0).token());
                assertEquals(served.nextSentence(texts.get(i), "b"), follows[i], 1e-5);
            }
        }
    }

    /** Closed while others ask, each is answered or told so; closed again, nothing happens. */
    @Test
    void itMayBeClosedWhileItIsAsked() throws Exception {
        ServedModel served = ServedModel.open(export, 1, new Batching(4, Duration.ZERO, 64), size -> {});
        ExecutorService clients = Executors.newFixedThreadPool(6);
        try {
            CountDownLatch asked = new CountDownLatch(6);
            List<Future<Integer>> counts = IntStream.range(0, 6).mapToObj(i -> clients.submit(() -> {
                int answers = 0;
                try {
                    while (true) {
                        served.embed("a b");
                        if (answers++ == 0) {
                            asked.countDown();
                        }
                    }
                } catch (IllegalStateException closed) {
                    assertEquals("this model is closed", closed.getMessage());
                    return answers;
                }
            })).toList();
            asked.await();
            Future<?> other = clients.submit(served::close);
            served.close();
            for (Future<Integer> count : counts) {
                assertTrue(count.get(20, TimeUnit.SECONDS) > 0);
            }
            other.get(20, TimeUnit.SECONDS);
            served.close();
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void vectorsAreOfTheTokensAsked() throws IOException {
        try (ServedModel served = ServedModel.open(export)) {
            Scorer.Query query = Scorer.Query.of(served.loaded().tokenizer().special(),
                    served.loaded().tokenizer().encode("a b").ids());
            Map<String, Values> features = served.call(Call.of("features", query));
            Values tokens = features.get("sequence_output");
            int hidden = tokens.shape()[2];
            assertArrayEquals(features.get("pooled_output").data(), served.embed("a b", Pooling.POOLED), 1e-6f);
            assertArrayEquals(Arrays.copyOf(tokens.data(), hidden), served.embed("a b", Pooling.CLS), 1e-6f);
            float[] mean = served.embed("a b");
            for (int h = 0; h < hidden; h++) {
                double sum = 0;
                for (int s = 0; s < tokens.shape()[1]; s++) {
                    sum += tokens.data()[s * hidden + h];
                }
                assertEquals(sum / tokens.shape()[1], mean[h], 1e-5);
            }
        }
    }

    @Test
    void whatTheModelCannotAnswerIsRefusedInOneLine() throws IOException {
        try (ServedModel served = ServedModel.open(export)) {
            refused("has no [MASK]", () -> served.fillMask("nothing", 1));
            refused("expected at least 1", () -> served.fillMask("[MASK]", 0));
            refused("this model's head is pretraining, not classify; what it answers: fill_mask, next_sentence, embed", () -> served.classify("a"));
            refused("this model takes at most 40", () -> served.embed("a ".repeat(50)));
            refused("Serving signature name: \"nothing\" not found in signature def", () -> served.call(call("nothing", 5, 0, 1)));
            refused("input_ids: row 0, place 1: found 97, expected 0 to 96", () -> served.call(call("features", 97, 0, 1)));
            refused("segment_ids: row 0, place 1: found 2, expected 0 to 1", () -> served.call(call("features", 5, 2, 1)));
            refused("input_mask: row 0, place 1: found -1, expected 0 to 1", () -> served.call(call("features", 5, 0, -1)));
        }
        refused("no such directory", () -> ServedModel.open(directory.resolve("nowhere")));
        refused("expected at least a batch, 8", () -> new Batching(8, Duration.ZERO, 7));
    }

    private static Call call(String signature, int id, int segment, int mask) {
        return new Call(signature, 1, 2, 0, Map.of(
                "input_ids", new int[] {5, id}, "input_mask", new int[] {1, mask}, "segment_ids", new int[] {0, segment}));
    }

    private static void refused(String expected, org.junit.jupiter.api.function.Executable question) {
        Failure failure = assertThrows(Failure.class, question);
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
        assertFalse(failure.getMessage().contains("\n"));
    }

    /** The example in the class's Javadoc, as it stands there but for the export's place. */
    @Test
    void theExampleInTheJavadocRuns() throws Exception {
        String source = Files.readString(Path.of("src/main/java/org/graphbert/serve/ServedModel.java"));
        String example = source.substring(source.indexOf("<pre>{@code") + "<pre>{@code".length(), source.indexOf("}</pre>"))
                .lines().map(line -> line.replaceFirst("^ \\* ?", "")).collect(Collectors.joining("\n"))
                .replace("\"saved_models/wiki\"", '"' + export.toString() + '"');
        Path file = directory.resolve("Example.java");
        Files.writeString(file, "import java.nio.file.Path;\nimport org.graphbert.evaluate.Predictions;\n"
                + "import org.graphbert.serve.ServedModel;\n"
                + "public class Example { public static void run() throws Exception {" + example + "} }");
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null,
                "-classpath", System.getProperty("java.class.path"), "-d", directory.toString(), file.toString()));
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        URI classes = directory.toUri();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Example").getMethod("run").invoke(null);
        } finally {
            System.setOut(out);
        }
        List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(6, lines.size(), lines.toString());
        assertTrue(lines.get(5).matches("follows: [01]\\.\\d{3}; a vector of \\d+ numbers"), lines.toString());
    }
}
