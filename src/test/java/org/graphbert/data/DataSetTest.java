package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {

    @TempDir
    private Path directory;

    private Path set;
    private Path shard;

    @BeforeEach
    void prepare() {
        Path corpus = Corpora.write(directory.resolve("corpus.txt"), 20, 10, 4);
        Recipe recipe = new Recipe(
                PairOptions.nextSentence(64, 0.1, 0.5), MaskOptions.standard(64), 1, Sentences.LINES, "en", 0, 3, 42);
        set = directory.resolve("set");
        shard = set.resolve("data-00001-of-00003.tfrecord");
        new Preparation(List.of(corpus), new NumberTokenizer(), recipe, set, 2, 0)
                .run(Progress.SILENT, PreparationTest.SMALL_BLOCKS);
    }

    @Test
    void indexAndScanAgree() throws IOException {
        try (DataSet indexed = DataSet.open(set)) {
            for (int i = 0; i < 3; i++) {
                Files.delete(set.resolve("data-0000" + i + "-of-00003.index"));
            }
            Path manifest = set.resolve(Manifest.FILE);
            try (DataSet scanned = DataSet.open(set)) {
                same(indexed, scanned);
            }
            Files.delete(manifest);
            Files.delete(set.resolve("unigram_counts.txt"));
            for (Path foreign : List.of(set, set.resolve("data-*.tfrecord"))) {
                try (DataSet scanned = DataSet.open(foreign)) {
                    same(indexed, scanned);
                    assertEquals(Optional.empty(), scanned.manifest());
                    assertEquals(Optional.empty(), scanned.unigramCounts());
                    String report = DataSetReport.of(scanned, Optional.empty(), 1).text();
                    assertTrue(report.contains("without a manifest") && report.contains(" 4{"), report);
                }
            }
        }
    }

    /** Taken for foreign files, the records would be without their tokenizer, recipe and checksums. */
    @Test
    void aLostManifestIsNotOverlooked() throws IOException {
        Files.delete(set.resolve(Manifest.FILE));
        String missing = set.resolve(Manifest.FILE) + ": is missing, though %s lies there, so the directory is a data set of"
                + " 'graphbert prepare'; copy it again from the original, or prepare the data again";
        failure(String.format(missing, "data-00000-of-00003.index"), () -> DataSet.open(set));
        for (int i = 0; i < 3; i++) {
            Files.delete(set.resolve("data-0000" + i + "-of-00003.index"));
        }
        failure(String.format(missing, "unigram_counts.txt"), () -> DataSet.open(set));
        Files.delete(set.resolve("unigram_counts.txt"));
        DataSet.open(set).close();
        Files.createFile(set.resolve("data.index")); // as other programs name theirs
        DataSet.open(set).close();
    }

    /** What google-research/bert's Python writes: the protobuf class' bytes, one shard empty. */
    @Test
    void foreignFiles() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            out.writeBytes(TfRecord.frame(ExampleCodecTest.proto(ExampleCodecTest.random(32, 6, i)).toByteArray()));
        }
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.write(foreign.resolve("tf_examples.tfrecord-00000"), new byte[0]);
        Files.write(foreign.resolve("tf_examples.tfrecord-00001"), out.toByteArray());
        try (DataSet data = DataSet.open(foreign)) {
            assertEquals(5, data.size());
            assertEquals(32, data.maxSeqLength());
            assertEquals(6, data.maxPredictions());
            ExampleCodecTest.same(ExampleCodecTest.random(32, 6, 3), data.example(3));
            assertThrows(IndexOutOfBoundsException.class, () -> data.example(5));
        }
        out.writeBytes(TfRecord.frame(ExampleEncoder.encode(ExampleCodecTest.random(33, 6, 1))));
        Files.write(foreign.resolve("tf_examples.tfrecord-00001"), out.toByteArray());
        try (DataSet data = DataSet.open(foreign)) {
            failure("tf_examples.tfrecord-00001: the record at byte 2,120 has 33 positions and 6 predictions, expected 32 and"
                    + " 6 as the first record has; give it as a data set of its own", () -> data.example(5));
        }
        Files.write(foreign.resolve("tf_examples.tfrecord-00001"), TfRecord.frame(new byte[] {1, 2, 3}));
        failure("damaged TFRecord at byte 0: it is not a tf.Example", () -> DataSet.open(foreign));
    }

    @Test
    void aShardThatDoesNotFitItsManifest() throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(bytes, bytes.length - 1));
        failure(String.format("%s: %,d bytes, but the manifest says %,d", shard, bytes.length - 1, bytes.length),
                () -> DataSet.open(set));
        Files.delete(shard);
        failure(shard + ": no such file, but manifest.json names it; copy it there, or prepare the data again",
                () -> DataSet.open(set));
    }

    @Test
    void anIndexThatIsNone() throws IOException {
        Path index = set.resolve("data-00001-of-00003.index");
        byte[] bytes = Files.readAllBytes(index);
        Files.write(index, "something else that is long".getBytes());
        failure(index + ": not an offsets index", () -> DataSet.open(set));
        byte[] version = bytes.clone();
        version[8] = 3;
        Files.write(index, version);
        failure(index + ": version 3, expected 2", () -> DataSet.open(set));
        Files.write(index, Arrays.copyOf(bytes, bytes.length - 12));
        failure(index + ": made for a shard of ", () -> DataSet.open(set));
        byte[] reserved = bytes.clone();
        reserved[12] = 1;
        Files.write(index, reserved);
        failure(index + ": damaged: a field that is always 0 isn't", () -> DataSet.open(set));
        byte[] tokens = bytes.clone();
        tokens[16 + 8] = 65; // of the first record
        Files.write(index, tokens);
        try (DataSet data = DataSet.open(set)) {
            long first = data.manifest().orElseThrow().shards().get(0).records();
            data.example(first);
            failure(index + ": not the index of data-00001-of-00003.tfrecord: entry 0 gives the record 65 tokens, expected 0 to 64",
                    () -> data.length(first));
        }
        byte[] place = bytes.clone();
        place[16 + 12 + 7] = 1; // of the second record, far behind the end
        Files.write(index, place);
        try (DataSet data = DataSet.open(set)) {
            long first = data.manifest().orElseThrow().shards().get(0).records();
            failure(index + ": not the index of data-00001-of-00003.tfrecord: entry 0 places the record at bytes 0 to 72,",
                    () -> data.example(first));
        }
        place[16 + 12 + 7] = 0;
        place[16 + 12] ^= 1; // one byte off
        Files.write(index, place);
        try (DataSet data = DataSet.open(set)) {
            long first = data.manifest().orElseThrow().shards().get(0).records();
            failure("damaged TFRecord at byte 0: its length is ", () -> data.example(first));
            failure(", but by the offsets index it has ", () -> data.example(first));
        }
    }

    @Test
    void noRecords() throws IOException {
        Path foreign = Files.createDirectories(directory.resolve("foreign"));
        Files.write(foreign.resolve("a.tfrecord"), new byte[0]);
        failure("foreign: no records in 1 file, the first being a.tfrecord", () -> DataSet.open(foreign));
        Files.write(foreign.resolve("b.tfrecord"), new byte[0]);
        failure("foreign: no records in 2 files", () -> DataSet.open(foreign));
    }

    @Test
    void aDamagedRecordIsNamedWhenItIsRead() throws IOException {
        byte[] bytes = Files.readAllBytes(shard);
        bytes[50] ^= 4;
        Files.write(shard, bytes);
        try (DataSet data = DataSet.open(set)) {
            long first = data.manifest().orElseThrow().shards().get(0).records();
            data.example(first - 1);
            failure(shard + ": damaged TFRecord at byte 0: the checksum of the record's data does not match",
                    () -> data.example(first));
        }
    }

    @Test
    void manifestsThatAreNone() throws IOException {
        Path manifest = set.resolve(Manifest.FILE);
        String json = Files.readString(manifest);
        Files.writeString(manifest, json.replace("\"format_version\" : 2", "\"format_version\" : 9"));
        failure("format_version is 9, expected 2", () -> DataSet.open(set));
        Files.writeString(manifest, json.substring(0, json.length() / 2));
        failure(": not a manifest: Unexpected end-of-input", () -> DataSet.open(set));
        failure(directory.resolve("nothing") + ": no such file", () -> DataSet.open(directory.resolve("nothing")));
        Path empty = Files.createDirectories(directory.resolve("empty"));
        failure("neither manifest.json nor *.tfrecord files", () -> DataSet.open(empty));
    }

    private static void same(DataSet expected, DataSet found) {
        assertEquals(expected.size(), found.size());
        assertEquals(expected.maxPredictions(), found.maxPredictions());
        for (long r = 0; r < expected.size(); r++) {
            ExampleCodecTest.same(expected.example(r), found.example(r));
        }
    }

    private static void failure(String message, Executable executable) {
        Failure failure = assertThrows(Failure.class, executable);
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertEquals(3, failure.exitCode());
    }
}
