package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.graphbert.cli.Main;
import org.graphbert.config.Directories;
import org.graphbert.config.Json;
import org.graphbert.config.Trees;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of several processes on this machine: what they learn, and what becomes of them when one is killed. */
@Timeout(600)
class ClusterRunsTest {

    private static final int STEPS = 20;
    /** So many that there is time to kill somebody. */
    private static final int LONG = 200;
    private static final long PATIENCE = 180;
    private static final int LOST = 5;

    @TempDir
    private static Path directory;

    private static final List<Process> CHILDREN = new ArrayList<>();
    private static Path model;
    private static Path data;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.shallowFile(directory, 0.1);
        data = Tiny.dataSet(directory, "data");
    }

    /** What a test that failed left behind. */
    @AfterAll
    static void end() throws InterruptedException {
        for (Process child : CHILDREN) {
            child.destroyForcibly().waitFor();
        }
    }

    /** The workers of one command, each a process of its own, the chief first. */
    private record Workers(String run, List<Process> processes) {

        /** They find each other at ports that nobody has. */
        static Workers start(String run, int count, String... more) throws IOException {
            List<ServerSocket> taken = new ArrayList<>();
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                taken.add(new ServerSocket(0));
                addresses.add("localhost:" + taken.get(i).getLocalPort());
            }
            for (ServerSocket socket : taken) {
                socket.close();
            }
            List<Process> processes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                List<String> cluster = count == 1 ? List.of()
                        : List.of("--cluster", String.join(",", addresses), "--task", "" + i, "--worker-timeout", "20");
                processes.add(child(run, i, cluster, more));
            }
            return new Workers(run, processes);
        }

        private static Process child(String run, int task, List<String> cluster, String... more) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "pretrain", "--model", model.toString(), "--data", data.toString(), "--run",
                    path(task == 0 ? run : run + "-" + task).toString(), "--batch-size", "8", "--learning-rate", "2e-3", "--seed", "5", "--threads", "1",
                    "--checkpoint-every", "10", "--log-every", "1", "--no-tensorboard", "--device", "cpu"));
            command.addAll(cluster);
            command.addAll(Arrays.asList(more));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve(run + "." + task + ".log").toFile())
                    .start();
            CHILDREN.add(process);
            return process;
        }

        void finish() throws Exception {
            for (int i = 0; i < processes.size(); i++) {
                assertEquals(0, exitCode(i), output(i));
            }
        }

        int exitCode(int task) throws InterruptedException {
            assertTrue(processes.get(task).waitFor(PATIENCE, TimeUnit.SECONDS), () -> "it does not end: " + output(task));
            return processes.get(task).exitValue();
        }

        String output(int task) {
            try {
                return Files.readString(directory.resolve(run + "." + task + ".log"));
            } catch (IOException e) {
                return e.toString();
            }
        }

        void awaitStep(long step) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
            while (MetricsLog.read(path(run).resolve("metrics.jsonl")).stream().noneMatch(line -> line.path("step").asLong() >= step)) {
                assertTrue(processes.get(0).isAlive() && System.nanoTime() < deadline, () -> "no step " + step + ": " + output(0));
                Thread.sleep(2);
            }
        }
    }

    private static Path path(String run) {
        return directory.resolve("runs").resolve(run);
    }

    private static Map<String, ByteBuffer> end(String run, int steps) throws IOException {
        Checkpoints.Checkpoint last = new RunDirectory(path(run)).checkpoints().latest().orElseThrow();
        assertEquals(steps, last.step(), run);
        return Tiny.variables(last.prefix());
    }

    private static void assertClose(Map<String, ByteBuffer> expected, Map<String, ByteBuffer> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, bytes) -> {
            FloatBuffer a = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            FloatBuffer b = found.get(name).duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
            for (int i = 0; i < a.limit() && !name.equals("global_step"); i++) {
                assertEquals(a.get(i), b.get(i), 1e-5, name);
            }
        });
    }

    @Test
    void twoWorkersLearnWhatOneProcessLearns() throws Exception {
        Workers one = Workers.start("one", 1, "--steps", "" + STEPS, "--dropout", "0");
        Workers two = Workers.start("two", 2, "--steps", "" + STEPS, "--dropout", "0");
        one.finish();
        two.finish();
        assertClose(end("one", STEPS), end("two", STEPS));
        assertEquals("", two.output(1).lines().filter(line -> !line.matches("(I0000|WARNING: All log).*")).reduce("", String::concat),
                "a worker beside the chief has nothing to say");
        assertEquals(2, Json.MAPPER.readTree(path("two").resolve("run.json").toFile()).path("workers").asInt());
        List<JsonNode> lines = MetricsLog.read(path("two").resolve("metrics.jsonl"));
        assertEquals(lines.get(lines.size() - 1).path("examples").asLong(), 8 * STEPS, "the records of both");

        Trees.copy(path("two"), path("half"));
        Checkpoints.Checkpoint last = new RunDirectory(path("half")).checkpoints().latest().orElseThrow();
        Directories.delete(last.directory());
        Workers fewer = Workers.start("half", 1, "--steps", "" + STEPS, "--dropout", "0");
        fewer.finish();
        assertTrue(fewer.output(0).contains("Resuming " + path("half") + " at step " + STEPS / 2), fewer.output(0));
        assertTrue(fewer.output(0).contains("2 workers trained it before, and 1 does now: it goes on with the same batches, though not "
                + "bit for bit."), fewer.output(0));
        assertClose(end("one", STEPS), end("half", STEPS));
    }

    /** Other machines need not see the run: each worker names a directory of its own here, and only the chief's is made. */
    @Test
    void whoeverIsKilledEndsTheOthersAndAllResumeBitForBit() throws Exception {
        String steps = "" + LONG;
        Workers undisturbed = Workers.start("undisturbed", 2, "--steps", steps);
        undisturbed.finish();

        Workers first = Workers.start("killed", 2, "--steps", steps);
        first.awaitStep(20);
        first.processes().get(1).destroyForcibly();
        assertEquals(LOST, first.exitCode(0), first.output(0));
        assertTrue(first.output(0).matches("(?s).*step \\d+: worker 1 \\(localhost:\\d+\\) is lost: .*; the state of step \\d+ is saved, and "
                + "the same command on every worker goes on from there\\R"), first.output(0));
        Trees.copy(path("killed"), path("fewer"));

        Workers second = Workers.start("killed", 2, "--steps", steps);
        second.awaitStep(LONG / 2);
        second.processes().get(0).destroyForcibly();
        assertEquals(LOST, second.exitCode(1), second.output(1));
        assertTrue(second.output(1).matches("(?s).*the chief \\(localhost:\\d+\\) is lost: .*; the same command on every worker goes on "
                + "from the newest checkpoint\\R"), second.output(1));

        Workers third = Workers.start("killed", 2, "--steps", steps);
        third.finish();
        assertTrue(third.output(0).contains("Resuming "), third.output(0));
        assertEquals(end("undisturbed", LONG), end("killed", LONG));
        assertFalse(Files.exists(path("killed-1")));

        Workers one = Workers.start("fewer", 1, "--steps", steps);
        one.finish();
        assertTrue(one.output(0).contains("2 workers trained it before, and 1 does now: it goes on with the same batches, though other "
                + "dropout."), one.output(0));
        assertEquals(end("undisturbed", LONG).keySet(), end("fewer", LONG).keySet());
    }
}
