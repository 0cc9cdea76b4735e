package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.graphbert.config.Json;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.data.TfRecord;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SessionLog.SessionStatus;
import org.tensorflow.proto.Summary;

/** What a run writes down of itself: lines and events, over resumptions, and where nothing can be written. */
class RunLogTest {

    private static final Metrics METRICS = new Metrics(5.5, 0.125, 0.6875, 0.75);
    private static final Sums STEP = new Sums(1, 1, 1, 1, 1, 4, 4, 100);

    @TempDir
    private Path directory;

    private final List<String> said = new ArrayList<>();
    private RunDirectory run;
    private RunConfig config;

    @BeforeEach
    void prepare() throws IOException {
        run = new RunDirectory(directory);
        config = Tiny.config("model", "m", "data", "d", "run", directory, "steps", 100);
    }

    @Test
    void aLogThatSomebodyRemovesIsBegunAnew() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            Files.delete(run.metricsFile());
            log.counted(STEP, true);
            log.heldOut(1, METRICS);
        }
        List<JsonNode> lines = MetricsLog.read(run.metricsFile());
        assertEquals(1, lines.size());
        assertEquals("held_out", lines.get(0).get("event").asText());
    }

    private RunLog open() throws IOException {
        return RunLog.open(run, config, 1, new RecordedProgress(said::add), new Stopwatch(System::nanoTime));
    }

    private static void steps(RunLog log, int steps) {
        for (int i = 0; i < steps; i++) {
            log.counted(STEP, i != 1);
        }
    }

    private static TrainPoint point(long step) {
        return new TrainPoint(step, 1, METRICS, 3e-4, 1.5, 1024, 2000, 0.25);
    }

    private List<JsonNode> lines() throws IOException {
        return MetricsLog.read(run.metricsFile());
    }

    @Test
    void aLineHasAllThatIsKnown() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            steps(log, 10);
            log.train(point(10));
            log.heldOut(10, METRICS);
            log.probe(10, 0.875);
            log.warning(10, "a spike");
        }
        List<JsonNode> lines = lines();
        assertEquals(List.of("start", "train", "held_out", "probe", "warning"),
                lines.stream().map(line -> line.get("event").asText()).toList());
        JsonNode train = lines.get(1);
        assertEquals(40, train.get("examples").asLong());
        assertEquals(1000, train.get("tokens").asLong());
        assertEquals(1, train.get("skipped_updates").asLong());
        assertEquals(6.1875, train.get("loss").asDouble());
        assertEquals(1024, train.get("loss_scale").asDouble());
        assertEquals(0.25, train.get("teraflops_per_second").asDouble());
        assertEquals("a spike", lines.get(4).get("text").asText());
        assertEquals(0.875, lines.get(3).get("score").asDouble());
    }

    @Test
    void aCheckpointIsToldOfLaterWithWhatWasDoneAtItsStep() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            steps(log, 7);
            log.event("checkpoint", 4);
        }
        assertEquals(400, lines().get(1).get("tokens").asLong());
    }

    @Test
    void whatWasDoneGoesOnOverProcesses() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            steps(log, 10);
            log.train(point(10));
            steps(log, 10);
            log.train(point(20));
        }
        double seconds = lines().get(2).get("seconds").asDouble();
        // Killed at step 20, it goes on from the checkpoint of step 15, of which the log has no line.
        try (RunLog log = open()) {
            log.begin(15);
            steps(log, 10);
            log.train(point(25));
        }
        List<JsonNode> lines = lines();
        assertEquals(List.of(0L, 10L, 15L, 25L), lines.stream().map(line -> line.get("step").asLong()).toList());
        assertEquals(1500, lines.get(2).get("tokens").asLong(), "in proportion between the lines beside it");
        assertEquals(2500, lines.get(3).get("tokens").asLong());
        assertEquals(100, lines.get(3).get("examples").asLong());
        assertTrue(lines.get(2).get("seconds").asDouble() >= seconds, "time goes on too");
    }

    @Test
    void aTornLineIsPassedOverAndASecondStartForgetsTheFirst() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            steps(log, 5);
            log.train(point(5));
        }
        Files.writeString(run.metricsFile(), "{\"event\":\"tr", StandardOpenOption.APPEND);
        try (RunLog log = open()) {
            log.begin(0);
        }
        List<JsonNode> lines = lines();
        assertEquals(List.of("start", "start"), lines.stream().map(line -> line.get("event").asText()).toList());
        assertEquals(0, lines.get(1).get("tokens").asLong());
    }

    @Test
    void eventsSayWhatTheLinesSay() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            steps(log, 10);
            log.train(point(10));
            log.heldOut(10, METRICS);
        }
        List<Event> train = events("train");
        assertEquals("brain.Event:2", train.get(0).getFileVersion());
        assertEquals(SessionStatus.START, train.get(1).getSessionLog().getStatus());
        assertEquals(0, train.get(1).getStep());
        JsonNode line = lines().get(1);
        TreeMap<String, Float> scalars = scalars(train.get(2));
        assertEquals(10, train.get(2).getStep());
        assertEquals(5.5f, scalars.get("losses/masked_lm_loss"));
        assertEquals(3e-4f, scalars.get("optimiser/learning_rate"));
        assertEquals(1024f, scalars.get("optimiser/loss_scale"));
        scalars.forEach((tag, value) -> assertEquals(line.get(tag.substring(tag.indexOf('/') + 1)).floatValue(), value, tag));
        TreeMap<String, Float> heldOut = scalars(events("held_out").get(1));
        assertEquals(5.5f, heldOut.get("losses/masked_lm_loss"));
        assertEquals(0.75f, heldOut.get("accuracies/next_sentence_accuracy"));
        assertFalse(heldOut.containsKey("optimiser/learning_rate"));
    }

    @Test
    void aResumptionForgetsWhatIsComputedAgainAndComesLater() throws IOException {
        try (RunLog log = open()) {
            log.begin(0);
            log.heldOut(0, METRICS);
        }
        // As if the clock had been an hour ahead then.
        Path first = EventFile.list(run.eventsDirectory().resolve("train")).get(0);
        long second = Long.parseLong(first.getFileName().toString().split("\\.")[3]);
        Files.move(first, first.resolveSibling(first.getFileName().toString().replace("" + second, "" + (second + 3600))));
        try (RunLog log = open()) {
            log.begin(15);
        }
        for (String part : List.of("train", "held_out")) {
            List<Path> files = EventFile.list(run.eventsDirectory().resolve(part));
            assertEquals(2, files.size());
            Event start = events(files.get(1)).get(1);
            assertEquals(SessionStatus.START, start.getSessionLog().getStatus());
            assertEquals(16, start.getStep(), "the checkpoint's own step stays");
        }
    }

    @Test
    void theGraphIsWrittenOnceAndForEachPhase() throws IOException {
        GraphDef graph = GraphDef.newBuilder().addNode(NodeDef.newBuilder().setName("loss").setOp("Add")).build();
        Path events = run.eventsDirectory();
        try (TensorBoard board = new TensorBoard(events, 0)) {
            board.graph(0, graph);
            board.graph(14, graph);
        }
        try (TensorBoard board = new TensorBoard(events, 14)) {
            board.graph(14, graph);
        }
        List<Event> graphs = events("train").stream().filter(event -> !event.getGraphDef().isEmpty()).toList();
        assertEquals(List.of(0L, 14L), graphs.stream().map(Event::getStep).toList());
        assertEquals(graph, GraphDef.parseFrom(graphs.get(0).getGraphDef()));
    }

    @Test
    void whereNothingCanBeWrittenTheRunIsToldOnceAndGoesOn() throws IOException {
        Files.createDirectory(run.metricsFile());
        Files.writeString(run.eventsDirectory(), "in the way");
        try (RunLog log = openUnread()) {
            log.begin(0);
            steps(log, 2);
            log.train(point(1));
            log.train(point(2));
        }
        assertEquals(2, said.size(), said.toString());
        assertTrue(said.get(0).contains("cannot write the TensorBoard events"), said.get(0));
        assertTrue(said.get(1).contains("cannot write metrics.jsonl"), said.get(1));
        Files.delete(run.metricsFile());
        try (RunLog log = open()) {
            log.begin(0);
        }
        assertEquals(1, lines().size());
    }

    /** The log is opened before its place is taken away. */
    private RunLog openUnread() throws IOException {
        Files.delete(run.metricsFile());
        RunLog log = open();
        Files.createDirectory(run.metricsFile());
        return log;
    }

    @Test
    void aLineOfANumberThatIsNoneIsReadFromOtherProgramsToo() throws IOException {
        ObjectNode own = Json.MAPPER.createObjectNode().put("event", "train").put("step", 1).put("loss", Double.NaN);
        Files.writeString(run.metricsFile(), Json.writeLine(own) + "\n{\"event\": \"train\", \"step\": 2, \"loss\": NaN}\n");
        List<JsonNode> lines = lines();
        assertEquals(2, lines.size());
        assertTrue(Double.isNaN(lines.get(0).get("loss").asDouble(1)), "as JSON has it");
        assertTrue(Double.isNaN(lines.get(1).get("loss").asDouble(1)), "as Python writes it");
    }

    private static TreeMap<String, Float> scalars(Event event) {
        TreeMap<String, Float> scalars = new TreeMap<>();
        for (Summary.Value value : event.getSummary().getValueList()) {
            scalars.put(value.getTag(), value.getSimpleValue());
        }
        return scalars;
    }

    private List<Event> events(String part) throws IOException {
        List<Event> events = new ArrayList<>();
        for (Path file : EventFile.list(run.eventsDirectory().resolve(part))) {
            events.addAll(events(file));
        }
        return events;
    }

    private static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            byte[] data = new byte[(int) bytes.getLong()];
            bytes.getInt();
            bytes.get(data);
            bytes.getInt();
            byte[] framed = new byte[bytes.position() - start];
            bytes.get(start, framed);
            assertEquals(ByteBuffer.wrap(TfRecord.frame(data)), ByteBuffer.wrap(framed), "framed with its checksums");
            events.add(Event.parseFrom(data));
        }
        return events;
    }
}
