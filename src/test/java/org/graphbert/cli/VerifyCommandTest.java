package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} and {@code inspect --verify} of data sets, and {@code bench load}, as a user calls them. */
class VerifyCommandTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    private Path vocabulary;
    private Path set;
    private Path shard;

    @BeforeEach
    void prepare() throws IOException {
        vocabulary = PrepareCommandTest.letters(directory);
        set = directory.resolve("set");
        shard = set.resolve("data-00000-of-00001.tfrecord");
        console.exits(0, "prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", vocabulary.toString(),
                "--output", set.toString(), "--max-seq-length", "64", "--show", "0");
    }

    @Test
    void aGoodSet() throws IOException {
        console.exits(0, "inspect", "--verify", set.toString());
        assertTrue(console.printed().startsWith(set + ": verified, nothing is wrong; "), console::printed);
        assertTrue(console.err().startsWith("verifying: "), console::printed);
        console.exits(0, "inspect", "--verify", set.toString(), "--json", "--threads", "1");
        JsonNode report = console.json();
        assertEquals("verification", report.get("kind").asText());
        assertTrue(report.get("valid").asBoolean());
        assertEquals(0, report.get("violation_count").asLong());
        assertEquals(Files.size(shard), report.get("bytes").asLong());
        assertTrue(report.get("records").asLong() > 100 && report.get("megabytes_per_second").asDouble() > 0, console::printed);
    }

    @Test
    void aFlippedBit() throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[100] ^= 2;
        Files.write(shard, bytes);
        console.exits(3, "inspect", "--verify", set.toString());
        console.prints("  data-00000-of-00001.tfrecord, record 0 at byte 0: record_data: found data that do not"
                + " match their checksum, expected data as they were written");
        console.printsToErr("graphbert inspect: " + set
                + ": 2 violations (shard_sha256 1, record_data 1); copy or prepare the data again");
        console.exits(3, "inspect", "--verify", set.toString(), "--json");
        JsonNode report = console.json();
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
            console.exits(3, command);
            console.prints(manifest + ": was changed after the data were prepared");
        }
    }

    @Test
    void whatOptionsAreFor() {
        console.exits(2, "inspect", "--verify", vocabulary.toString());
        console.prints("--verify is for a data set or its TFRecord files; " + vocabulary + " is a tokenizer");
        console.exits(2, "inspect", "--tokenizer", vocabulary.toString(), vocabulary.toString());
        console.prints("--tokenizer is for a data set");
        console.exits(2, "inspect", "--tokenizer", vocabulary.toString(), set.toString());
        console.prints("--tokenizer is for files without manifest.json; " + set + " has its own");
    }

    /** As Python's TFRecordWriter makes them with GZIP; the name says nothing. */
    @Test
    void aCompressedFile() throws IOException {
        Path packed = directory.resolve("tf_examples.1");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(packed))) {
            Files.copy(shard, gzip);
        }
        console.exits(0, "inspect", directory.resolve("tf_*.1").toString(), "--tokenizer", vocabulary.toString(), "--show", "1");
        console.prints("(TFRecord files without a manifest)");
        console.prints("[MASK]{");
        console.prints(packed + ": is gzip-compressed, which gives no random access; unpacked to ");
        assertTrue(console.printed().lines().allMatch(line -> line.length() <= 400), console::printed);
        console.exits(0, "inspect", "--verify", packed.toString());
        console.prints("taken from the first records: [CLS] is 2, [SEP] is 3, [MASK] is 4");
        assertEquals(1, console.err().lines().filter(line -> line.contains("unpacked to")).count(), console::printed);
        console.exits(2, "bench", "load", "--data", packed.toString(), "--dynamic-masking");
        console.prints("--dynamic-masking needs the tokenizer, and " + packed + " has no manifest.json");
    }

    @Test
    void benchLoad() throws IOException {
        console.exits(0, "bench", "load", "--data", set.toString(), "--seconds", "0.05", "--batch-size", "8",
                "--dynamic-masking", "--json");
        JsonNode figures = console.json();
        assertEquals(64, figures.get("sequence_length").asInt());
        assertEquals(8, figures.get("batch_size").asInt());
        assertTrue(figures.get("dynamic_masking").asBoolean());
        for (String key : List.of("sequences_per_second", "prefetched_sequences_per_second", "early_batch_micros", "late_batch_micros")) {
            assertTrue(figures.get(key).asDouble() > 0, key);
        }
        console.exits(0, "bench", "load", "--data", set.toString(), "--seconds", "0.05");
        console.prints("batches of 32, masking as prepared");
        console.exits(2, "bench", "load", "--data", set.toString(), "--seconds", "0");
        console.prints("--seconds is 0.0, expected more than 0");
    }
}
