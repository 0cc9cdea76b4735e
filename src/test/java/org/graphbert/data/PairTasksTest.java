package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.RecordedProgress;
import org.graphbert.corpus.Sentences;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of the pair tasks: statistics, manifest, examples, summary, warning. */
class PairTasksTest {

    @TempDir
    private Path directory;

    private Path corpus;
    private final RecordedProgress said = new RecordedProgress();

    @BeforeEach
    void corpus() {
        corpus = Corpora.write(directory.resolve("corpus.txt"), 60, 25, 1);
    }

    @Test
    void nextSentence() {
        Preparation.Result result = prepare(PairOptions.nextSentence(64, 0.1, 0.5), MaskUnit.TOKEN);
        Statistics.Pairing pairs = result.manifest().statistics().pairs();
        assertEquals(PairTask.NSP, pairs.task());
        assertEquals(List.of("IsNext", "NotNext"), List.copyOf(pairs.labels().keySet()));
        assertEquals(pairs.records(), pairs.labels().values().stream().mapToLong(Statistics.Share::count).sum());
        assertTrue(pairs.forcedNotNext() > 0);
        assertEquals(Map.of(), result.manifest().statistics().masks().spans());
        assertFalse(new String(result.manifest().bytes()).contains("spans"));
        String summary = PreparationSummary.text(result, 1);
        assertTrue(summary.contains("  NotNext ") && summary.contains("% for want of a next sentence), padding "), summary);
        assertTrue(said.lines().stream().anyMatch(line -> line.matches("(?s)example 0: (IsNext|NotNext), .*")), said::toString);
        same(result);
    }

    @Test
    void negativesOfTheSameDocument() {
        PairOptions options = new PairOptions(64, 0.1, PairTask.NSP, 0.5, Negatives.SAME_DOCUMENT, false, false);
        Preparation.Result result = prepare(options, MaskUnit.TOKEN);
        try (DataSet data = DataSet.open(directory.resolve("set"))) {
            for (long r = 0; r < data.size(); r++) {
                int[] tokens = data.example(r).originalTokens();
                long documents = Arrays.stream(tokens).map(Corpora::document).filter(d -> d >= 0).distinct().count();
                assertTrue(documents <= 1, "of one document");
            }
        }
        assertEquals(0, result.manifest().statistics().pairs().fallbackNegatives());

        Corpora.write(corpus, "1 2\n3 4\n\n5 6\n7 8\n\n");
        Preparation.Result tooShort = prepare(new PairOptions(64, 0.1, PairTask.NSP, 0, Negatives.SAME_DOCUMENT, false, false),
                MaskUnit.TOKEN, "short");
        Statistics.Pairing pairs = tooShort.manifest().statistics().pairs();
        assertEquals(pairs.records(), pairs.fallbackNegatives());
        String summary = PreparationSummary.text(tooShort, 1);
        assertTrue(summary.contains("; 100.0% from another document, their own being too short), "), summary);
    }

    @Test
    void sentenceOrderWithSpans() {
        Preparation.Result result = prepare(PairOptions.of(PairTask.SOP, 64, 0.1), MaskUnit.SPAN);
        Statistics statistics = result.manifest().statistics();
        assertEquals(List.of("InOrder", "Swapped"), List.copyOf(statistics.pairs().labels().keySet()));
        assertEquals(0, statistics.pairs().forcedNotNext());
        assertEquals(List.of(1, 2, 3), List.copyOf(statistics.masks().spans().keySet()));
        assertEquals(1, statistics.masks().spans().values().stream().mapToDouble(Statistics.Share::share).sum(), 1e-5);
        assertEquals(0.59, statistics.masks().spans().get(1).share(), 0.04, "6/11, and the last ones that are shortened");
        String summary = PreparationSummary.text(result, 1);
        assertTrue(summary.contains("  swapped ") && summary.contains("% halves of one sentence), padding "), summary);
        assertTrue(summary.contains("% kept; spans by words 1: "), summary);
        assertTrue(said.lines().stream().anyMatch(line -> line.matches("(?s)example 0: (InOrder|Swapped), .*")), said::toString);
        same(result);
    }

    @Test
    void singleTexts() {
        Preparation.Result result = prepare(PairOptions.of(PairTask.NONE, 64, 0.1), MaskUnit.WHOLE_WORD);
        Statistics statistics = result.manifest().statistics();
        assertEquals(Map.of(), statistics.pairs().labels());
        assertEquals(statistics.corpus().tokens() + 2 * statistics.pairs().records(),
                Math.round(statistics.lengths().mean() * statistics.pairs().records()), "every token once");
        String summary = PreparationSummary.text(result, 1);
        assertTrue(summary.contains("\n  padding "), summary);
        assertTrue(said.lines().stream().anyMatch(line -> line.matches("(?s)example 0: \\d+ tokens, .*")), said::toString);
        same(result);
    }

    /** In many blocks and units, each with a generator of its own. */
    @Test
    void bytesDoNotDependOnTheThreads() {
        List<PairOptions> all = List.of(
                new PairOptions(64, 0.1, PairTask.NSP, 0.5, Negatives.SAME_DOCUMENT, true, false),
                PairOptions.of(PairTask.SOP, 64, 0.1),
                new PairOptions(64, 0.1, PairTask.NONE, 0.5, Negatives.RANDOM, false, true));
        for (PairOptions pairs : all) {
            Recipe recipe = recipe(pairs, MaskUnit.SPAN);
            Manifest one = preparation(recipe, pairs.task() + "-1", 1).run(Progress.SILENT, PreparationTest.SMALL_BLOCKS).manifest();
            Manifest three = preparation(recipe, pairs.task() + "-3", 3).run(Progress.SILENT, PreparationTest.SMALL_BLOCKS).manifest();
            assertEquals(one, three);
        }
    }

    /** No other document is drawn from. */
    @Test
    void oneDocumentIsEnoughWithoutRandomSentences() {
        Corpora.write(corpus, "1 2 3\n4 5 6 7\n8 9\n");
        assertEquals(1, prepare(PairOptions.of(PairTask.SOP, 64, 0), MaskUnit.TOKEN, "sop").manifest().records());
        assertEquals(1, prepare(PairOptions.of(PairTask.NONE, 64, 0), MaskUnit.TOKEN, "none").manifest().records());
        Failure failure = assertThrows(Failure.class, () -> prepare(PairOptions.of(PairTask.NSP, 64, 0), MaskUnit.TOKEN, "nsp"));
        assertTrue(failure.getMessage().endsWith("between documents, or take --pairs sop or none"), failure.getMessage());
    }

    /** A sentence of one token cannot be cut in two; with nothing else there is no record. */
    @Test
    void whatNoPairCanBeMadeOf() {
        Corpora.write(corpus, "1 2 3\n4 5\n\n6\n\n7\n");
        Preparation.Result result = prepare(PairOptions.of(PairTask.SOP, 64, 0), MaskUnit.TOKEN, "some");
        assertEquals(2, result.manifest().statistics().pairs().passedOverSentences());
        Corpora.write(corpus, "6\n\n7\n");
        Failure failure = assertThrows(Failure.class, () -> prepare(PairOptions.of(PairTask.SOP, 64, 0), MaskUnit.TOKEN, "no"));
        assertEquals("the training set has no records: none of its 2 documents has a sentence of two tokens or a second sentence",
                failure.getMessage());
        Corpora.write(corpus, "skip\n\nskip\n");
        failure = assertThrows(Failure.class, () -> prepare(PairOptions.of(PairTask.NONE, 64, 0), MaskUnit.TOKEN, "no"));
        assertEquals("the training set has no records: none of its 2 documents has tokens", failure.getMessage());
    }

    /** Documents of one sentence but for one in ten: even with all that follows, IsNext stays rare. */
    @Test
    void aShareThatCannotBeReachedIsToldWithItsCause() {
        StringBuilder text = new StringBuilder();
        for (int d = 0; d < 100; d++) {
            text.append("1 2 3 4\n").append(d % 10 == 0 ? "5 6 7 8\n\n" : "\n");
        }
        Corpora.write(corpus, text.toString());
        PairOptions options = new PairOptions(64, 0, PairTask.NSP, 0.5, Negatives.RANDOM, true, false);
        for (int i = 0; i < 2; i++) {
            said.clear();
            assertEquals(i == 1, prepare(options, MaskUnit.TOKEN).reused());
            assertEquals(1, said.lines().stream().filter(line -> line.startsWith("warning: --balance: IsNext is ")
                    && line.contains("% of the records, expected 50.0%: 9")
                    && line.contains("% are a single sentence and nothing follows it; split the text")).count(), said::toString);
        }
        said.clear();
        prepare(new PairOptions(64, 0, PairTask.NSP, 0.05, Negatives.RANDOM, true, false), MaskUnit.TOKEN, "modest");
        assertFalse(said.lines().stream().anyMatch(line -> line.startsWith("warning")), said::toString);
    }

    @Test
    void examplesNameTheLabel() {
        Example example = new Example(new int[] {2, 7, 3, 4, 3}, new int[] {1, 1, 1, 1, 1}, new int[] {0, 0, 0, 1, 1},
                new int[] {3}, new int[] {9}, new float[] {1}, 1);
        String text = ", 5 tokens, 1 predictions" + System.lineSeparator() + "    2 7 3 4{9} 3";
        assertEquals("NotNext" + text, ReadableExample.of(example, Integer::toString));
        assertEquals("NotNext" + text, ReadableExample.of(example, Integer::toString, PairTask.NSP));
        assertEquals("Swapped" + text, ReadableExample.of(example, Integer::toString, PairTask.SOP));
        assertEquals(text.substring(2), ReadableExample.of(example, Integer::toString, PairTask.NONE));
    }

    /** The manifest says the same when read again. */
    private void same(Preparation.Result result) {
        assertEquals(result.manifest(), Manifest.read(result.made().get(0).directory()));
    }

    private Preparation.Result prepare(PairOptions pairs, MaskUnit unit) {
        return prepare(pairs, unit, "set");
    }

    private Preparation.Result prepare(PairOptions pairs, MaskUnit unit, String name) {
        return preparation(recipe(pairs, unit), name, 2).run(said);
    }

    private static Recipe recipe(PairOptions pairs, MaskUnit unit) {
        return new Recipe(pairs, MaskOptions.of(0.15, 10, unit), 1, Sentences.LINES, "en", 0, 1, 42);
    }

    private Preparation preparation(Recipe recipe, String name, int threads) {
        return new Preparation(List.of(corpus), new NumberTokenizer(), recipe, directory.resolve(name), threads, 1);
    }
}
