package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.train.Pretraining.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on several devices: resumed, evaluated, refused. */
@Timeout(240)
class DeviceRunsTest {

    private static final int STEPS = 12;

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.shallowFile(directory, 0.1);
        data = Tiny.dataSet(directory, "data");
    }

    private static RunConfig config(String run, Object... more) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "model", model, "data", data, "run", directory.resolve(run), "steps", STEPS, "batch_size", 8, "device", "cpu",
                "checkpoint_every", 5, "keep_checkpoints", 9, "dynamic_masking", true, "threads", 2));
        all.putAll(Map.of("eval_data", data, "eval_every", 6, "eval_batches", 2, "log_every", 1, "tensorboard", false));
        for (int i = 0; i < more.length; i += 2) {
            all.put((String) more[i], more[i + 1]);
        }
        return Tiny.config(all.entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())).toArray());
    }

    private static RecordedProgress run(RunConfig config) throws IOException {
        RecordedProgress said = new RecordedProgress();
        try (Plan plan = new Plan(config)) {
            assertEquals(Outcome.FINISHED, Pretraining.run(plan, said));
        }
        return said;
    }

    private static Path checkpoint(String run, int step) {
        return directory.resolve(run).resolve("checkpoints").resolve(String.format("step-%08d", step));
    }

    private static Map<String, ByteBuffer> end(String run) throws IOException {
        return Tiny.variables(checkpoint(run, STEPS).resolve("model.ckpt").toString());
    }

    /** A run as a kill between two checkpoints leaves it: no checkpoint after the fifth step. */
    private static void interrupt(String from, String to) throws IOException {
        Path run = directory.resolve(to);
        Files.createDirectories(checkpoint(to, 5));
        Files.copy(directory.resolve(from).resolve("run.json"), run.resolve("run.json"));
        try (var files = Files.list(checkpoint(from, 5))) {
            for (Path file : files.toList()) {
                Files.copy(file, checkpoint(to, 5).resolve(file.getFileName()));
            }
        }
    }

    @Test
    void aRunOnTwoDevicesResumesBitForBitAndOnAnotherNumberOfThem() throws IOException {
        RecordedProgress said = run(config("two", "devices", "cpu:2"));
        assertTrue(said.toString().contains("Devices: 2 (cpu:2), each with its part of every batch and a copy of the weights"), said.toString());
        JsonNode record = Json.MAPPER.readTree(directory.resolve("two").resolve("run.json").toFile());
        assertEquals("cpu:2", record.path("config").path("devices").asText());

        interrupt("two", "resumed");
        run(config("resumed", "devices", "cpu:2"));
        assertEquals(end("two"), end("resumed"));

        interrupt("two", "one");
        RecordedProgress one = run(config("one"));
        assertTrue(one.toString().contains("it was computed on 2 devices before, and is on 1 now: it goes on with the same batches, "
                + "though other dropout."), one.toString());
        assertEquals(end("two").keySet(), end("one").keySet());

        interrupt("two", "four");
        run(config("four", "devices", "cpu:4", "accumulation_steps", 2));
        assertEquals(end("two").keySet(), end("four").keySet());
    }

    @Test
    void withoutDropoutItIsTheCurveOfOneDevice() throws IOException {
        run(config("curve-one", "dropout", 0.0));
        run(config("curve-two", "dropout", 0.0, "devices", "cpu:2"));
        List<JsonNode> one = lines("curve-one");
        List<JsonNode> two = lines("curve-two");
        assertEquals(one.size(), two.size());
        int compared = 0;
        for (int i = 0; i < one.size(); i++) {
            for (String key : List.of("masked_lm_loss", "masked_lm_accuracy", "next_sentence_loss", "examples", "tokens", "gradient_norm")) {
                assertEquals(one.get(i).has(key), two.get(i).has(key), one.get(i).toString());
                if (one.get(i).has(key)) {
                    assertEquals(one.get(i).get(key).asDouble(), two.get(i).get(key).asDouble(), 1e-4, one.get(i) + " " + two.get(i));
                    compared++;
                }
            }
        }
        assertTrue(compared > 5 * STEPS, "compared " + compared);
    }

    /** Without the lines of checkpoints, which another thread writes, sooner or later. */
    private static List<JsonNode> lines(String run) throws IOException {
        return MetricsLog.read(directory.resolve(run).resolve("metrics.jsonl")).stream()
                .filter(line -> !line.path("event").asText().equals("checkpoint"))
                .toList();
    }

    @Test
    void aBatchThatDoesNotDivideIsRefusedInOneLine() {
        Failure refused = assertThrows(Failure.class, () -> new Plan(config("refused", "devices", "cpu:3")));
        assertEquals(Failure.Kind.USAGE, refused.kind());
        assertEquals("batch_size (8) is not a multiple of 3 (devices cpu:3); choose 6 or 9", refused.getMessage());
        refused = assertThrows(Failure.class, () -> new Plan(config("refused", "devices", "cpu:8", "accumulation_steps", 2)));
        assertEquals("batch_size (8) is not a multiple of 16 (devices cpu:8 times accumulation_steps 2); choose 16", refused.getMessage());
    }

    /** Where there is none: the build for CPUs, or a machine without one. */
    @Test
    void gpusThatAreNotThereAreRefused() {
        Failure refused = assertThrows(Failure.class, () -> new Plan(config("refused", "devices", "gpu:0,1", "device", "auto")));
        assertEquals(Failure.Kind.USAGE, refused.kind());
        assertEquals(1, refused.getMessage().lines().count());
    }

    @Test
    void autoIsTheCpuWhereThereIsNoGpu() throws IOException {
        try (Plan plan = new Plan(config("auto", "devices", "auto"))) {
            assertEquals("cpu:1", plan.config().devices());
        }
        try (Plan plan = new Plan(config("auto"))) {
            assertEquals(null, plan.config().devices());
        }
    }

    /** Two replicas on the CPU take twice the memory of one with half the batch. */
    @Test
    void theMemoryIsThatOfAllReplicas() throws IOException {
        try (Plan two = new Plan(config("memory", "devices", "cpu:2"));
                Plan half = new Plan(config("memory", "batch_size", 4))) {
            PhasePlan phase = two.phases().get(0);
            try (TrainingGraph replica = two.buildGraph(phase);
                    TrainingGraph one = half.buildGraph(half.phases().get(0))) {
                MemoryEstimate of = MemoryEstimate.of(replica);
                assertEquals(MemoryEstimate.of(one).parameterBytes(), of.parameterBytes());
                assertEquals(2 * of.tensorBytes(), of.times(2).tensorBytes());
                assertEquals(of, of.times(1));
            }
            assertTrue(two.describe().stream().anyMatch(line -> line.startsWith("Memory: ")), two.describe().toString());
        }
    }
}
