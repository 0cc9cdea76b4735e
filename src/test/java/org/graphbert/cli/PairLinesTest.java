package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class PairLinesTest {

    @Test
    void twoColumns() {
        PairLines lines = new PairLines(null);
        assertNull(lines.read(""));
        assertArrayEquals(new String[] {"a b", "c"}, lines.read("a b\tc"));
        assertArrayEquals(new String[] {"{a", ""}, lines.read("{a\t"));
        refused("found 3 columns, expected 2 separated by tabs", () -> lines.read("a\tb\tc"));
        refused("found 1 column, expected 2 separated by tabs", () -> lines.read("a b"));
    }

    @Test
    void namedColumns() {
        PairLines lines = new PairLines(List.of("hypothesis", "premise"));
        assertNull(lines.read("label\tpremise\thypothesis"));
        assertArrayEquals(new String[] {"c", "b"}, lines.read("a\tb\tc"));
        assertNull(lines.read("label\tpremise\thypothesis"), "the header of a further file");
        refused("found 2 columns, expected 3 separated by tabs", () -> lines.read("a\tb"));
        refused("found the columns x, y, expected a header with one", () -> new PairLines(List.of("one", "two")).read("x\ty"));
        refused("--columns has 1 names, expected two", () -> new PairLines(List.of("one")));
    }

    @Test
    void jsonLines() {
        PairLines lines = new PairLines(null);
        assertArrayEquals(new String[] {"a", "b"}, lines.read(" {\"second\": \"b\", \"x\": 1, \"first\": \"a\"}"));
        refused("found no text under \"second\"; name the two keys with --columns", () -> lines.read("{\"first\": \"a\", \"second\": 3}"));
        refused("not JSON: ", () -> lines.read("a\tb"));
        assertArrayEquals(new String[] {"a", "b"}, new PairLines(List.of("p", "h")).read("{\"p\": \"a\", \"h\": \"b\"}"));
    }

    @Test
    void typedByAPerson() {
        assertArrayEquals(new String[] {"a", "b"}, PairLines.typed("a ||| b"));
        assertArrayEquals(new String[] {"a", "b"}, PairLines.typed("a\tb"));
        assertNull(PairLines.typed(" "));
        refused("found 1 sentence, expected two with ||| between them", () -> PairLines.typed("a b"));
    }

    private static void refused(String message, Runnable read) {
        String found = assertThrows(Failure.class, read::run).getMessage();
        assertEquals(message, found.substring(0, Math.min(message.length(), found.length())));
    }
}
