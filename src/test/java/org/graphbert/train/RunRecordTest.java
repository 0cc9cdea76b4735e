package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Json;
import org.graphbert.config.RunConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run's record that is damaged is bad data; one that is not there is a wrong name. */
class RunRecordTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"graphbert\": \"0.1.0\", \"config\": {\"data\": nul", "[]"})
    void cutItIsDamaged(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("run.json"), text);
        Failure failure = assertThrows(Failure.class, () -> RunRecord.read(file));
        assertEquals(Failure.Kind.DATA, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().startsWith(file.toString()), failure.getMessage());
        assertTrue(failure.getMessage().endsWith("is damaged: restore it, or choose another run"), failure.getMessage());
    }

    @Test
    void missingItIsAWrongName() {
        Failure failure = assertThrows(Failure.class, () -> RunRecord.read(directory.resolve("run.json")));
        assertEquals(Failure.Kind.USAGE, failure.kind(), failure.getMessage());
    }

    /** Runs were fine-tuned before there was a choice of device, and are exported and asked as they were. */
    @Test
    void whatAFineTunedRunOfAnOlderVersionHasNoKeyForIsAsByDefault() throws Exception {
        ObjectNode config = Json.MAPPER.valueToTree(FineTuningConfig.of(Json.MAPPER.createObjectNode()
                .put("task", "tag").put("from", "run").put("train", "train.txt").put("steps", 3).put("max_seq_length", 64)));
        config.remove("device");
        ObjectNode record = Json.MAPPER.createObjectNode();
        record.putObject("fine_tuned").set("config", config);
        Path file = Files.writeString(directory.resolve("run.json"), Json.write(record));
        FineTuningConfig read = RunRecord.read(file).fineTuned().config();
        assertEquals("auto", read.device());
        assertEquals(64, read.files().maxSeqLength());
        assertEquals(3, read.duration().steps());
    }

    /** The weights of a run are no worse for another device, or another number of parts that a batch is computed in. */
    @Test
    void aRunMayGoOnElsewhereAndInSmallerParts() throws Exception {
        Path model = Tiny.modelFile(directory, 0.1);
        Path data = Tiny.dataSet(directory, "data");
        try (Plan plan = new Plan(config(model, data, "device", "cpu"));
                Plan parts = new Plan(config(model, data, "accumulation_steps", 2))) {
            RunRecord before = plan.record();
            assertEquals("cpu", before.config().device());
            assertEquals(Optional.empty(), before.difference(parts.record()));
            assertEquals(Optional.empty(), before.moved(parts.record()));
            assertEquals(Optional.of("accumulation_steps was 1 before, and is 2 now: it goes on with the same batches, though other dropout."),
                    before.divided(parts.record()));
            assertEquals(Optional.empty(), before.divided(before));
            RunRecord onAGpu = on("gpu: Some GPU", parts.record());
            assertEquals(Optional.empty(), before.difference(onAGpu));
            assertEquals(Optional.of("It was computed on cpu before, and is on gpu: Some GPU now: it goes on the same, though not bit for bit."),
                    on("cpu", before).moved(onAGpu), "as versions without the choice recorded it");
            assertEquals(Optional.empty(), on("cpu", before).moved(before));
            assertEquals(Optional.empty(), onAGpu.moved(onAGpu));
        }
    }

    private RunConfig config(Path model, Path data, String key, Object value) {
        return Tiny.config("model", model, "data", data, "run", directory.resolve("run"), "steps", 2, "batch_size", 4, key, value);
    }

    private static RunRecord on(String device, RunRecord record) {
        RunRecord.Environment e = record.environment();
        return new RunRecord(record.graphbertVersion(), record.config(), record.model(), record.data(), null, null, null,
                new RunRecord.Environment(e.java(), e.tensorflow(), e.os(), e.cores(), device));
    }
}
