package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentOptions;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {

    /** So that a small corpus has many. */
    static final Block.Size SMALL_BLOCKS = new Block.Size(4000, 3, 20_000, 1000);

    private static final Recipe RECIPE =
            new Recipe(PairOptions.nextSentence(64, 0.1, 0.5), MaskOptions.standard(64), 2, Sentences.LINES, "en", 0.1, 3, 42);

    @TempDir
    private Path directory;

    private Path corpus;

    @BeforeEach
    void corpus() {
        corpus = Corpora.write(directory.resolve("corpus.txt"), 60, 25, 1);
    }

    @Test
    void bytesDoNotDependOnTheThreads() throws IOException {
        Map<String, String> one = prepare(RECIPE, "one", 1);
        assertTrue(one.size() > 10, one.keySet().toString());
        assertEquals(one, prepare(RECIPE, "two", 2));
        assertEquals(one, prepare(RECIPE, "seven", 7));
        Recipe seed = new Recipe(RECIPE.pairs(), RECIPE.masks(), 2, Sentences.LINES, "en", 0.1, 3, 43);
        assertNotEquals(one.get("/data-00000-of-00003.tfrecord"), prepare(seed, "other", 2).get("/data-00000-of-00003.tfrecord"));
    }

    /** One reading for two lengths gives what a reading for each would. */
    @Test
    void twoLengthsAreAsIfPreparedAlone() throws IOException {
        Recipe longer = RECIPE.withLength(128, 20);
        Map<String, String> alone = new TreeMap<>(prepare(RECIPE, "alone", 1));
        Map<String, String> aloneLonger = prepare(longer, "longer", 2);
        for (int threads : new int[] {1, 2, 7}) {
            String a = "a" + threads;
            String b = "b" + threads;
            List<Preparation.Output> outputs = List.of(new Preparation.Output(directory.resolve(a), RECIPE),
                    new Preparation.Output(directory.resolve(b), longer));
            Preparation both = new Preparation(List.of(corpus), new NumberTokenizer(), outputs,
                    new Effort(threads, Memory.parse("256m"), false, 0));
            assertFalse(both.run(Progress.SILENT, SMALL_BLOCKS).reused());
            assertEquals(alone, both(a), threads + " threads");
            assertEquals(aloneLonger, both(b), threads + " threads");
            Directories.delete(directory.resolve(b));
            Preparation.Result again = both.run(Progress.SILENT, SMALL_BLOCKS);
            assertEquals(List.of(true, false), again.made().stream().map(Preparation.Made::reused).toList());
            assertEquals(aloneLonger, both(b), "the missing one is made again");
        }
    }

    @Test
    void heldOutDocumentsAreInNeitherFileOfTheOther() throws IOException {
        prepare(RECIPE, "set", 2);
        Set<Integer> training = documents(directory.resolve("set"));
        Set<Integer> heldOut = documents(directory.resolve("set-held-out"));
        assertEquals(54, training.size());
        assertEquals(6, heldOut.size());
        training.retainAll(heldOut);
        assertEquals(Set.of(), training);
        for (int stratum = 0; stratum < 6; stratum++) {
            int s = stratum;
            assertEquals(1, heldOut.stream().filter(d -> d / 10 == s).count(), "one of each ten: " + heldOut);
        }
        try (DataSet data = DataSet.open(directory.resolve("set"));
                DataSet other = DataSet.open(directory.resolve("set-held-out"))) {
            assertEquals("held-out", other.manifest().orElseThrow().part());
            assertTrue(Arrays.equals(data.unigramCounts().orElseThrow(), other.unigramCounts().orElseThrow()));
        }
    }

    /** A document of more than 2 Mi characters comes in pieces, which all say the same numbers. */
    @Test
    void piecesOfOneDocumentStayTogether() throws IOException {
        String line = "7 8 9 ".repeat(1000) + "\n";
        String others = Files.readString(Corpora.write(directory.resolve("others.txt"), 60, 25, 1));
        Files.writeString(corpus, line.repeat((9 << 20) / line.length()) + "\n" + others.substring(others.indexOf("\n\n") + 2));
        prepare(new Recipe(RECIPE.pairs(), RECIPE.masks(), 1, Sentences.LINES, "en", 0.5, 3, 42), "set", 2);
        Set<Integer> training = documents(directory.resolve("set"));
        Set<Integer> heldOut = documents(directory.resolve("set-held-out"));
        assertEquals(60, training.size() + heldOut.size(), training + " and " + heldOut);
    }

    @Test
    void statisticsAreThoseOfTheRecords() throws IOException {
        prepare(RECIPE, "set", 2);
        try (DataSet data = DataSet.open(directory.resolve("set"))) {
            Manifest manifest = data.manifest().orElseThrow();
            Statistics statistics = manifest.statistics();
            assertEquals(data.size(), statistics.pairs().records());
            assertEquals(data.size(), manifest.records());
            assertEquals(54, statistics.corpus().documents());
            assertEquals(54 * 25, statistics.corpus().sentences());
            assertEquals(statistics.corpus().tokens(), Arrays.stream(data.unigramCounts().orElseThrow()).sum());
            long notNext = 0;
            long tokens = 0;
            long selected = 0;
            for (long r = 0; r < data.size(); r++) {
                Example example = data.example(r);
                notNext += example.nextSentenceLabel();
                tokens += example.length();
                selected += example.predictions();
            }
            assertEquals(statistics.pairs().labels().get("NotNext").count(), notNext);
            assertEquals(statistics.masks().selected(), selected);
            assertEquals(statistics.lengths().mean(), (double) tokens / data.size(), 1e-5);
            DataSetReport report = DataSetReport.of(data, Optional.of(new NumberTokenizer()), 2);
            assertEquals(statistics.pairs().labels(), report.labels());
            assertEquals(statistics.lengths().histogram(), report.histogram());
            assertEquals(statistics.masks().maskShare(), report.maskShare(), 0.001); // [MASK] drawn at random
            assertTrue(report.text().contains("[MASK]{"), report.text());
            assertTrue(report.json().contains("\"padding_share\""));
        }
    }

    /** Pairs in the records, told by their words: B of IsNext is of the same document, B of NotNext of another. */
    @Test
    void labelsAreTrue() throws IOException {
        prepare(RECIPE, "set", 2);
        try (DataSet data = DataSet.open(directory.resolve("set"))) {
            for (long r = 0; r < data.size(); r++) {
                Example example = data.example(r);
                int[] tokens = example.originalTokens();
                Set<Integer> a = new HashSet<>();
                Set<Integer> b = new HashSet<>();
                for (int p = 0; p < tokens.length; p++) {
                    (example.segmentIds()[p] == 0 ? a : b).add(Corpora.document(tokens[p]));
                }
                a.remove(-1);
                b.remove(-1);
                assertTrue(a.size() <= 1 && b.size() <= 1);
                if (!a.isEmpty() && !b.isEmpty()) {
                    assertEquals(example.nextSentenceLabel() == 0, a.equals(b));
                }
            }
        }
    }

    @Test
    void reusesWhatMatchesAndRefusesWhatDoesNot() throws IOException {
        Map<String, String> before = prepare(RECIPE, "set", 2);
        var modified = Files.getLastModifiedTime(directory.resolve("set/manifest.json"));
        Preparation.Result again = preparation(RECIPE, "set", 1).run(Progress.SILENT);
        assertTrue(again.reused());
        assertTrue(again.made().get(0).heldOut().isPresent());
        assertEquals(modified, Files.getLastModifiedTime(directory.resolve("set/manifest.json")));
        Recipe seed = new Recipe(RECIPE.pairs(), RECIPE.masks(), 2, Sentences.LINES, "en", 0.1, 3, 7);
        refused(preparation(seed, "set", 1), "recipe.seed is 42, asked for 7");
        Recipe length = new Recipe(PairOptions.nextSentence(128, 0.1, 0.5), RECIPE.masks(), 2, Sentences.LINES, "en", 0.1, 3, 42);
        refused(preparation(length, "set", 1), "recipe.pairs.max_seq_length is 64, asked for 128");
        refused(new Preparation(List.of(corpus), new NumberTokenizer("other"), RECIPE, directory.resolve("set"), 1, 0),
                "tokenizer.checksum is numbers, asked for other");
        refused(new Preparation(List.of(corpus, corpus), new NumberTokenizer(), RECIPE, directory.resolve("set"), 1, 0),
                "it was made from 1 input files, asked for 2");
        Corpora.write(corpus, 60, 25, 2);
        refused(preparation(RECIPE, "set", 1), "input " + corpus + " has other contents");
        assertEquals(before, both("set"));
    }

    @Test
    void theEncodingIsRecordedUnlessItIsUtf8() throws IOException {
        prepare(RECIPE, "set", 2);
        String manifest = Files.readString(directory.resolve("set/manifest.json"));
        assertFalse(manifest.contains("encoding"), "the manifests from before --encoding have no such key");
        assertEquals(StandardCharsets.UTF_8, Manifest.read(directory.resolve("set")).request().recipe().encoding());
        Recipe utf16 = new Recipe(
                RECIPE.pairs(), RECIPE.masks(), DocumentOptions.DEFAULT, 2, Sentences.LINES, "en", 0.1, 3, 42, Charset.forName("utf-16"));
        refused(preparation(utf16, "set", 1), "recipe.encoding is UTF-8, asked for UTF-16");

        Files.write(corpus, Files.readString(corpus).getBytes(StandardCharsets.UTF_16));
        prepare(utf16, "other", 2);
        assertTrue(Files.readString(directory.resolve("other/manifest.json")).contains("\"encoding\" : \"UTF-16\""));
        assertTrue(preparation(utf16, "other", 1).run(Progress.SILENT).reused());
        refused(preparation(RECIPE, "other", 1), "recipe.encoding is UTF-16, asked for UTF-8");
        assertEquals(contents("set").get("/data-00000-of-00003.tfrecord"), contents("other").get("/data-00000-of-00003.tfrecord"));
    }

    @Test
    void aMissingHeldOutSetIsMadeAgain() throws IOException {
        Map<String, String> before = prepare(RECIPE, "set", 2);
        Files.move(directory.resolve("set-held-out"), directory.resolve("elsewhere"));
        assertEquals(before, prepare(RECIPE, "set", 2));
    }

    @Test
    void leftoversOfAKilledProcessDoNotHinder() throws IOException {
        Corpora.write(directory.resolve(".set.partial/data-00000-of-00003.tfrecord"), "torn");
        Corpora.write(directory.resolve(".set.lock"), "1 2");
        prepare(RECIPE, "set", 2);
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(Set.of("corpus.txt", "set", "set-held-out"),
                    Set.copyOf(left.map(p -> p.getFileName().toString()).toList()));
        }
    }

    @Test
    void aSecondProcessGetsOneLine() throws IOException {
        DirectoryLock lock = DirectoryLock.ofOutput(directory.resolve("set"));
        try (lock) {
            refused(preparation(RECIPE, "set", 1), "is being prepared by another process (process "
                    + ProcessHandle.current().pid() + ")");
        }
        assertFalse(preparation(RECIPE, "set", 1).run(Progress.SILENT).reused());
    }

    @Test
    void outputsThatCannotBe() throws IOException {
        Corpora.write(directory.resolve("other/notes.txt"), "mine");
        refused(preparation(RECIPE, "other", 1), "exists and is not a data set");
        refused(preparation(RECIPE, "corpus.txt", 1), "exists and is not a data set");
        refused(preparation(RECIPE, "corpus.txt/set", 1), "cannot be written: exists already");
        assertEquals(Set.of("/notes.txt"), contents("other").keySet());
    }

    @Test
    void corporaThatAreTooSmall() throws IOException {
        tooSmall("\n \n\n", 0, "no text in the inputs");
        tooSmall("1 2\n3 4\n", 0, "next-sentence prediction needs another document");
        tooSmall("1 2\n\n3 4\n\n5\n", 0.5, "leaves the held-out set 1");
        tooSmall("1 2\n\nskip\n", 0, "fewer than two of its 2 documents have tokens");
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(2, left.count(), "nothing is left behind");
        }
    }

    private void tooSmall(String text, double heldOut, String message) {
        Path file = Corpora.write(directory.resolve("small.txt"), text);
        Recipe recipe = new Recipe(RECIPE.pairs(), RECIPE.masks(), 1, Sentences.AUTO, "en", heldOut, 1, 1);
        Failure failure = assertThrows(Failure.class, () -> new Preparation(
                List.of(file), new NumberTokenizer(), recipe, directory.resolve("small"), 2, 0).run(Progress.SILENT));
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertEquals(3, failure.exitCode());
    }

    private static void refused(Preparation preparation, String message) {
        Failure failure = assertThrows(Failure.class, () -> preparation.run(Progress.SILENT));
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertEquals(2, failure.exitCode());
    }

    private Preparation preparation(Recipe recipe, String name, int threads) {
        return new Preparation(List.of(corpus), new NumberTokenizer(), recipe, directory.resolve(name), threads, 0);
    }

    /** Prepares, and returns the checksums of all files of both sets. */
    private Map<String, String> prepare(Recipe recipe, String name, int threads) throws IOException {
        preparation(recipe, name, threads).run(Progress.SILENT, SMALL_BLOCKS);
        return both(name);
    }

    private Map<String, String> both(String name) throws IOException {
        Map<String, String> contents = contents(name);
        contents(name + "-held-out").forEach((file, bytes) -> contents.put("-held-out" + file, bytes));
        return contents;
    }

    private Map<String, String> contents(String name) throws IOException {
        return Contents.of(directory.resolve(name));
    }

    private static Set<Integer> documents(Path set) {
        Set<Integer> documents = new HashSet<>();
        try (DataSet data = DataSet.open(set)) {
            for (long r = 0; r < data.size(); r++) {
                Arrays.stream(data.example(r).originalTokens()).map(Corpora::document).forEach(documents::add);
            }
        }
        documents.remove(-1);
        return documents;
    }
}
