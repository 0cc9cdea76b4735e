package org.graphbert.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Likely;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Scorer;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An export answers as the checkpoint does, needs nothing but itself, and overwrites nothing. */
class SavedModelExportTest {

    private static final int ENTRIES = 97;

    @TempDir
    private static Path directory;

    private static Tokenizer tokenizer;
    private static Path first;

    @BeforeAll
    static void export() throws IOException {
        tokenizer = Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null);
        first = export("model", null);
    }

    private static Path export(String name, Long version) throws IOException {
        return SavedModelExport.export(
                Golden.model(), Golden.CHECKPOINT.toString(), tokenizer, directory.resolve(name), version);
    }

    @Test
    void theLayoutIsTfServings() throws IOException {
        assertEquals(directory.resolve("model/1"), first);
        try (Stream<Path> tree = Files.walk(first)) {
            Set<String> files = tree.filter(Files::isRegularFile)
                    .map(file -> first.relativize(file).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
            assertTrue(files.containsAll(Set.of("saved_model.pb", "variables/variables.index",
                    "variables/variables.data-00000-of-00001", "assets/vocab.txt", "assets.extra/bert_config.json")),
                    files.toString());
        }
    }

    @Test
    void answersAreTheCheckpointsForEveryBatchSizeAndLength() throws IOException {
        Random random = new Random(1);
        try (Scorer exported = SavedModelScorer.load(first);
                Scorer checkpoint = InferenceSession.load(Golden.model(), Golden.CHECKPOINT.toString(), 1)) {
            assertEquals(checkpoint.maxLength(), exported.maxLength());
            for (int batch : new int[] {1, 3, 7}) {
                List<Scorer.Query> queries = new ArrayList<>();
                for (int i = 0; i < batch; i++) {
                    int length = 3 + random.nextInt(38);
                    int[] ids = random.ints(length, 5, 97).toArray();
                    int[] segments = new int[length];
                    Arrays.fill(segments, length / 2, length, 1);
                    int[] positions = random.ints(1 + random.nextInt(3), 0, length).toArray();
                    queries.add(new Scorer.Query(ids, segments, positions));
                }
                Likely[][] expected = checkpoint.likeliest(queries, ENTRIES, new float[ENTRIES]);
                Likely[][] found = exported.likeliest(queries, ENTRIES, new float[ENTRIES]);
                assertEquals(batch, found.length);
                for (int i = 0; i < batch; i++) {
                    assertEquals(queries.get(i).maskedPositions().length, found[i].length);
                    for (int p = 0; p < found[i].length; p++) {
                        assertArrayEquals(all(expected[i][p]), all(found[i][p]), 1e-5f);
                    }
                    // Alone or beside longer ones: padding changes nothing.
                    Likely[] alone = exported.likeliest(List.of(queries.get(i)), ENTRIES, new float[ENTRIES])[0];
                    for (int p = 0; p < alone.length; p++) {
                        assertArrayEquals(all(found[i][p]), all(alone[p]), 1e-5f);
                    }
                    int[] last = {Golden.model().numHiddenLayers()};
                    assertArrayEquals(
                            checkpoint.hiddenStates(queries, last)[0][i], exported.hiddenStates(queries, last)[0][i], 1e-5f);
                }
                assertArrayEquals(checkpoint.isNext(queries), exported.isNext(queries), 1e-6);
            }
        }
    }

    /** ln p of every token, by its id. */
    private static float[] all(Likely likely) {
        float[] all = new float[ENTRIES];
        assertEquals(ENTRIES, likely.ids().length);
        for (int i = 0; i < ENTRIES; i++) {
            all[likely.ids()[i]] = likely.logProbabilities()[i];
        }
        return all;
    }

    @Test
    void itNeedsNothingButItself() throws IOException {
        Path source = directory.resolve("away/1");
        try (Stream<Path> tree = Files.walk(first)) {
            for (Path file : tree.toList()) {
                Path to = source.resolve(first.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        Tokenizer own = Tokenizers.load(source.resolve("assets"), null);
        assertEquals(tokenizer.checksum(), own.checksum());
        try (Scorer scorer = SavedModelScorer.load(source.getParent())) {
            var filled = new Predictions(own, scorer).fillMask(List.of("a [MASK] b [MASK]."), 4);
            assertEquals(2, filled.get(0).masks().size());
            for (List<Predictions.Filling> mask : filled.get(0).masks()) {
                assertEquals(4, mask.size());
                for (int i = 1; i < 4; i++) {
                    assertTrue(mask.get(i - 1).probability() >= mask.get(i).probability(), mask.toString());
                }
            }
            Failure noMask = assertThrows(
                    Failure.class, () -> new Predictions(own, scorer).fillMask(List.of("nothing here"), 1));
            assertTrue(noMask.getMessage().contains("has no [MASK]"), noMask.getMessage());
            Failure tooLong = assertThrows(
                    Failure.class, () -> new Predictions(own, scorer).fillMask(List.of("[MASK] ".repeat(39)), 1));
            assertTrue(tooLong.getMessage().contains("has 39 tokens; this model takes at most 38"), tooLong.getMessage());
        }
    }

    @Test
    void versionsAreNeverOverwritten() throws IOException {
        Path name = directory.resolve("versions");
        assertEquals(name.resolve("4"), export("versions", 4L));
        Files.createDirectories(name.resolve("12-old"));
        assertEquals(name.resolve("5"), export("versions", null), "one above the highest number");
        Failure exists = assertThrows(Failure.class, () -> export("versions", 4L));
        assertEquals(Failure.Kind.USAGE, exists.kind());
        assertTrue(exists.getMessage().startsWith(name.resolve("4") + " exists; choose another --version"), exists.getMessage());
        assertThrows(Failure.class, () -> export("versions", 0L));
        assertEquals(name.resolve("5"), SavedModelScorer.version(name));
        assertThrows(Failure.class, () -> SavedModelExport.export(
                Golden.model(), directory.resolve("none").toString(), tokenizer, directory.resolve("failed"), null));
        assertFalse(Files.exists(directory.resolve("failed")), "nothing half-written is left");
    }

    @Test
    void exportsAtOnceGetAVersionEach() throws Exception {
        List<CompletableFuture<Path>> exports = Stream.generate(() -> CompletableFuture.supplyAsync(() -> {
            try {
                return export("at-once", null);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        })).limit(3).toList();
        Set<String> versions = new TreeSet<>();
        for (CompletableFuture<Path> export : exports) {
            versions.add(export.get().getFileName().toString());
        }
        assertEquals(Set.of("1", "2", "3"), versions);
        assertEquals(versions, entries(directory.resolve("at-once")), "nothing of what was written aside is left");
    }

    @Test
    void whatAKilledExportLeftIsRemovedByTheNextOneAndWhatALivingOneWritesIsNot() throws IOException {
        Path name = directory.resolve("killed");
        Path left = Files.createDirectories(name.resolve(".writing-left/variables"));
        Files.writeString(left.resolve("variables.index"), "half");
        Files.writeString(name.resolve("..writing-left.lock"), "4194304 1");
        Files.writeString(name.resolve("..writing-renamed.lock"), "");
        Files.createDirectories(name.resolve(".writing-123/assets"));
        Path living = name.resolve(".writing-living");
        try (DirectoryLock held = DirectoryLock.ofOutput(living)) {
            Files.createFile(Files.createDirectories(living).resolve("saved_model.pb"));
            Failure none = assertThrows(Failure.class, () -> SavedModelScorer.version(name));
            assertTrue(none.getMessage().contains("found no saved_model.pb"), none.getMessage());
            assertEquals(name.resolve("1"), export("killed", null));
            assertEquals(Set.of("1", ".writing-living", "..writing-living.lock"), entries(name));
            assertTrue(held.held());
        }
        assertEquals(name.resolve("2"), export("killed", null));
        assertEquals(Set.of("1", "2"), entries(name));
    }

    private static Set<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void whatIsNoExportIsRefused() throws IOException {
        Failure missing = assertThrows(Failure.class, () -> SavedModelScorer.load(directory.resolve("nowhere")));
        assertTrue(missing.getMessage().contains("nowhere: no such directory"), missing.getMessage());
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Failure none = assertThrows(Failure.class, () -> SavedModelScorer.load(empty));
        assertTrue(none.getMessage().contains("found no saved_model.pb"), none.getMessage());
    }
}
