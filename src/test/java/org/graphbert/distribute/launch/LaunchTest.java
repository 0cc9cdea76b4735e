package org.graphbert.distribute.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with {@linkplain StandIn stand-ins} for workers: what it passes on, when it starts again, and that it leaves nobody behind. */
class LaunchTest {

    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final long PATIENCE_SECONDS = 120;

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Process launcher;

    /** A launcher in a process of its own, with two workers that train for ever. */
    static final class Launching {

        public static void main(String[] arguments) throws IOException {
            Path log = Path.of(arguments[0]);
            System.exit(new Launch(2, 1, GRACE).run(
                    (task, addresses) -> StandIn.command(log, task, StandIn.TRAIN),
                    new Launch.Output(System.out, System.err, line -> false)));
        }
    }

    @AfterEach
    void endTheLauncher() {
        if (launcher != null) {
            launcher.destroyForcibly();
        }
    }

    @Test
    void linesAreNamedAndChatterIsDropped() throws IOException {
        int code = launch(2, 0, GRACE, (task, addresses) -> StandIn.command(
                log(), task, StandIn.PRINT + " one\ntwo of " + task, StandIn.EXIT + " 0"));
        assertEquals(0, code);
        assertEquals(new TreeSet<>(List.of("[worker 0] one", "[worker 0] two of 0", "[worker 1] one", "[worker 1] two of 1")),
                new TreeSet<>(text(out).lines().toList()));
        assertTrue(text(err).contains("[worker 1] two of 1\n"), text(err));
        assertTrue(!text(err).contains("error of one"), text(err));
    }

    @Test
    void theOnlyWorkerNeedsNoName() throws IOException {
        assertEquals(0, launch(1, 0, GRACE, (task, addresses) -> StandIn.command(log(), task, StandIn.PRINT + " alone")));
        assertEquals("alone" + System.lineSeparator(), text(out));
    }

    @Test
    void addressesAreFreeAndDiffer() throws IOException {
        List<String> addresses = LoopbackPorts.free(20);
        assertEquals(20, addresses.stream().distinct().count());
        assertTrue(addresses.stream().allMatch(address -> address.matches("127\\.0\\.0\\.1:\\d+")), addresses.toString());
    }

    @Test
    void aLostWorkerStartsAllAgain() throws IOException {
        int code = launch(2, 2, GRACE, (task, addresses) -> task == 1
                ? StandIn.command(log(), task, StandIn.ONCE + " 137") : StandIn.command(log(), task, StandIn.ONCE + " 5"));
        assertEquals(0, code);
        assertEquals(2, count("start 0"));
        assertEquals(2, count("start 1"));
        assertTrue(text(err).contains("Worker 1 was killed by signal 9.") && text(err).contains("Restart 1 of 2."), text(err));
    }

    @Test
    void restartsEnd() throws IOException {
        int code = launch(1, 2, GRACE, (task, addresses) -> StandIn.command(log(), task, StandIn.EXIT + " 137"));
        assertEquals(5, code);
        assertEquals(3, count("start 0"));
        assertTrue(text(err).endsWith("All 2 restarts are used up; the same command continues." + System.lineSeparator()), text(err));
    }

    @Test
    void whatWouldEndTheSameIsNotStartedAgain() throws IOException {
        int begun = 0;
        for (int code : new int[] {2, 3, 4, 130}) {
            assertEquals(code, launch(1, 2, GRACE, (task, addresses) -> StandIn.command(log(), task, StandIn.EXIT + " " + code)));
            begun++;
            assertEquals(begun, count("start 0"));
        }
    }

    @Test
    void whoIsLeftIsAskedToEndAndThenKilled() throws IOException {
        int code = launch(3, 0, Duration.ofSeconds(1), (task, addresses) -> StandIn.command(
                log(), task, List.of(StandIn.TRAIN, StandIn.HANG + " 600", StandIn.EXIT + " 1").get(task)));
        assertEquals(1, code);
        assertEquals(1, count("saved 0"));
        assertTrue(text(err).contains("Worker 1 has not ended within 1 s: it is killed"), text(err));
    }

    @Test
    void aSignalEndsAllWithTheirStateSaved() throws Exception {
        List<ProcessHandle> workers = launchApart();
        launcher.toHandle().destroy();
        assertTrue(launcher.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(130, launcher.exitValue());
        assertEquals(List.of(1L, 1L), List.of(count("saved 0"), count("saved 1")), Files.readString(log()));
        assertEquals(0, workers.stream().filter(ProcessHandle::isAlive).count());
        assertEquals(List.of(1L, 1L), List.of(count("start 0"), count("start 1")), "nobody is started again");
    }

    @Test
    void whoKillsTheLauncherEndsItsWorkers() throws Exception {
        List<ProcessHandle> workers = launchApart();
        launcher.toHandle().destroyForcibly();
        for (ProcessHandle worker : workers) {
            worker.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertEquals(List.of(1L, 1L), List.of(count("saved 0"), count("saved 1")), Files.readString(log()));
    }

    @Test
    void whoHangsEndsWithTheLauncherToo() throws Exception {
        Process hanging = new ProcessBuilder(StandIn.command(log(), 0, StandIn.HANG + " 1")).start();
        await(hanging, 1);
        hanging.getOutputStream().close();
        assertTrue(hanging.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    private int launch(int workers, int restarts, Duration grace, Launch.Command command) throws IOException {
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream said = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new Launch(workers, restarts, grace).run(command, new Launch.Output(printed, said, line -> line.equals("error of one")));
    }

    /** Starts {@link Launching} and waits until its workers train. */
    private List<ProcessHandle> launchApart() throws Exception {
        launcher = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                        "-cp", System.getProperty("java.class.path"), Launching.class.getName(), log().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("launcher.log").toFile())
                .start();
        await(launcher, 2);
        List<ProcessHandle> workers = launcher.descendants().toList();
        assertEquals(2, workers.size());
        return workers;
    }

    private void await(Process process, int training) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (count("train 0") + count("train 1") < training) {
            assertTrue(process.isAlive() && System.nanoTime() < deadline, "the workers do not train");
            Thread.sleep(10);
        }
    }

    private Path log() {
        return directory.resolve("log");
    }

    private long count(String line) throws IOException {
        return Files.exists(log()) ? Files.readAllLines(log()).stream().filter(line::equals).count() : 0;
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
