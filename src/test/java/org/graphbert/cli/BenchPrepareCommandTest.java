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
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchPrepareCommandTest {

    @TempDir
    private Path directory;

    @Test
    void figuresAsJsonAndAsText() throws IOException {
        JsonNode figures = new ObjectMapper().readTree(bench("--sentences", "split", "--duplicates", "2", "--json"));
        assertEquals(2, figures.get("documents").asInt());
        assertEquals(20, figures.get("bytes").asInt());
        assertEquals(14, figures.get("tokens").asInt());
        assertTrue(figures.get("megabytes_per_second").asDouble() > 0 && figures.get("peak_heap_bytes").asLong() > 0);
        assertTrue(figures.get("stages").get("sentences").asDouble() > 0);

        String text = bench();
        assertTrue(text.startsWith("wordpiece, 2 documents, 0.0 MB, 14 tokens, "), text);
        assertTrue(text.contains("MB/s a thread"), text);
    }

    private String bench(String... more) throws IOException {
        Path vocabulary = Files.write(
                directory.resolve("vocab.txt"), List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "."));
        Path text = Files.writeString(directory.resolve("text.txt"), "a b. A a.\nb.\n\nb b a. B.\n");
        Stream<String> arguments = Stream.of("prepare", "--input", text.toString(), "--tokenizer", vocabulary.toString(),
                "--threads", "1", "--rounds", "1");
        StringWriter out = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(Stream.concat(arguments, Stream.of(more)).toArray(String[]::new));
        assertEquals(0, code);
        return out.toString();
    }
}
