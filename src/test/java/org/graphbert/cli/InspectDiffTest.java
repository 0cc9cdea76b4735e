package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.CheckpointTensors;
import org.graphbert.interop.FloatType;
import org.graphbert.interop.SafetensorsWriter;
import org.graphbert.serve.SavedModelExport;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect --diff} as a user calls it; what it finds in single variables is TensorDiffTest's. */
class InspectDiffTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/tiny-bert");
    private static final String CHECKPOINT = GOLDEN.resolve("bert_model.ckpt").toString();
    private static final String CHANGED = "bert/encoder/layer_1/output/dense/kernel";

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    /** The golden checkpoint as safetensors under the same names, with one value changed. */
    private Path changed() throws IOException {
        Path file = directory.resolve("changed.safetensors");
        try (CheckpointTensors tensors = CheckpointTensors.open(CHECKPOINT)) {
            Map<String, List<Long>> shapes = new HashMap<>();
            tensors.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
            SafetensorsWriter.write(file, shapes, FloatType.FLOAT32, name -> {
                float[] values = tensors.floats(name);
                if (name.equals(CHANGED)) {
                    values[5] += 0.25f;
                }
                return values;
            });
        }
        return file;
    }

    @Test
    void betweenKinds() throws IOException {
        ModelConfig model = ModelConfig.read(GOLDEN.resolve("config.json"));
        int variables = 14 + 16 * model.numHiddenLayers();
        Path version = SavedModelExport.export(
                model, CHECKPOINT, Tokenizers.load(GOLDEN.resolve("vocab.txt"), null), directory.resolve("saved"), 7L);
        for (Path same : List.of(version, version.getParent(), version.resolve("saved_model.pb"), GOLDEN)) {
            console.exits(0, "inspect", "--diff", CHECKPOINT, same.toString());
            console.prints(variables + " of " + variables + " variables identical");
            assertFalse(console.out().contains("bert/pooler"), console.out());
        }
        String changed = changed().toString();
        console.exits(0, "inspect", "--diff", CHECKPOINT, changed);
        console.prints((variables - 1) + " of " + variables + " variables identical, 1 differing");
        assertEquals(1, console.out().lines().filter(line -> line.startsWith("bert/")).count(), console.out());
        console.exits(0, "inspect", "--diff", CHECKPOINT, changed, "--all");
        assertEquals(variables, console.out().lines().filter(line -> line.matches("(bert|cls)/.*")).count(), console.out());
        console.exits(0, "inspect", "--diff", changed, CHECKPOINT, "--json");
        JsonNode report = console.json();
        assertEquals("diff", report.get("kind").asText());
        assertEquals(changed, report.get("a").asText());
        assertEquals(CHECKPOINT, report.get("b").asText());
        assertEquals(variables - 1, report.get("identical").asInt());
        assertEquals(1, report.get("differing").asInt());
        assertEquals(variables, report.get("variables").size());
        for (JsonNode variable : report.get("variables")) {
            boolean is = variable.get("name").asText().equals(CHANGED);
            assertEquals(is ? "different" : "identical", variable.get("state").asText());
            assertEquals(is ? 1 : 0, variable.get("different").asInt());
            assertEquals(is ? 0.25 : 0, variable.get("max_abs").asDouble(), 1e-6);
        }
    }

    @Test
    void aRunIsItsNewestCheckpoint() throws IOException {
        Path run = Files.createDirectory(directory.resolve("run"));
        Files.writeString(run.resolve("run.json"), "{}");
        console.exits(2, "inspect", "--diff", CHECKPOINT, run.toString());
        for (String step : List.of("step-00000010", "step-00000020")) {
            Files.createDirectories(run.resolve("checkpoints").resolve(step));
        }
        for (String end : List.of(".index", ".data-00000-of-00001")) {
            Files.copy(Path.of(CHECKPOINT + end), run.resolve("checkpoints/step-00000020/model.ckpt" + end));
        }
        console.exits(0, "inspect", "--diff", run.toString(), CHECKPOINT);
        console.prints("variables identical");
        console.prints("step-00000020");
    }

    @Test
    void nothingToCompare() {
        console.exits(2, "inspect", "--diff", CHECKPOINT, directory.resolve("none").toString());
        console.printsToErr("no such file or directory; expected one of: safetensors");
        console.exits(3, "inspect", "--diff", CHECKPOINT, directory.toString());
        console.printsToErr("found no tensors there; expected one of");
    }

    @Test
    void usage() {
        console.exits(2, "inspect", "--diff", CHECKPOINT);
        console.printsToErr("inspect --diff takes two paths, found one");
        console.exits(2, "inspect", CHECKPOINT, CHECKPOINT);
        console.printsToErr("compare them with --diff A B");
        console.exits(2, "inspect", "--diff", CHECKPOINT, CHECKPOINT, "--verify");
        console.printsToErr("--verify is for data sets");
        assertTrue(console.err().lines().count() == 1, console.err());
    }

    @Test
    void damagedValuesAreBadData() throws IOException {
        Path file = changed();
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        console.exits(3, "inspect", "--diff", CHECKPOINT, file.toString());
        console.printsToErr("it is cut short");
        assertEquals(1, console.err().lines().count(), console.err());
    }
}
