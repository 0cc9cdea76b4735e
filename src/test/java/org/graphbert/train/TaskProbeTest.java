package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Pooling;
import org.graphbert.config.Progress;
import org.graphbert.graph.TaskHead;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A probe on the weights in training: it tells what can be told, always the same, and leaves no trace. */
class TaskProbeTest {

    @TempDir
    private static Path directory;

    private static final BooleanSupplier GO_ON = () -> false;

    private static Tokenizer tokenizer;
    private static Path easy;
    private static Path hopeless;
    private static Path small;

    @BeforeAll
    static void prepare() throws IOException {
        tokenizer = Tokenizers.load(Tiny.vocabulary(directory.resolve("tokenizer")), null);
        easy = task("easy", 200, true);
        hopeless = task("hopeless", 200, false);
        small = task("small", 16, true);
    }

    /** Texts of few words; where it is easy, those of one class have none of the other's. */
    private static Path task(String name, int examples, boolean separable) throws IOException {
        Path path = Files.createDirectories(directory.resolve(name));
        Random random = new Random(6);
        for (String file : List.of("train.tsv", "dev.tsv")) {
            StringBuilder lines = new StringBuilder("label\ttext\n");
            for (int i = 0; i < examples; i++) {
                int label = random.nextInt(2);
                lines.append(label == 0 ? "down\t" : "up\t");
                for (int w = 0; w < 3 + random.nextInt(5); w++) {
                    int word = separable ? 5 * label + random.nextInt(5) : random.nextInt(10);
                    lines.append(tokenizer.token(6 + word)).append(' ');
                }
                lines.append(".\n");
            }
            Files.writeString(path.resolve(file), lines);
        }
        return path;
    }

    @Test
    void whatCanBeToldApartIsLearnt() {
        ModelConfig model = Tiny.model(0.1);
        Batch batch = Tiny.batch(model, 4, 24, 4, 8);
        try (TrainingSession session = Sessions.open(model, batch, false, AdamW.reference(), 1.0);
                TaskProbe told = new TaskProbe(easy, model, tokenizer, 1, 5);
                TaskProbe few = new TaskProbe(small, model, tokenizer, 1, 5);
                TaskProbe again = new TaskProbe(small, model, tokenizer, 1, 5);
                TaskProbe untold = new TaskProbe(hopeless, model, tokenizer, 1, 5)) {
            Sessions.randomise(session, 3);
            Probe.Score score = told.score(session, GO_ON).orElseThrow();
            assertTrue(score.accuracy() > 0.95, score.toString());
            assertTrue(score.seconds() > 0);
            double first = few.score(session, GO_ON).orElseThrow().accuracy();
            assertEquals(first, few.score(session, GO_ON).orElseThrow().accuracy(), "the same weights, the same score");
            AtomicInteger asked = new AtomicInteger();
            assertTrue(few.score(session, () -> asked.incrementAndGet() > 7).isEmpty(), "stopped in its eighth step");
            assertTrue(asked.get() < 12, "and at once: asked " + asked);
            assertEquals(first, few.score(session, GO_ON).orElseThrow().accuracy(), "after one that was stopped");
            assertEquals(first, again.score(session, GO_ON).orElseThrow().accuracy(), "by another probe too");
            assertEquals(0.5, untold.score(session, GO_ON).orElseThrow().accuracy(), 0.15);
            assertTrue(told.describe(score).startsWith("easy accuracy "), told.describe(score));
            String cost = told.describe(100, 1e9);
            assertTrue(cost.contains("easy, 200 examples of 2 classes; every 100 steps 250 steps of 16, scored on 200 dev"), cost);
        }
    }

    /** As a loop would call it: between the steps, in a session with slots, dropout and accumulated gradients. */
    @Test
    void trainingGoesOnAsIfThereHadBeenNoProbe() {
        ModelConfig model = Tiny.shallow(0.1);
        Batch batch = Tiny.batch(model, 4, 24, 4, 8);
        try (TaskProbe probe = new TaskProbe(small, model, tokenizer, 1, 5)) {
            for (boolean accumulated : new boolean[] {false, true}) {
                Map<String, float[]> with = trained(model, batch, accumulated, Optional.of(probe));
                Map<String, float[]> without = trained(model, batch, accumulated, Optional.empty());
                assertEquals(without.keySet(), with.keySet());
                without.forEach((name, values) -> assertArrayEquals(values, with.get(name), 0f, name));
            }
        }
    }

    private static Map<String, float[]> trained(ModelConfig model, Batch batch, boolean accumulated, Optional<Probe> probe) {
        try (TrainingSession session = Sessions.open(model, batch.split(accumulated ? 2 : 1).get(0), accumulated,
                        AdamW.reference(), 1.0)) {
            for (int step = 0; step < 6; step++) {
                session.step(step, batch.split(accumulated ? 2 : 1), 1e-2);
                if (probe.isPresent() && step % 3 == 1) {
                    probe.get().score(session, GO_ON);
                }
            }
            return FineTuningTest.all(session);
        }
    }

    @Test
    void aRunWithAProbeHasTheWeightsOfOneWithout() throws IOException {
        Path model = Tiny.shallowFile(directory, 0.1);
        Path data = Tiny.dataSet(directory, "data");
        Path probed = directory.resolve("probed");
        Path plain = directory.resolve("plain");
        Object[] keys = {"model", model, "data", data, "steps", 6, "batch_size", 4, "threads", 1, "tensorboard", false};
        run(keys, "run", probed, "probe", small, "probe_every", 4);
        run(keys, "run", plain);
        assertEquals(
                Tiny.variables(new RunDirectory(plain).newest().prefix()),
                Tiny.variables(new RunDirectory(probed).newest().prefix()));
        List<JsonNode> lines = MetricsLog.read(new RunDirectory(probed).metricsFile()).stream()
                .filter(line -> line.path("event").asText().equals("probe")).toList();
        assertFalse(lines.isEmpty());
        assertEquals(4, lines.get(0).get("step").asLong());
        assertTrue(lines.get(0).get("score").asDouble() >= 0, lines.toString());
    }

    /** The weights, two moments of each, and what a step holds: no less than its gradients, no more than a few of such models. */
    @Test
    void itsMemoryIsTold() {
        ModelConfig model = Tiny.model(0.1);
        try (TaskProbe probe = new TaskProbe(easy, model, tokenizer, 1, 5);
                FineTuningGraph graph = FineTuningTest.graph(model, new TaskHead.Classes(2, Pooling.CLS), 1)) {
            long weights = 4 * graph.variables().parameterCount();
            long activations = 16L * 10 * 16 * 4;
            assertTrue(probe.bytes() > 4 * weights, probe.bytes() + " and " + weights);
            assertTrue(probe.bytes() > 3 * weights + 10 * activations, probe.bytes() + " and " + activations);
            assertTrue(probe.bytes() < 5 * weights + 400 * activations, probe.bytes() + " and " + activations);
            assertEquals(probe.bytes(), probe.bytes());
        }
    }

    @Test
    void aBrokenTaskIsFoundBeforeTheRun() throws IOException {
        Path model = Tiny.shallowFile(directory, 0.1);
        Path data = Tiny.dataSet(directory, "more");
        Path broken = Files.createDirectories(directory.resolve("broken"));
        Files.writeString(broken.resolve("train.tsv"), "label\ttext\nup\n");
        Files.writeString(broken.resolve("dev.tsv"), "label\ttext\nup\tba\n");
        Path run = directory.resolve("never");
        Failure failure = assertThrows(Failure.class,
                () -> run(new Object[] {"model", model, "data", data, "steps", 6}, "run", run, "probe", broken));
        assertTrue(failure.getMessage().startsWith(broken.resolve("train.tsv") + ": line 2: "), failure.getMessage());
        assertFalse(Files.exists(run));
    }

    private static void run(Object[] keys, Object... more) throws IOException {
        Object[] all = Arrays.copyOf(keys, keys.length + more.length);
        System.arraycopy(more, 0, all, keys.length, more.length);
        try (Plan plan = new Plan(Tiny.config(all))) {
            assertEquals(Pretraining.Outcome.FINISHED, Pretraining.run(plan, Progress.SILENT));
        }
    }
}
