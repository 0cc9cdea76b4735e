package org.graphbert.distribute.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers that find each other, or do not, over this machine's own network; what their servers compute is left out. */
@Timeout(60)
class RendezvousTest {

    private static final Map<String, String> FACTS = Map.of("batch_size", "16");
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private final List<AutoCloseable> open = new ArrayList<>();
    private List<Address> workers;

    @BeforeEach
    void findPorts() throws IOException {
        workers = new ArrayList<>();
        List<ServerSocket> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ServerSocket socket = new ServerSocket(0);
            taken.add(socket);
            workers.add(new Address("localhost", socket.getLocalPort()));
        }
        for (ServerSocket socket : taken) {
            socket.close();
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private Rendezvous worker(int task, int waitSeconds, Map<String, String> facts, Progress progress) {
        return new Rendezvous(new ClusterSpec(workers, task), new Identity(facts),
                new Patience(Duration.ofSeconds(waitSeconds), SILENCE), progress);
    }

    private Rendezvous worker(int task) {
        return worker(task, 30, FACTS, Progress.SILENT);
    }

    private static <T> CompletableFuture<T> async(Callable<T> work) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        }, task -> new Thread(task).start());
    }

    private <T extends AutoCloseable> T opened(CompletableFuture<T> future) throws Exception {
        T worker = future.get(40, TimeUnit.SECONDS);
        open.add(worker);
        return worker;
    }

    private static Failure failure(CompletableFuture<?> future) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(40, TimeUnit.SECONDS));
        return assertInstanceOf(Failure.class, e.getCause());
    }

    /** A chief and two others that have found each other; ports stand for their servers. */
    private record Three(Chief chief, Member one, Member two) {}

    private Three three() throws Exception {
        CompletableFuture<Member> two = async(() -> worker(2).join());
        CompletableFuture<Chief> chief = async(() -> worker(0).gather());
        CompletableFuture<Member> one = async(() -> worker(1).join());
        Three three = new Three(opened(chief), opened(one), opened(two));
        CompletableFuture<?> ones = async(() -> serve(() -> three.one.serve(() -> listen(1))));
        CompletableFuture<?> twos = async(() -> serve(() -> three.two.serve(() -> listen(2))));
        three.chief.serve(() -> listen(0));
        ones.get();
        twos.get();
        return three;
    }

    private static boolean serve(Runnable work) {
        work.run();
        return true;
    }

    /** The port that a worker has left to its server. */
    private void listen(int task) {
        open.add(Ports.take(new ClusterSpec(workers, task)));
    }

    @Test
    void workersComeInAnyOrderAndDoWhatTheChiefSays() throws Exception {
        Three three = three();
        three.chief.say(new Turn.Open(1, 0, 5));
        assertEquals(new Turn.Open(1, 0, 5), three.one.turn());
        assertEquals(new Turn.Open(1, 0, 5), three.two.turn());
        for (long step = 5; step < 8; step++) {
            long next = step;
            CompletableFuture<Turn> one = async(() -> three.one.ready(next, false));
            CompletableFuture<Turn> two = async(() -> three.two.ready(next, next == 7));
            assertEquals(step == 7, three.chief.ready(step), "asked to stop");
            three.chief.say(new Turn.Step(step, 0.1 * step));
            assertEquals(new Turn.Step(step, 0.1 * step), one.get());
            assertEquals(one.get(), two.get());
        }
        CompletableFuture<Turn> one = async(() -> three.one.ready(8, false));
        CompletableFuture<Turn> end = async(() -> {
            three.chief.end("FINISHED");
            return null;
        });
        Thread.sleep(200);
        assertFalse(end.isDone(), "it waits until the last is through with its step");
        assertEquals(new Turn.End("FINISHED"), three.two.ready(8, false));
        assertEquals(new Turn.End("FINISHED"), one.get());
        three.two.close();
        assertFalse(end.isDone(), "nor is the connection closed before its last message has come");
        three.one.close();
        end.get(10, TimeUnit.SECONDS);
        three.chief.close();
        Thread.sleep(200);
        assertTrue(three.one.loss().failure().isEmpty(), "whoever ends after the end is not lost");
    }

    @Test
    void whoeverDiffersIsNamedToAll() throws Exception {
        CompletableFuture<Chief> chief = async(() -> worker(0).gather());
        CompletableFuture<Member> one = async(() -> worker(1).join());
        Member waiting = opened(one);
        CompletableFuture<Member> two = async(() -> worker(2, 30, Map.of("batch_size", "8"), Progress.SILENT).join());
        String line = "worker 2 (" + workers.get(2) + "), from 127.0.0.1, has batch_size 8, the chief has 16; all workers need the same";
        assertEquals(line, failure(chief).getMessage());
        assertEquals(line, failure(two).getMessage());
        assertEquals(Failure.Kind.USAGE, failure(two).kind());
        Failure told = assertThrows(Failure.class, () -> waiting.serve(() -> {}));
        assertEquals(line, told.getMessage());
    }

    /** Whoever was started with another list may be of another cluster: it alone is sent away. */
    @Test
    void aWorkerWithAnotherListIsRefusedAndTheOthersGoOn() throws Exception {
        RecordedProgress said = new RecordedProgress();
        CompletableFuture<Chief> chief = async(() -> worker(0, 30, FACTS, said).gather());
        ClusterSpec two = new ClusterSpec(workers.subList(0, 2), 1);
        CompletableFuture<Member> stray = async(() -> new Rendezvous(
                two, new Identity(FACTS), new Patience(Duration.ofSeconds(30), SILENCE), Progress.SILENT).join());
        assertTrue(failure(stray).getMessage().contains(" has --cluster " + workers.get(0) + "," + workers.get(1) + ", the chief has "),
                failure(stray).getMessage());
        opened(async(() -> worker(1).join()));
        opened(async(() -> worker(2).join()));
        opened(chief);
        assertTrue(said.toString().contains("Refused a worker, from 127.0.0.1: this one has --cluster "), said::toString);
    }

    @Test
    void aConnectionThatBreaksBehindItsGreetingIsMissedAndNoMore() throws Exception {
        CompletableFuture<Chief> chief = async(() -> worker(0).gather());
        CompletableFuture<Member> two = async(() -> worker(2).join());
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("localhost", workers.get(0).port())) {
                var hello = Link.message(Door.HELLO).put("task", 1);
                hello.set("facts", worker(1).identity().toJson());
                new Link(socket).send(hello);
                socket.setSoLinger(true, 0);
            } catch (java.net.ConnectException early) {
                Thread.sleep(50);
            }
        }
        opened(async(() -> worker(1).join()));
        opened(two);
        opened(chief);
    }

    @Test
    void aSecondOneOfTheSameNumberIsRefusedAndTheOthersGoOn() throws Exception {
        RecordedProgress said = new RecordedProgress();
        CompletableFuture<Chief> chief = async(() -> worker(0, 30, FACTS, said).gather());
        CompletableFuture<Member> one = async(() -> worker(1).join());
        opened(one);
        Failure here = assertThrows(Failure.class, () -> worker(1).join());
        assertEquals(Failure.Kind.USAGE, here.kind());
        assertTrue(here.getMessage().startsWith("port " + workers.get(1).port() + " of worker 1"), here.getMessage());
        // As from another machine, where the port is free.
        try (Socket socket = new Socket("localhost", workers.get(0).port())) {
            Link link = new Link(socket);
            var hello = Link.message(Door.HELLO).put("task", 1);
            hello.set("facts", worker(1).identity().toJson());
            link.send(hello);
            Failure refused = Rendezvous.failure(link.receive());
            assertEquals("worker 1 (" + workers.get(1) + ") is there already; give each worker a --task of its own", refused.getMessage());
        }
        opened(async(() -> worker(2).join()));
        opened(chief);
        assertTrue(said.toString().contains("Refused another worker 1"), said::toString);
    }

    @Test
    void whoeverDoesNotComeIsNamedOnAllThatDid() throws Exception {
        RecordedProgress said = new RecordedProgress();
        CompletableFuture<Chief> chief = async(() -> worker(0, 5, FACTS, said).gather());
        Member one = opened(async(() -> worker(1).join()));
        Failure late = failure(chief);
        assertEquals(Failure.Kind.LOST, late.kind());
        assertTrue(late.getMessage().startsWith("worker 2 (" + workers.get(2) + ") has not come within 5 s; "), late.getMessage());
        assertEquals(late.getMessage(), assertThrows(Failure.class, () -> one.serve(() -> {})).getMessage());
        assertEquals(List.of("Waiting for worker 2 (" + workers.get(2) + ") to come to " + workers.get(0) + " (3 s of at most 5)."),
                said.lines());
    }

    @Test
    void aChiefThatIsNotThereIsNamed() {
        Failure nobody = assertThrows(Failure.class, () -> worker(1, 1, FACTS, Progress.SILENT).join());
        assertEquals(Failure.Kind.LOST, nobody.kind());
        assertTrue(nobody.getMessage().startsWith("the chief (" + workers.get(0) + ") was not found within 1 s: Connection refused"),
                nobody.getMessage());
    }

    @Test
    void somethingElseOnThePortIsNoChief() throws Exception {
        try (ServerSocket other = new ServerSocket(workers.get(0).port())) {
            Thread server = new Thread(() -> {
                try {
                    while (true) {
                        other.accept().getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            server.start();
            Failure strange = assertThrows(Failure.class, () -> worker(1, 1, FACTS, Progress.SILENT).join());
            assertTrue(strange.getMessage().contains("something else answers there"), strange.getMessage());
        }
    }

    @Test
    void anAnswerThatIsNoWelcomeIsNone() throws Exception {
        try (ServerSocket other = new ServerSocket(workers.get(0).port())) {
            Thread server = new Thread(() -> {
                try {
                    while (true) {
                        new Link(other.accept()).send(Link.message(Door.HELLO));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            server.start();
            Failure strange = assertThrows(Failure.class, () -> worker(1, 1, FACTS, Progress.SILENT).join());
            assertTrue(strange.getMessage().contains("something else answers there"), strange.getMessage());
        }
    }

    /** The others have ended with it, and cannot be told that the run is done: whoever starts them must start the chief too. */
    @Test
    void aWorkerThatIsLostAfterTheLastStepIsNotKeptFromWhoeverEndsTheRun() throws Exception {
        Three three = three();
        CompletableFuture<Turn> one = async(() -> three.one.ready(0, false));
        three.two.close();
        String line = "worker 2 (" + workers.get(2) + ") is lost: the connection was closed";
        assertEquals(line, failure(one).getMessage());
        Failure lost = assertThrows(Failure.class, () -> three.chief.end("FINISHED"));
        assertEquals(Failure.Kind.LOST, lost.kind());
        assertEquals(line, lost.getMessage());
    }

    @Test
    void aWorkerThatEndsIsLostToAllAtOnce() throws Exception {
        Three three = three();
        CompletableFuture<String> step = async(() -> {
            Loss.Abandoned left = assertThrows(Loss.Abandoned.class, () -> three.chief.loss().during(RendezvousTest::forEver, e -> true));
            return left.failure().getMessage();
        });
        CompletableFuture<Turn> one = async(() -> three.one.ready(0, false));
        long before = System.nanoTime();
        three.two.close();
        String line = "worker 2 (" + workers.get(2) + ") is lost: the connection was closed";
        assertEquals(line, step.get(10, TimeUnit.SECONDS));
        assertEquals(line, failure(one).getMessage());
        assertTrue(System.nanoTime() - before < SILENCE.toNanos(), "no silence is waited for");
        assertEquals(line, assertThrows(Failure.class, () -> three.chief.ready(0)).getMessage());
    }

    private static Object forEver() {
        try {
            Thread.sleep(Duration.ofMinutes(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }

    @Test
    void aChiefThatEndsIsLostToAll() throws Exception {
        Three three = three();
        CompletableFuture<Turn> one = async(() -> three.one.ready(0, false));
        three.chief.close();
        assertEquals("the chief (" + workers.get(0) + ") is lost: the connection was closed", failure(one).getMessage());
        assertThrows(Failure.class, three.two::turn);
    }

    /** As of a network that is cut: nothing closes the connection. */
    @Test
    void aWorkerThatIsSilentIsLost() throws Exception {
        CompletableFuture<Chief> chief = async(() -> worker(0).gather());
        opened(async(() -> worker(1).join()));
        try (Socket socket = new Socket("localhost", workers.get(0).port())) {
            var hello = Link.message(Door.HELLO).put("task", 2);
            hello.set("facts", worker(2).identity().toJson());
            new Link(socket).send(hello);
            Failure silent = assertThrows(Failure.class, () -> opened(chief).serve(() -> {}));
            assertEquals("worker 2 (" + workers.get(2) + ") is lost: nothing was heard of it for 2 s", silent.getMessage());
        }
    }

    /** Two workers beside the chief may be cut off from each other alone. */
    @Test
    void aServerThatAnotherWorkerCannotReachIsLost() throws Exception {
        Three three = three();
        for (AutoCloseable each : open) {
            if (each instanceof ServerSocket socket && socket.getLocalPort() == workers.get(2).port()) {
                socket.close();
            }
        }
        Failure cut = three.one.loss().first().get(20, TimeUnit.SECONDS);
        assertTrue(cut.getMessage().matches("worker 2 \\(.*\\) could not be reached from (worker 1|the chief) \\(.*\\) for 2 s \\(Connection refused.*"),
                cut.getMessage());
    }

    @Test
    void whatAWorkerFailsWithIsWhatTheOthersEndWith() throws Exception {
        Three three = three();
        three.one.fail(Failure.data("record 7 is damaged"));
        Failure chief = assertThrows(Failure.class, () -> three.chief.ready(0));
        assertEquals("worker 1 (" + workers.get(1) + "): record 7 is damaged", chief.getMessage());
        assertEquals(Failure.Kind.DATA, chief.kind());
        assertEquals(chief.getMessage(), assertThrows(Failure.class, three.two::turn).getMessage());
    }
}
