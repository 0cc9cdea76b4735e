package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class TokenizeBenchTest {

    private final Tokenizer tokenizer =
            WordPieceTokenizer.of(WordPieceTokenizerTest.ENTRIES, WordPieceOptions.uncased());

    @Test
    void figuresAgreeWithEachOther() {
        List<String> lines = Collections.nCopies(20_000, "unaffable \u00E9"); // un ##aff ##able e
        TokenizeBench.Figures figures = TokenizeBench.run(tokenizer, lines, 2, 2);
        assertEquals(20_000, figures.lines());
        assertEquals(240_000, figures.bytes());
        assertEquals(80_000, figures.tokens());
        assertEquals(11.0 / 4, figures.charactersPerToken());
        assertTrue(figures.megabytesPerSecond() > 0);
        assertEquals(3, figures.megabytesPerSecond() * 1e6 / figures.tokensPerSecond(), 1e-6, "bytes a token");
        assertEquals(figures.speedup(), figures.parallelTokensPerSecond() / figures.tokensPerSecond(), 1e-6);
    }

    @Test
    void whatCannotBeMeasured() {
        assertEquals(3, assertThrows(Failure.class, () -> TokenizeBench.run(tokenizer, List.of(), 1, 1)).exitCode());
        assertEquals(3, assertThrows(Failure.class, () -> TokenizeBench.run(tokenizer, List.of("", " "), 1, 1)).exitCode());
        assertEquals(2, assertThrows(Failure.class, () -> TokenizeBench.run(tokenizer, List.of("a"), 0, 1)).exitCode());
        assertEquals(2, assertThrows(Failure.class, () -> TokenizeBench.run(tokenizer, List.of("a"), 1, 0)).exitCode());
    }
}
