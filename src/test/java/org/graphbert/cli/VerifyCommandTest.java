package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} and {@code inspect --verify} of data sets, and {@code bench load}, as a user calls them. */
class VerifyCommandTest {

    private final PrintStream systemOut = System.out;
    private final PrintStream systemErr = System.err;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path vocabulary;
    private Path set;
    private Path shard;

    @BeforeEach
    void prepare() throws IOException {
        List<String> entries = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", ","));
        for (char c = 'a'; c <= 'z'; c++) {
            entries.add(String.valueOf(c));
            entries.add("##" + c);
        }
        vocabulary = Files.write(directory.resolve("vocab.txt"), entries);
        set = directory.resolve("set");
        shard = set.resolve("data-00000-of-00001.tfrecord");
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        run(0, "prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(),
                "--output", set.toString(), "--max-seq-length", "64", "--show", "0");
    }

    @AfterEach
    void restore() {
        System.setOut(systemOut);
        System.setErr(systemErr);
    }

    @Test
    void aGoodSet() throws IOException {
        run(0, "inspect", "--verify", set.toString());
        assertTrue(printed().startsWith(set + ": verified, nothing is wrong; "), this::printed);
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("verifying: "), this::printed);
        run(0, "inspect", "--verify", set.toString(), "--json", "--threads", "1");
        JsonNode report = new ObjectMapper().readTree(out.toByteArray());
        assertEquals("verification", report.get("kind").asText());
        assertTrue(report.get("valid").asBoolean());
        assertEquals(0, report.get("violation_count").asLong());
        assertEquals(Files.size(shard), report.get("bytes").asLong());
        assertTrue(report.get("records").asLong() > 100 && report.get("megabytes_per_second").asDouble() > 0, this::printed);
    }

    @Test
    void aFlippedBit() throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[100] ^= 2;
        Files.write(shard, bytes);
        run(3, "inspect", "--verify", set.toString());
        assertTrue(printed().contains("  data-00000-of-00001.tfrecord, record 0 at byte 0: record_data: found the checksum of the"
                + " record's data does not match, expected the checksum that stands behind the data"), this::printed);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("graphbert inspect: " + set
                + ": 2 violations (shard_sha256 1, record_data 1); copy or prepare the data again"), this::printed);
        run(3, "inspect", "--verify", set.toString(), "--json");
        JsonNode report = new ObjectMapper().readTree(out.toByteArray());
        assertFalse(report.get("valid").asBoolean());
        assertEquals(1, report.get("violations_by_rule").get("record_data").asLong());
        assertEquals(0, report.get("violations").get(1).get("offset").asLong());
        assertEquals("record_data", report.get("violations").get(1).get("rule").asText());
    }

    @Test
    void anEditedManifest() throws IOException {
        Path manifest = set.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("\"seed\" : 12345", "\"seed\" : 1"));
        for (String[] command : new String[][] {{"inspect", set.toString()}, {"inspect", "--verify", set.toString()},
            {"bench", "load", "--data", set.toString()}}) {
            run(3, command);
            assertTrue(printed().contains(manifest + ": was changed after the data were prepared"), this::printed);
        }
    }

    @Test
    void whatOptionsAreFor() {
        run(2, "inspect", "--verify", vocabulary.toString());
        assertTrue(printed().contains("--verify is for a data set or its TFRecord files; " + vocabulary + " is a tokenizer"), this::printed);
        run(2, "inspect", "--tokenizer", vocabulary.toString(), vocabulary.toString());
        assertTrue(printed().contains("--tokenizer is for a data set"), this::printed);
        run(2, "inspect", "--tokenizer", vocabulary.toString(), set.toString());
        assertTrue(printed().contains("--tokenizer is for files without manifest.json; " + set + " has its own"), this::printed);
    }

    /** As Python's TFRecordWriter makes them with GZIP; the name says nothing. */
    @Test
    void aCompressedFile() throws IOException {
        Path packed = directory.resolve("tf_examples.1");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(shard, gzip);
        }
        run(0, "inspect", directory.resolve("tf_*.1").toString(), "--tokenizer", vocabulary.toString(), "--show", "1");
        assertTrue(printed().contains("(TFRecord files without a manifest)") && printed().contains("[MASK]{"), this::printed);
        assertTrue(printed().contains(packed + ": is gzip-compressed, which gives no random access; unpacked to "), this::printed);
        assertTrue(printed().lines().allMatch(line -> line.length() <= 400), this::printed);
        run(0, "inspect", "--verify", packed.toString());
        assertTrue(printed().contains("taken from the first records: [CLS] is 2, [SEP] is 3, [MASK] is 4"), this::printed);
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("unpacked to")).count(), this::printed);
        run(2, "bench", "load", "--data", packed.toString(), "--dynamic-masking");
        assertTrue(printed().contains("--dynamic-masking needs the tokenizer, and " + packed + " has no manifest.json"), this::printed);
    }

    @Test
    void benchLoad() throws IOException {
        run(0, "bench", "load", "--data", set.toString(), "--seconds", "0.05", "--batch-size", "8", "--dynamic-masking", "--json");
        JsonNode figures = new ObjectMapper().readTree(out.toByteArray());
        assertEquals(64, figures.get("sequence_length").asInt());
        assertEquals(8, figures.get("batch_size").asInt());
        assertTrue(figures.get("dynamic_masking").asBoolean());
        for (String key : List.of("sequences_per_second", "prefetched_sequences_per_second", "early_batch_micros", "late_batch_micros")) {
            assertTrue(figures.get(key).asDouble() > 0, key);
        }
        run(0, "bench", "load", "--data", set.toString(), "--seconds", "0.05");
        assertTrue(printed().contains("batches of 32, masking as prepared"), this::printed);
        run(2, "bench", "load", "--data", set.toString(), "--seconds", "0");
        assertTrue(printed().contains("--seconds is 0.0, expected more than 0"), this::printed);
    }

    private void run(int code, String... arguments) {
        out.reset();
        err.reset();
        assertEquals(code, Main.run(arguments), this::printed);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
}
