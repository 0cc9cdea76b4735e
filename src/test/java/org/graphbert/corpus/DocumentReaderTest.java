package org.graphbert.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.text.SentenceSplitter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertEquals(Sentences.LINES, Sentences.AUTO.resolve(List.of(lines), DocumentOptions.DEFAULT, StandardCharsets.UTF_8, splitter));
        assertEquals(Sentences.SPLIT, Sentences.AUTO.resolve(List.of(paragraphs), DocumentOptions.DEFAULT, StandardCharsets.UTF_8, splitter));
        assertEquals(Sentences.LINES, Sentences.LINES.resolve(List.of(paragraphs), DocumentOptions.DEFAULT, StandardCharsets.UTF_8, splitter));
        Document document = new Document("x", 1, List.of("One. Two.", "Three."));
        assertEquals(List.of("One.", "Two.", "Three."), Sentences.SPLIT.of(document, splitter));
        assertEquals(document.lines(), Sentences.LINES.of(document, splitter));
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

    private static List<Document> read(List<Path> files) {
        List<Document> documents = new ArrayList<>();
        try (DocumentReader reader = new DocumentReader(files, DocumentOptions.DEFAULT, StandardCharsets.UTF_8)) {
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
