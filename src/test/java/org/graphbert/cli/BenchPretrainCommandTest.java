package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchPretrainCommandTest {

    @TempDir
    private Path directory;

    @Test
    void figuresAgreeWithEachOther() throws IOException {
        JsonNode f = new ObjectMapper().readTree(bench("--json", "--profile"));
        assertEquals(2 * 32 / f.get("step_seconds").asDouble(), f.get("tokens_per_second").asDouble(), 1e-6);
        assertEquals(f.get("tokens_per_second").asDouble(), f.get("filled_tokens_per_second").asDouble(), 1e-6);
        assertEquals(
                f.get("teraflops_per_second").asDouble() / f.get("product_teraflops_per_second").asDouble(),
                f.get("product_share").asDouble(),
                1e-9);
        assertEquals("float32", f.get("precision").asText());
        double all = 0;
        double types = 0;
        JsonNode profile = f.get("profile");
        for (JsonNode type : profile.get("types")) {
            all += type.get("seconds").asDouble();
            types += type.get("share").asDouble();
        }
        assertEquals(profile.get("kernel_seconds").asDouble(), all, 1e-9);
        assertEquals(1, types, 1e-9);
        assertTrue(profile.get("product_share").asDouble() > 0 && profile.get("product_share").asDouble() < 1);
        // One update for each of the 44 variables of two layers with both heads.
        JsonNode updates = named(profile.get("types"), "ResourceApplyAdam");
        assertEquals(46, updates.get("count").asInt());
    }

    @Test
    void asText() throws IOException {
        String text = bench("--profile", "--precision", "bfloat16");
        assertTrue(text.contains(" tokens/s, ") && text.contains("% of what a matrix product alone reaches"), text);
        assertTrue(text.contains("ResourceApplyAdam"), text);
    }

    private static JsonNode named(JsonNode costs, String name) {
        for (JsonNode cost : costs) {
            if (cost.get("name").asText().equals(name)) {
                return cost;
            }
        }
        throw new AssertionError(name + " is not in " + costs);
    }

    private String bench(String... more) throws IOException {
        Path model = Files.writeString(directory.resolve("model.json"), """
                {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
                 "intermediate_size": 32, "max_position_embeddings": 32, "type_vocab_size": 2}
                """);
        Stream<String> arguments = Stream.of("pretrain", "--model", model.toString(), "--batch-size", "2",
                "--sequence-length", "32", "--steps", "2", "--threads", "1");
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
        assertEquals(0, code, err.toString());
        return out.toString();
    }
}
