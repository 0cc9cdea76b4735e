package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class TextColumnsTest {

    @Test
    void twoColumns() {
        TextColumns lines = TextColumns.of(null, 2);
        assertNull(lines.read(""));
        assertEquals(List.of("a b", "c"), lines.read("a b\tc"));
        assertEquals(List.of("{a", ""), lines.read("{a\t"));
        refused("found 3 columns, expected 2 separated by tabs", () -> lines.read("a\tb\tc"));
        refused("found 1 column, expected 2 separated by tabs", () -> lines.read("a b"));
    }

    @Test
    void namedColumns() {
        TextColumns lines = TextColumns.of(List.of("hypothesis", "premise"), 2);
        assertNull(lines.read("label\tpremise\thypothesis"));
        assertEquals(List.of("c", "b"), lines.read("a\tb\tc"));
        assertNull(lines.read("label\tpremise\thypothesis"), "the header of a further file");
        refused("found 2 columns, expected 3 separated by tabs", () -> lines.read("a\tb"));
        refused("found the columns x, y, expected a header with one", () -> TextColumns.of(List.of("one", "two"), 2).read("x\ty"));
        refused("--columns has 1 name, expected two", () -> TextColumns.of(List.of("one"), 2));
    }

    @Test
    void jsonLines() {
        TextColumns lines = TextColumns.of(null, 2);
        assertEquals(List.of("a", "b"), lines.read(" {\"second\": \"b\", \"x\": 1, \"first\": \"a\"}"));
        refused("found no text under \"second\"; name the keys with --columns", () -> lines.read("{\"first\": \"a\", \"second\": 3}"));
        refused("not JSON: ", () -> lines.read("a\tb"));
        assertEquals(List.of("a", "b"), TextColumns.of(List.of("p", "h"), 2).read("{\"p\": \"a\", \"h\": \"b\"}"));
    }

    @Test
    void typedByAPerson() {
        assertEquals(List.of("a", "b"), TextColumns.of(null, 2).typed("a ||| b"));
        assertEquals(List.of("a", "b"), TextColumns.of(null, 2).typed("a\tb"));
        assertNull(TextColumns.of(null, 2).typed(" "));
        refused("found 1 sentence, expected two with ||| between them", () -> TextColumns.of(null, 2).typed("a b"));
    }

    @Test
    void aTextALine() {
        TextColumns plain = TextColumns.of(null, 1);
        assertTrue(plain.plain());
        assertEquals(List.of("{\"a\": 1}\tb"), plain.read("{\"a\": 1}\tb"));
        assertNull(plain.read(" "));
        assertEquals(List.of("a ||| b"), plain.typed("a ||| b"));
        assertEquals(List.of(List.of("a"), List.of("b")), plain.grouped(List.of("a", "b")));
        TextColumns named = TextColumns.of(List.of("text"), 1);
        assertNull(named.read("label\ttext"));
        assertEquals(List.of("b"), named.read("a\tb"));
        assertEquals(List.of("c"), TextColumns.of(List.of("text"), 1).read("{\"text\": \"c\"}"));
        refused("found no text under \"text\"; name the key with --columns", () -> TextColumns.of(List.of("text"), 1).read("{}"));
        refused("--columns has 2 names, expected one, such as text", () -> TextColumns.of(List.of("a", "b"), 1));
        refused("3 texts, expected pairs", () -> TextColumns.of(null, 2).grouped(List.of("a", "b", "c")));
    }

    private static void refused(String message, Runnable read) {
        String found = assertThrows(Failure.class, read::run).getMessage();
        assertEquals(message, found.substring(0, Math.min(message.length(), found.length())));
    }
}
