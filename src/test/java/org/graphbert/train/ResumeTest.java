package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.graphbert.cli.Main;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.config.Trees;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Pretraining.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However a run is stopped, it ends as if it had not been: every weight, both slots and the step, bit for bit. */
class ResumeTest {

    private static final long STEPS = 240;
    private static final int EVERY = 10;

    /** Seconds after which a child is taken to hang: on a machine that is busy it merely waits. */
    private static final long PATIENCE = 600;

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;
    private static Map<String, ByteBuffer> uninterrupted;

    private final List<Process> children = new ArrayList<>();

    @BeforeAll
    static void train() throws IOException {
        model = Tiny.shallowFile(directory, 0.1);
        data = Tiny.dataSet(directory, "data");
        assertEquals(Outcome.FINISHED, run("uninterrupted"));
        uninterrupted = finalVariables("uninterrupted");
    }

    @AfterEach
    void endChildren() {
        children.forEach(Process::destroyForcibly);
    }

    @Test
    void theCheckpointHoldsEverything() {
        assertEquals(30 * 3 + 1, uninterrupted.size(), "30 variables with two slots each, and the step");
        for (Map.Entry<String, ByteBuffer> variable : uninterrupted.entrySet()) {
            // Nothing stays as it began: no gradient is cut off, no slot forgotten.
            byte[] bytes = variable.getValue().array();
            boolean zero = true;
            for (byte b : bytes) {
                zero &= b == 0;
            }
            assertTrue(!zero, variable.getKey() + " is all zero");
        }
    }

    @Test
    void killedTwice() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long killedAt = 0;
        for (int kill = 0; kill < 2; kill++) {
            long before = killedAt;
            Process child = start("killed");
            awaitCheckpoint(child, "killed", killedAt + 2 * EVERY);
            Thread.sleep(random.nextInt(40));
            child.destroyForcibly();
            assertEquals(128 + 9, exitCode(child), () -> "killed, seed " + seed + " after step " + before);
            killedAt = checkpoints("killed").latest().orElseThrow().step();
            assertTrue(killedAt < STEPS, "killed only at step " + killedAt);
        }
        assertEquals(Outcome.FINISHED, run("killed"));
        assertSame("killed", "seed " + seed + ", last killed after step " + killedAt);
        String log = Files.readString(path("killed").resolve("metrics.jsonl"));
        assertTrue(log.contains("{\"event\":\"resume\",\"step\":" + killedAt + ","), log);
    }

    @Test
    void terminatedSavesFirstAndNobodyElseTrainsMeanwhile() throws Exception {
        Process child = start("terminated");
        awaitCheckpoint(child, "terminated", EVERY);
        Failure locked = assertThrows(Failure.class, () -> run("terminated"));
        assertEquals(Failure.Kind.USAGE, locked.kind());
        assertTrue(locked.getMessage().contains("is being trained by another process"), locked.getMessage());
        child.destroy();
        assertEquals(130, exitCode(child));
        long saved = checkpoints("terminated").latest().orElseThrow().step();
        assertTrue(saved < STEPS, "terminated only at step " + saved);
        String log = Files.readString(path("terminated").resolve("metrics.jsonl"));
        assertTrue(log.contains("{\"event\":\"interrupted\",\"step\":" + saved + ","), log);
        assertEquals(Outcome.FINISHED, run("terminated"));
        assertSame("terminated", "terminated at step " + saved);
    }

    @Test
    void finishedSaysSo() throws IOException {
        RecordedProgress said = new RecordedProgress();
        FileTimes before = FileTimes.of(path("uninterrupted"));
        try (Plan plan = new Plan(config("uninterrupted"))) {
            assertEquals(Outcome.FINISHED_BEFORE, Pretraining.run(plan, said));
        }
        assertTrue(said.lines().get(0).contains("is finished: step 240 of 240"), said.toString());
        assertEquals(before, FileTimes.of(path("uninterrupted")), "nothing is written");
        assertEquals(0, Main.run(arguments("uninterrupted").toArray(String[]::new)));
    }

    @Test
    void anotherConfigurationIsRefusedByItsKey() throws IOException {
        Object[][] changes = {
            {"seed", 6}, {"batch_size", 12}, {"learning_rate", 0.5}, {"warmup_steps", 3}, {"schedule", "constant"},
            {"steps", STEPS + 1}, {"weight_decay", 0.1}, {"clip_norm", 2.0}, {"beta1", 0.8}, {"beta2", 0.99},
            {"epsilon", 1e-8}, {"bias_correction", true}, {"dynamic_masking", false}, {"pack", true}, {"dropout", 0.2}
        };
        for (Object[] change : changes) {
            ObjectNode flags = flags("uninterrupted");
            flags.set((String) change[0], Json.MAPPER.valueToTree(change[1]));
            try (Plan plan = new Plan(RunConfig.of(null, flags))) {
                Failure refused = assertThrows(Failure.class, () -> Pretraining.run(plan, Progress.SILENT));
                assertEquals(Failure.Kind.USAGE, refused.kind());
                assertTrue(refused.getMessage().contains(" exists with " + change[0] + " "), refused.getMessage());
            }
        }
        Path other = Files.createDirectories(directory.resolve("other"));
        String text = Files.readString(model).replace("\"intermediate_size\" : 32", "\"intermediate_size\" : 40");
        Path otherModel = Files.writeString(other.resolve("model.json"), text);
        ObjectNode flags = flags("uninterrupted");
        flags.put("model", otherModel.toString());
        try (Plan plan = new Plan(RunConfig.of(null, flags))) {
            Failure refused = assertThrows(Failure.class, () -> Pretraining.run(plan, Progress.SILENT));
            assertTrue(refused.getMessage().contains("model intermediate_size 32, now it is 40"), refused.getMessage());
        }
    }

    @Test
    void whatDecidesNothingMayChange() throws IOException {
        ObjectNode flags = flags("uninterrupted");
        flags.put("accumulation_steps", 1).put("device", "cpu").put("checkpoint_every", 7).put("keep_checkpoints", 9).put("log_every", 3).put("threads", 1);
        try (Plan plan = new Plan(RunConfig.of(null, flags))) {
            assertEquals(Outcome.FINISHED_BEFORE, Pretraining.run(plan, Progress.SILENT));
        }
    }

    /** A run that was killed before its first checkpoint leaves a pace and seconds: another configuration has nothing of them. */
    @Test
    void withoutACheckpointAnotherConfigurationBeginsAnew() throws IOException {
        ObjectNode flags = flags("anew");
        flags.remove(List.of("steps", "warmup_steps"));
        flags.put("budget", "1h").put("checkpoint_every", 100_000);
        Path run = path("anew");
        try (Plan plan = new Plan(RunConfig.of(null, flags))) {
            Files.createDirectories(run);
            plan.record().write(run.resolve("run.json"));
        }
        Files.writeString(run.resolve("pace.jsonl"), "{\"step\":2,\"phase\":1,\"position\":0,\"end\":9000,\"seconds\":700.0}\n");
        Files.writeString(run.resolve("metrics.jsonl"), "{\"event\":\"train\",\"step\":2,\"seconds\":700.0}\n");
        flags.put("budget", "5s");
        RecordedProgress said = new RecordedProgress();
        AtomicLong clock = new AtomicLong();
        try (Plan plan = new Plan(RunConfig.of(null, flags))) {
            // Each look at the clock is 20 ms later, however fast the machine is.
            assertEquals(Outcome.FINISHED, Pretraining.run(plan, said, () -> clock.addAndGet(20_000_000)));
        }
        assertTrue(said.lines().contains(
                run + " has no checkpoint, and was begun with budget 1h, now it is 5s: it begins anew."), said::toString);
        List<JsonNode> lines = MetricsLog.read(run.resolve("metrics.jsonl"));
        assertTrue(lines.get(lines.size() - 1).get("seconds").asDouble() < 60, lines::toString);
        assertTrue(checkpoints("anew").latest().orElseThrow().step() > 2, "it has its own budget");
        assertTrue(Files.exists(run.resolve("metrics-before.jsonl")));
    }

    @Test
    void aRecordFromBeforePackingAndPhasesIsThatOfARunWithout() throws IOException {
        Trees.copy(path("uninterrupted"), path("older"));
        Path file = path("older").resolve("run.json");
        ObjectNode record = Json.readObject(file);
        assertTrue(record.get("data").isObject(), "one data set, no list");
        ObjectNode config = (ObjectNode) record.get("config");
        assertFalse(config.remove("pack").asBoolean());
        assertTrue(config.remove("dropout").isNull());
        assertTrue(config.remove("phases").isNull());
        assertEquals("nsp", ((ObjectNode) record.get("data")).remove("pairs").asText());
        Files.writeString(file, Json.write(record));
        assertEquals(Outcome.FINISHED_BEFORE, run("older"));
    }

    @Test
    void aDamagedNewestCheckpointFallsBackToTheOneBefore() throws IOException {
        for (Damage damage : Damage.values()) {
            String name = "damaged-" + damage;
            Trees.copy(path("uninterrupted"), path(name));
            List<Checkpoints.Checkpoint> all = checkpoints(name).list();
            assertEquals(3, all.size());
            Directories.delete(all.get(2).directory()); // the finished one: there is something left to do
            damage.apply(Path.of(all.get(1).prefix()));
            RecordedProgress said = new RecordedProgress();
            try (Plan plan = new Plan(config(name))) {
                assertEquals(Outcome.FINISHED, Pretraining.run(plan, said));
            }
            String all1 = all.get(1).directory().toString();
            assertTrue(said.lines().get(0).startsWith(all1), said::toString);
            assertTrue(said.lines().get(0).endsWith("; falling back to the checkpoint before"), said::toString);
            assertTrue(said.lines().stream().anyMatch(s -> s.endsWith("at step 220.")), said::toString);
            assertSame(name, damage.toString());
        }
    }

    @Test
    void withoutAnySoundCheckpointItStopsAndNamesOne() throws IOException {
        Trees.copy(path("uninterrupted"), path("hopeless"));
        List<Checkpoints.Checkpoint> all = checkpoints("hopeless").list();
        Directories.delete(all.get(2).directory());
        Directories.delete(all.get(1).directory());
        Damage.CUT_DATA.apply(Path.of(all.get(0).prefix()));
        Failure failure = assertThrows(Failure.class, () -> run("hopeless"));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().startsWith(all.get(0).directory().toString()), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    }

    @Test
    void remainsOfAnInterruptedWriteAreIgnored() throws IOException {
        Trees.copy(path("uninterrupted"), path("remains"));
        Path checkpoints = path("remains").resolve("checkpoints");
        Directories.delete(checkpoints.resolve("step-00000240"));
        Path aside = Files.createDirectories(checkpoints.resolve(".writing"));
        Files.writeString(aside.resolve("model.ckpt.index"), "half");
        Files.writeString(path("remains").resolve("metrics.jsonl"), "{\"event\":\"tra", StandardOpenOption.APPEND);
        Files.writeString(path("remains").resolve(".run.json.writing"), "{\"gra");
        Path tokenizer = path("remains").resolve("tokenizer");
        Files.move(tokenizer, path("remains").resolve(".tokenizer.writing"));
        Files.writeString(path("remains").resolve(".tokenizer.writing/vocab.txt"), "[PAD]");
        assertEquals(Outcome.FINISHED, run("remains"));
        assertEquals(50, Tokenizers.load(tokenizer, null).size());
        assertSame("remains", "with remains of a write");
        assertTrue(Files.notExists(aside));
        assertTrue(Files.readString(path("remains").resolve("metrics.jsonl")).contains("{\"event\":\"tra\n{\"event\":\"resume\""));
        LearningCurve.read(path("remains")); // half a line does not stop it
    }

    private enum Damage {
        FLIPPED_BYTE {
            @Override
            void apply(Path prefix) throws IOException {
                Path data = Path.of(prefix + ".data-00000-of-00001");
                byte[] bytes = Files.readAllBytes(data);
                bytes[bytes.length / 2] ^= 0x40;
                Files.write(data, bytes);
            }
        },
        CUT_DATA {
            @Override
            void apply(Path prefix) throws IOException {
                cut(Path.of(prefix + ".data-00000-of-00001"));
            }
        },
        CUT_INDEX {
            @Override
            void apply(Path prefix) throws IOException {
                cut(Path.of(prefix + ".index"));
            }
        },
        NO_DATA {
            @Override
            void apply(Path prefix) throws IOException {
                Files.delete(Path.of(prefix + ".data-00000-of-00001"));
            }
        };

        abstract void apply(Path prefix) throws IOException;

        static void cut(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(channel.size() / 2);
            }
        }
    }

    private record FileTimes(List<String> files) {
        static FileTimes of(Path run) throws IOException {
            List<String> files = new ArrayList<>();
            try (var tree = Files.walk(run)) {
                for (Path file : tree.filter(Files::isRegularFile).sorted().toList()) {
                    files.add(file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file));
                }
            }
            return new FileTimes(files);
        }
    }

    private static Outcome run(String name) throws IOException {
        try (Plan plan = new Plan(config(name))) {
            return Pretraining.run(plan, Progress.SILENT);
        }
    }

    private static RunConfig config(String name) {
        return Tiny.config(
                "model", model, "data", data, "eval_data", Path.of(data + "-held-out"), "run", path(name),
                "steps", STEPS, "batch_size", 8, "accumulation_steps", 2, "learning_rate", 2e-3, "warmup_steps", 20,
                "dynamic_masking", true, "seed", 5, "checkpoint_every", EVERY, "eval_every", 60, "keep_best", false,
                "threads", 2);
    }

    private static ObjectNode flags(String name) {
        return Json.MAPPER.valueToTree(config(name));
    }

    /** The same as {@link #config}, for the command line. */
    private static List<String> arguments(String name) {
        return List.of(
                "pretrain", "--model", model.toString(), "--data", data.toString(), "--eval-data", data + "-held-out",
                "--run", path(name).toString(), "--steps", "" + STEPS, "--batch-size", "8", "--accumulation-steps", "2",
                "--learning-rate", "2e-3", "--warmup-steps", "20", "--dynamic-masking", "--seed", "5",
                "--checkpoint-every", "" + EVERY, "--eval-every", "60", "--threads", "2");
    }

    /** The same command in a process of its own. */
    private Process start(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(arguments(name));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile())
                .start();
        children.add(process);
        return process;
    }

    private static void awaitCheckpoint(Process child, String name, long step) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
        while (checkpoints(name).latest().map(Checkpoints.Checkpoint::step).orElse(0L) < step) {
            assertTrue(child.isAlive(), () -> "the child ended: " + output(name));
            assertTrue(System.nanoTime() < deadline, () -> "no checkpoint of step " + step + ": " + output(name));
            Thread.sleep(2);
        }
    }

    private static int exitCode(Process child) throws InterruptedException {
        assertTrue(child.waitFor(PATIENCE, TimeUnit.SECONDS), "the child does not end");
        return child.exitValue();
    }

    private static String output(String name) {
        try {
            return Files.readString(directory.resolve(name + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void assertSame(String name, String how) throws IOException {
        Map<String, ByteBuffer> found = finalVariables(name);
        assertEquals(uninterrupted.keySet(), found.keySet(), how);
        uninterrupted.forEach((variable, bytes) -> assertEquals(bytes, found.get(variable), how + ": " + variable));
    }

    private static Map<String, ByteBuffer> finalVariables(String name) throws IOException {
        Checkpoints.Checkpoint last = checkpoints(name).latest().orElseThrow();
        assertEquals(STEPS, last.step());
        return Tiny.variables(last.prefix());
    }

    private static Checkpoints checkpoints(String name) {
        return new RunDirectory(path(name)).checkpoints();
    }

    private static Path path(String name) {
        return directory.resolve("runs").resolve(name);
    }
}
