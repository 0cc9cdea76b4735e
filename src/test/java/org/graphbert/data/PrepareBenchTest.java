package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareBenchTest {

    @TempDir
    Path directory;

    @Test
    void figuresAgreeWithEachOther() {
        Path text = Corpora.write(directory.resolve("text.txt"), 20, 50, 1);
        PrepareBench.Figures figures = PrepareBench.run(List.of(text), new NumberTokenizer(), Recipe.DEFAULT, 2, 2);
        assertEquals(20, figures.documents());
        assertEquals(2, figures.threads());
        assertEquals(2, figures.rounds());
        assertTrue(figures.records() > 20 && figures.tokens() > 20 * 50 * 3);
        assertEquals(figures.bytes() / 1e6 / figures.seconds(), figures.megabytesPerSecond(), 1e-9);
        assertEquals(figures.megabytesPerSecond() / 2, figures.megabytesPerSecondAndThread(), 1e-9);
        assertEquals(figures.tokens() / figures.seconds(), figures.tokensPerSecond(), 1e-6);
        assertEquals(figures.records() / figures.seconds(), figures.recordsPerSecond(), 1e-6);
        assertTrue(figures.peakHeapBytes() > 1_000_000);
        assertTrue(figures.stages().reading() > 0 && figures.stages().tokenizing() > 0);
    }

    @Test
    void whatCannotBeMeasured() {
        Path one = Corpora.write(directory.resolve("one.txt"), "1 2 3\n");
        Failure failure = assertThrows(Failure.class,
                () -> PrepareBench.run(List.of(one), new NumberTokenizer(), Recipe.DEFAULT, 1, 1));
        assertEquals(3, failure.exitCode());
        assertEquals(2, assertThrows(Failure.class,
                () -> PrepareBench.run(List.of(one), new NumberTokenizer(), Recipe.DEFAULT, 1, 0)).exitCode());
        assertEquals(2, assertThrows(Failure.class,
                () -> PrepareBench.run(List.of(one), new NumberTokenizer(), Recipe.DEFAULT, 0, 1)).exitCode());
    }
}
