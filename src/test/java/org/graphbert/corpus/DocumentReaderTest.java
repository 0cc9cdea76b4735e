package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.text.SentenceSplitter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DocumentReaderTest {

    @TempDir
    private Path directory;

    @Test
    void blankLinesAndFileEndsSeparateDocuments() throws IOException {
        Path first = file("a.txt", "\n\n one \ntwo\n \t \n\u3000\nthree\n\n");
        Path empty = file("b.txt", "");
        Path second = Files.write(directory.resolve("c.gz"), Pack.GZIP.pack("four\r\n\r\nfive".getBytes(StandardCharsets.UTF_8)));
        assertEquals(
                List.of(
                        new Document(first.toString(), 1, List.of("one", "two")),
                        new Document(first.toString(), 2, List.of("three")),
                        new Document(second.toString(), 1, List.of("four")),
                        new Document(second.toString(), 2, List.of("five"))),
                read(List.of(first, empty, second)));
    }

    @Test
    void bytesReadEndAtTheSizeOfTheFiles() throws IOException {
        List<Path> files = List.of(file("a.txt", "one\n\ntwo\n"), file("b.txt", "three"));
        try (DocumentReader reader = new DocumentReader(files, DocumentOptions.DEFAULT, StandardCharsets.UTF_8)) {
            while (reader.next() != null) {
                // to the end
            }
            assertEquals(14, reader.bytesRead());
        }
    }

    @Test
    void autoTellsSentencesFromParagraphs() throws IOException {
        SentenceSplitter splitter = SentenceSplitter.forLanguage("en");
        Path lines = file("lines.txt", "One sentence here.\nAnother one.\nMr. Smith came.\n\nThe end of it.\n");
        Path paragraphs = file("paragraphs.txt", "One here. Two here. Three here.\n\n\"Why?\" He left. It rained.\n");
        assertEquals(Sentences.LINES, auto(splitter, lines));
        assertEquals(Sentences.SPLIT, auto(splitter, paragraphs));
        assertEquals(Sentences.LINES, Sentences.LINES.resolve(List.of(paragraphs), DocumentOptions.DEFAULT, StandardCharsets.UTF_8, splitter));
        Document document = new Document("x", 1, List.of("One. Two.", "Three."));
        assertEquals(List.of("One.", "Two.", "Three."), Sentences.SPLIT.of(document, splitter));
        assertEquals(document.lines(), Sentences.LINES.of(document, splitter));
    }

    @Test
    void autoLooksAtSeveralFiles() throws IOException {
        SentenceSplitter splitter = SentenceSplitter.forLanguage("en");
        Path lines = file("a.txt", "One sentence here.\n".repeat(5000));
        Path paragraphs = file("b.txt", "One here. Two here. Three here.\n".repeat(60));
        Path few = file("c.txt", "One here. Two here. Three here.\n".repeat(10));
        assertEquals(Sentences.SPLIT, auto(splitter, lines, paragraphs), "however long the file before it");
        assertEquals(Sentences.LINES, auto(splitter, lines, few), "ten lines say little");
        assertEquals(Sentences.SPLIT, auto(splitter, few), "but alone they count");
    }

    private static Sentences auto(SentenceSplitter splitter, Path... files) {
        return Sentences.AUTO.resolve(List.of(files), DocumentOptions.DEFAULT, StandardCharsets.UTF_8, splitter);
    }

    @Test
    void inputFiles() throws IOException {
        Files.createDirectories(directory.resolve("deep/er"));
        Path b = file("b.txt", "b");
        Path a = file("a.txt", "a");
        Path odd = file("odd[1].txt", "o");
        Path deep = file("deep/er/c.txt", "c");
        String root = directory.toString();
        assertEquals(List.of(a, b, odd), InputFiles.expand(List.of(root + "/*.txt", b.toString())));
        assertEquals(List.of(deep), InputFiles.expand(List.of(root + "/**/c.txt")));
        assertEquals(List.of(deep), InputFiles.expand(List.of(root + "/deep/*/c.txt")));
        assertEquals(List.of(odd), InputFiles.expand(List.of(odd.toString())));
        assertEquals(List.of(a, b), InputFiles.expand(List.of(b.toString(), root + "/./a.txt", root + "/[ab].txt")).stream()
                .map(Path::normalize).toList());
        for (String none : List.of(root + "/*.csv", root + "/none.txt", root + "/nowhere/*.txt", root)) {
            Failure failure = assertThrows(Failure.class, () -> InputFiles.expand(List.of(a.toString(), none)));
            assertEquals(none, failure.getMessage().substring(0, none.length()));
            assertEquals(3, failure.exitCode());
        }
    }

    @Test
    void aLongDocumentComesInPieces() throws IOException {
        String line = "x".repeat(999_999);
        Path file = file("long.txt", "short\n\n" + (line + "\n").repeat(9) + "\nend\n");
        try (DocumentReader reader = new DocumentReader(List.of(file), DocumentOptions.DEFAULT, StandardCharsets.UTF_8)) {
            assertEquals(List.of("short"), reader.next().lines());
            for (int lines : new int[] {2, 2, 2, 2, 1}) {
                Document piece = reader.next();
                assertEquals(2, piece.number());
                assertEquals(Collections.nCopies(lines, line), piece.lines());
            }
            assertEquals(new Document(file.toString(), 3, List.of("end")), reader.next());
            assertNull(reader.next());
            assertEquals(new DocumentCounts(0, 0, 0, 1, 0, 0), reader.counts());
            assertEquals("1 documents cut into pieces of at most 2,097,152 characters", reader.counts().describe());
        }
    }

    /** Words end at white space; without any, at a character's end. What was between two pieces of a line is lost. */
    @Test
    void aLongLineIsCutAtWhiteSpace() throws IOException {
        String words = "nine char ".repeat(200_000).strip();
        String solid = "\u6F22\uD840\uDC00".repeat(300_000);
        Path file = file("line.txt", words + "\n\n" + solid);
        try (DocumentReader reader = new DocumentReader(List.of(file), DocumentOptions.DEFAULT, StandardCharsets.UTF_8)) {
            Document first = reader.next();
            assertEquals(2, first.lines().size());
            assertEquals(words, String.join(" ", first.lines()));
            Document second = reader.next();
            assertEquals(solid, String.join("", second.lines()));
            assertTrue(second.lines().size() > 1 && second.lines().size() < 5);
            assertNull(reader.next());
            assertEquals(1 + second.lines().size() - 1, reader.counts().cutLines());
            assertEquals("3 cuts in lines of more than 1,048,576 bytes", reader.counts().describe());
        }
    }

    @Test
    void duplicatesAreDropped() throws IOException {
        Path file = file("a.txt", "The cat sat.\nOn the mat\n\nthe cat \u201CSAT\u201D: on\tthe Mat!\n\nThe cat sat on the mat 2\n\n"
                + "Caf\u00E9 \uFF21\n\ncafe\u0301 a\n\ncafe a\n\n...\n\n!!\n\n...\n\nC++\n\nC\n");
        DocumentOptions options = new DocumentOptions(null, true, 0);
        try (DocumentReader reader = new DocumentReader(List.of(file, file), options, StandardCharsets.UTF_8)) {
            List<Long> kept = new ArrayList<>();
            for (Document d = reader.next(); d != null; d = reader.next()) {
                kept.add(d.number());
            }
            assertEquals(List.of(1L, 3L, 4L, 6L, 7L, 8L, 10L, 11L), kept);
            assertEquals(3 + 11, reader.counts().duplicates());
            assertEquals(65_536, reader.memory());
            assertEquals("left out: 14 duplicates (0.1 MiB to tell them)", reader.counts().describe());
        }
    }

    @Test
    void manyFingerprints() {
        Fingerprints prints = new Fingerprints();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 100_000; i++) {
                assertEquals(round == 0, prints.add(Fingerprints.of(List.of("document " + i))), "document " + i);
            }
        }
        assertEquals(16L << 18, prints.memory()); // 131,072 places are too few
    }

    @Test
    void shortDocumentsAreDropped() throws IOException {
        Path file = file("a.txt", "12345\n\n123\n45\n\n1234\n");
        assertEquals(List.of(1L, 2L), read(List.of(file), new DocumentOptions(null, false, 5)).stream().map(Document::number).toList());
    }

    @ParameterizedTest
    @EnumSource(Pack.class)
    void jsonLines(Pack pack) throws IOException {
        String json = "{\"id\": 1, \"text\": \" One.\\r\\n\\n Two. \\n\", \"meta\": {\"text\": [1, {}]}}\n\n"
                + "{\"text\": \" \\n\"}\n{\"text\": \"Dr\\u00e4i \\ud83d\\ude00\"}";
        Path file = Files.write(directory.resolve("a.jsonl"), pack.pack(json.getBytes(StandardCharsets.UTF_8)));
        try (DocumentReader reader = new DocumentReader(List.of(file), new DocumentOptions("text", false, 0), StandardCharsets.UTF_8)) {
            assertEquals(List.of("One.", "Two."), reader.next().lines());
            assertEquals(new Document(file.toString(), 2, List.of("Dr\u00E4i \uD83D\uDE00")), reader.next());
            assertNull(reader.next());
            assertEquals("left out: 1 without text", reader.counts().describe());
            assertEquals(Files.size(file), reader.bytesRead());
        }
    }

    @Test
    void longJsonLines() throws IOException {
        String words = "nine char ".repeat(700_000).strip();
        Path file = file("a.jsonl", "{\"text\": \"" + words + "\"}\n");
        List<Document> pieces = read(List.of(file), new DocumentOptions("text", false, 0));
        assertEquals(4, pieces.size());
        assertEquals(words, pieces.stream().flatMap(d -> d.lines().stream()).collect(Collectors.joining(" ")));
    }

    @Test
    void jsonLinesThatAreNone() throws IOException {
        assertJson("{\"id\": 1, \"txet\": \"x\"}", ": no field 'text', found id, txet; did you mean --text-field txet?");
        assertJson("{\"identifier\": 1, \"contents\": \"x\"}",
                ": no field 'text', found identifier, contents; name the one that holds the text with --text-field");
        assertJson("{}", ": the object has no fields, expected the text in 'text'");
        assertJson("{\"text\": 12}", ": the field 'text' is a number, expected a string with the text; --text-field names another");
        assertJson("{\"text\": null}", ": the field 'text' is null, expected a string with the text; --text-field names another");
        assertJson("[\"text\"]", ": found an array, expected a JSON object a line");
        assertJson("{\"text\": \"a\"} {\"text\": \"b\"}", ": more follows the object, expected one JSON object a line");
        assertJson("A text.", ", column 1: not JSON (A text.: Unrecognized token 'A': was expecting (JSON String, Number, Array, Object or token"
                + " 'null', 'true' or 'false')), expected an object a line");
        assertJson("{\"text\": \"cut", ", column 14: not JSON ({\"text\": \"cut: Unexpected end-of-input: was expecting closing quote for a string value), expected an object a line;"
                + " an object must stand on one line");
        assertJson("{\"text\": \"one\",", ", column 16: not JSON ({\"text\": \"one\",: Unexpected end-of-input within/between Object entries),"
                + " expected an object a line; an object must stand on one line");
        assertJson("{", ", column 2: not JSON ({: Unexpected end-of-input: expected close marker for Object), expected an object a line;"
                + " an object must stand on one line");
        String nested = "{\"a\": " + "[".repeat(1_200);
        assertJson(nested, ": not JSON (" + nested.substring(0, 40) + "...: nested deeper than 1,000), expected an object a line");
        String number = "{\"a\": " + "1".repeat(1_200) + "}";
        assertJson(number, ": not JSON (" + number.substring(0, 40) + "...: Number value length (1200) exceeds the maximum"
                + " allowed (1000)), expected an object a line");
        assertJson("<mediawiki>", ", column 1: not JSON (<mediawiki>: Unexpected character ('<' (code 60)): expected a valid value (JSON String,"
                + " Number, Array, Object or token 'null', 'true' or 'false')), expected an object a line; if it is a Wikipedia dump,"
                + " make text of it with graphbert corpus, without --text-field");
    }

    @Test
    void whatIsNoTextIsRefused() throws IOException {
        Path json = file("a.txt", "\n {\"id\": 7, \"meta\": {\"a\": 1}, \"content\": \"x\", \"text_2\": \"" + "y".repeat(2_000_000));
        assertEquals(json + ": looks like JSON lines (the first has the fields id, meta, content, text_2), expected text; name the field"
                + " that holds the text, such as --text-field content", failure(json, DocumentOptions.DEFAULT));
        Path xml = file("b.txt", "<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.10/\">\n");
        assertEquals(xml + ": looks like XML (<mediawiki xmlns=\"http://www.mediawiki.o...), expected text; if it is a Wikipedia dump, make"
                + " text of it first: graphbert corpus --input " + xml + " --output FILE", failure(xml, DocumentOptions.DEFAULT));
        for (String text : List.of("{curly} words", "[1] a note", "{", "{}", "<b> is a tag", "{ \"a\" is a set }")) {
            assertEquals(List.of(text), read(List.of(file("c.txt", text + "\n"))).get(0).lines());
        }
        for (String begin : List.of("<!-- dump -->", "<!DOCTYPE html>", "<!doctype html>", "<?XML version='1.0'?>")) {
            Path file = file("d.txt", "\n" + begin + "\n<mediawiki>\n");
            assertEquals(file + ": looks like XML (" + begin + "), expected text; if it is a Wikipedia dump, make text of it first:"
                    + " graphbert corpus --input " + file + " --output FILE", failure(file, DocumentOptions.DEFAULT));
        }
    }

    private void assertJson(String line, String message) throws IOException {
        Path file = file("a.jsonl", "{\"text\": \"good\"}\n" + line + "\n");
        assertEquals(file + ", line 2" + message, failure(file, new DocumentOptions("text", false, 0)));
    }

    private static String failure(Path file, DocumentOptions options) {
        Failure failure = assertThrows(Failure.class, () -> read(List.of(file), options));
        assertEquals(3, failure.exitCode());
        return failure.getMessage();
    }

    private static List<Document> read(List<Path> files) {
        return read(files, DocumentOptions.DEFAULT);
    }

    private static List<Document> read(List<Path> files, DocumentOptions options) {
        List<Document> documents = new ArrayList<>();
        try (DocumentReader reader = new DocumentReader(files, options, StandardCharsets.UTF_8)) {
            for (Document d = reader.next(); d != null; d = reader.next()) {
                documents.add(d);
            }
        }
        return documents;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
