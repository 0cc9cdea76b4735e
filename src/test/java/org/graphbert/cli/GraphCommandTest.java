package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class GraphCommandTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    private String[] graph(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("graph", "--model", Tiny.modelFile(directory, 0.1).toString()));
        arguments.addAll(List.of(more));
        Map<String, String> otherwise = Map.of("--output", directory.resolve("tiny").toString(), "--max-seq-length", "16");
        otherwise.forEach((option, value) -> {
            if (!arguments.contains(option)) {
                arguments.addAll(List.of(option, value));
            }
        });
        return arguments.toArray(String[]::new);
    }

    @Test
    void jsonHoldsWhatTheTableHolds() throws IOException {
        console.exits(0, graph("--batch-size", "4", "--memory", "1g", "--json", "--vocab-size", "60"));
        JsonNode facts = console.json();
        assertEquals(60, facts.get("model").get("vocab_size").asInt());
        assertEquals(4, facts.get("batch_size").asInt());
        assertEquals(1L << 30, facts.get("memory_limit_bytes").asLong());
        assertEquals(4 * facts.get("parameters").asLong(), facts.get("memory").get("parameter_bytes").asLong());
        assertTrue(facts.get("largest_batch_size").asInt() > 4);
        assertTrue(facts.get("training_flops").asDouble() > 4 * facts.get("inference_flops").asDouble());
        assertEquals("[60,16]", facts.get("variables").get(0).get("shape").toString());
        assertEquals("training/input_ids:0", facts.get("inputs").get(0).get("tensor").asText());
        String table = Files.readString(directory.resolve("tiny.txt"));
        facts.get("variables").forEach(v -> assertTrue(table.contains(v.get("name").asText() + " "), v.toString()));
        console.printsToErr("Wrote " + directory.resolve("tiny.pb"));
    }

    @Test
    void wrongUsageIsRefusedInOneLine() throws IOException {
        console.exitsPrinting(2, "--batch-size is 0, expected at least 1", graph("--batch-size", "0"));
        console.exitsPrinting(2, "--batch-size is 'some', expected a whole number or 'free'", graph("--batch-size", "some"));
        console.exitsPrinting(2, "--max-predictions-per-seq is -1, expected at least 1",
                graph("--max-predictions-per-seq", "-1"));
        console.exitsPrinting(2, "--max-seq-length is 33, the model has max_position_embeddings 32; choose a length up to that",
                graph("--max-seq-length", "33"));
        console.exitsPrinting(2, "--memory is 'much', expected a size such as 512m or 2g", graph("--memory", "much"));
        console.exitsPrinting(2, "cannot be written", graph("--output", "/proc/none/tiny"));
        assertEquals(1, console.err().lines().count(), console.err());
        assertFalse(Files.exists(directory.resolve("tiny.pb")));
    }
}
