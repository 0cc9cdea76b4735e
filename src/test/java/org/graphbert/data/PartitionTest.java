package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data sets prepared by several processes and joined are those of one process, byte by byte. */
class PartitionTest {

    /** A seventh of {@link PreparationTest#SMALL_BLOCKS}: more blocks than shards. */
    private static final Block.Size BLOCKS = new Block.Size(6000, 2, 12_000, 1000);

    @TempDir
    private Path directory;

    @BeforeEach
    void corpus() {
        Corpora.write(directory.resolve("corpus.txt"), 90, 25, 1);
    }

    /** Two lengths with held-out data; the corpus' last block is long enough at some sizes, and a rest at others. */
    @ParameterizedTest
    @CsvSource({"2, 7, 6000", "3, 3, 6000", "7, 7, 6000", "2, 5, 7001", "3, 5, 8009", "5, 5, 9011", "2, 2, 30000",
        "3, 9, 5003", "2, 2, 200000"})
    void joinedTheyAreWhatOneProcessWrites(int count, int shards, int blockBytes) throws IOException {
        Block.Size blocks = new Block.Size(blockBytes, 2, 2L * blockBytes, 1000);
        preparation("one", shards, Partition.WHOLE, false).run(Progress.SILENT, blocks);
        for (int index = count - 1; index >= 0; index--) {
            Preparation.Result result = preparation("parts", shards, new Partition(index, count), false).run(Progress.SILENT, blocks);
            assertTrue(result.textBytes() > 0 || blockBytes == 200_000, "partition " + index);
        }
        Preparation.Result joined = new Join(directory.resolve("parts")).run(Progress.SILENT);
        assertEquals(2, joined.made().size());
        for (String length : List.of("-64", "-32", "-64-held-out", "-32-held-out")) {
            Map<String, String> one = Contents.of(directory.resolve("one" + length));
            assertTrue(one.size() >= 6, one.toString());
            assertEquals(one, Contents.of(directory.resolve("parts" + length)), length);
        }
        assertEquals(List.of(), left("parts"));
    }

    /** No partition does much more than its share. */
    @Test
    void eachTokenisesItsShareOnly() throws IOException {
        long all = preparation("one", 6, Partition.WHOLE, false).run(Progress.SILENT, BLOCKS).textBytes();
        for (int index = 0; index < 3; index++) {
            long text = preparation("parts", 6, new Partition(index, 3), false).run(Progress.SILENT, BLOCKS).textBytes();
            assertTrue(text < 0.55 * all, "partition " + index + ": " + text + " of " + all); // the first has the held-out text too
        }
    }

    @Test
    void filesThatHaveNothingAreSaid() throws IOException {
        Preparation.Result few = preparation("few", 7, Partition.WHOLE, false).run(Progress.SILENT, new Block.Size(30_000, 2, 60_000, 1000));
        long empty = few.made().get(0).manifest().shards().stream().filter(shard -> shard.records() == 0).count();
        assertTrue(empty > 1, "files without records: " + empty);
        String said = "  " + empty + " of the files are empty: blocks of 32 MB of text go to the files in turn";
        assertTrue(PreparationSummary.text(few, 1).contains(said), PreparationSummary.text(few, 1));
        String full = PreparationSummary.text(preparation("full", 2, Partition.WHOLE, false).run(Progress.SILENT, BLOCKS), 1);
        assertFalse(full.contains("empty"), full);
    }

    @Test
    void aPartitionGoesOnWhereItWasEnded() throws IOException {
        Partition second = new Partition(1, 2);
        preparation("parts", 4, new Partition(0, 2), false).run(Progress.SILENT, BLOCKS);
        preparation("parts", 4, second, false).run(Progress.SILENT, BLOCKS);
        Map<String, String> expected = Contents.of(second.directory(directory.resolve("parts-64")));
        Directories.delete(second.directory(directory.resolve("parts-64")));
        assertEquals(3, fails(second, 100_000, false).exitCode());
        joinFails("partition 1/2 is unfinished: go on with --partition 1/2 --resume");
        Failure refused = assertThrows(Failure.class, () -> preparation("parts", 4, second, false).run(Progress.SILENT, BLOCKS));
        assertTrue(refused.getMessage().contains("continue it with --resume"), refused.getMessage());
        preparation("parts", 4, second, true).run(Progress.SILENT, BLOCKS);
        assertEquals(expected, Contents.of(second.directory(directory.resolve("parts-64"))));
        assertTrue(preparation("parts", 4, second, false).run(Progress.SILENT, BLOCKS).reused());
        new Join(directory.resolve("parts-64")).run(Progress.SILENT);
        assertTrue(preparation("parts", 4, Partition.WHOLE, false, 64).run(Progress.SILENT, BLOCKS).reused());
        assertTrue(preparation("parts", 4, second, false, 64).run(Progress.SILENT, BLOCKS).reused());
    }

    @Test
    void whatCannotBeJoinedIsSaid() throws IOException {
        joinFails("--join: " + directory.resolve("parts") + ".partition-0-of-N: no such directory");
        for (int index = 0; index < 2; index++) {
            preparation("parts", 2, new Partition(index, 2), false, 64).run(Progress.SILENT, BLOCKS);
        }
        Path first = directory.resolve("parts-64.partition-0-of-2");
        Path second = directory.resolve("parts-64.partition-1-of-2");
        Map<String, String> before = Contents.of(directory);

        Path aside = directory.resolve("aside");
        Files.move(second, aside);
        joinFails(second + ": no such directory; prepare it with --partition 1/2");
        Files.move(aside, second);

        Path shard = second.resolve("data-00001-of-00002.tfrecord");
        byte[] records = Files.readAllBytes(shard);
        byte[] damaged = records.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(shard, damaged);
        joinFails("--join: " + shard + ": damaged: its checksum is ");
        Files.write(shard, records);
        Path index = second.resolve("data-00001-of-00002.index");
        byte[] offsets = Files.readAllBytes(index);
        Files.write(index, new byte[100]);
        joinFails("--join: " + index + ": damaged: its checksum is ");
        Files.write(index, offsets);

        Files.move(directory.resolve("parts-64-held-out.partition-0-of-2"), aside);
        joinFails("held-out.partition-0-of-2: no such directory");
        Files.move(aside, directory.resolve("parts-64-held-out.partition-0-of-2"));

        Files.createDirectory(directory.resolve("parts-64.partition-0-of-3"));
        joinFails("parts-64.partition-0-of-3: no state.json");
        Directories.delete(directory.resolve("parts-64.partition-0-of-3"));

        Directories.delete(second);
        Directories.delete(directory.resolve("parts-64-held-out.partition-1-of-2"));
        Corpora.write(directory.resolve("corpus.txt"), 90, 25, 2);
        preparation("parts", 2, new Partition(1, 2), false, 64).run(Progress.SILENT, BLOCKS);
        joinFails(" does not belong to " + first + ": input "); // the second of either part
        before.keySet().removeIf(name -> !name.contains("partition-0"));
        assertTrue(Contents.of(directory).entrySet().containsAll(before.entrySet()), "the others are as they were");
    }

    /** Killed while it removes the directories, at the worst. */
    @Test
    void aJoinThatWasEndedIsBegunAnew() throws IOException {
        for (int index = 0; index < 2; index++) {
            preparation("parts", 2, new Partition(index, 2), false, 64).run(Progress.SILENT, BLOCKS);
        }
        Path aside = Files.createDirectories(directory.resolve(".parts-64.partial"));
        Files.writeString(aside.resolve("data-00000-of-00002.tfrecord"), "half");
        new Join(directory.resolve("parts-64")).run(Progress.SILENT);
        Map<String, String> whole = Contents.of(directory.resolve("parts-64"));
        Files.createDirectory(directory.resolve("parts-64.partition-1-of-2"));
        Files.writeString(directory.resolve("parts-64.partition-1-of-2/data-00001-of-00002.index"), "left");
        assertTrue(new Join(directory.resolve("parts-64")).run(Progress.SILENT).reused());
        assertEquals(whole, Contents.of(directory.resolve("parts-64")));
        assertEquals(List.of(), left("parts"));
    }

    @Test
    void morePartitionsThanShards() {
        Failure failure = assertThrows(Failure.class, () -> preparation("parts", 2, new Partition(2, 3), false).run(Progress.SILENT, BLOCKS));
        assertEquals("--partition 2/3: the data set has 2 shards, a partition needs one at least; give --shards 3 or more, the same "
                + "to all partitions", failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "4/4", "1/0", "-1/4", "0/100000", "a/b", "1/2/3", " 1/2"})
    void notAPartition(String text) {
        Failure failure = assertThrows(Failure.class, () -> Partition.parse(text));
        assertEquals(2, failure.exitCode());
        assertTrue(failure.getMessage().startsWith("--partition is ") && failure.getMessage().contains("expected I/N"), failure.getMessage());
    }

    private void joinFails(String expected) {
        Failure failure = assertThrows(Failure.class, () -> new Join(directory.resolve("parts")).run(Progress.SILENT));
        assertEquals(3, failure.exitCode());
        assertTrue(failure.getMessage().contains(expected), failure.getMessage());
    }

    /** On a disk that has room for so many bytes more. */
    private Failure fails(Partition partition, long room, boolean resume) {
        return assertThrows(Failure.class, () -> preparation("parts", 4, partition, resume)
                .run(Progress.SILENT, new Preparation.Seams(BLOCKS, PreparationResumeTest.disk(room))));
    }

    /** What partitions and joins left behind, locks aside. */
    private List<String> left(String name) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> entry.contains(name) && (entry.contains("partition") || entry.contains("partial")))
                    .toList();
        }
    }

    private Preparation preparation(String name, int shards, Partition partition, boolean resume, int... lengths) {
        Recipe standard = PreparationResumeTest.recipe(42);
        Recipe recipe = new Recipe(standard.pairs(), standard.masks(), standard.duplicates(), standard.sentences(),
                standard.language(), 0.2, shards, standard.seed());
        Preparation both = PreparationResumeTest.preparation(directory, recipe, directory.resolve(name), resume);
        return new Preparation(both.inputs(), both.tokenizer(), both.outputs().subList(0, lengths.length == 0 ? 2 : 1),
                both.effort(), partition);
    }
}
