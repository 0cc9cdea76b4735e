package org.graphbert.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** wiki/dump.xml has every construct of wikitext in it, wiki/dump.txt what a reader of it should see. */
class CorpusFileTest {

    private static final DocumentOptions DEDUPLICATED = new DocumentOptions(null, true, 0);

    @TempDir
    private Path directory;

    @Test
    void aDumpBecomesProse() throws IOException {
        Path output = directory.resolve("new/corpus.txt");
        CorpusCounts counts = make(output, DEDUPLICATED, 2, file("dump.xml", dump()));
        List<String> expected = new String(resource("dump.txt"), UTF_8).lines().toList();
        List<String> lines = Files.readAllLines(output);
        for (int i = 0; i < Math.min(expected.size(), lines.size()); i++) {
            assertEquals(expected.get(i), lines.get(i), "line " + (i + 1));
        }
        assertArrayEquals(resource("dump.txt"), Files.readAllBytes(output));
        assertEquals(new CorpusCounts(3, 2129, 2, 2, 4, 1, new DocumentCounts(1, 0, 0, 0, 0, 65_536)), counts);
        assertEquals("""
                out.txt: 3 documents, 2,129 characters
                  pages left out: 2 redirects, 2 disambiguations, 4 of other namespaces, 1 without prose
                  left out: 1 duplicates (0.1 MiB to tell them)
                5.0 MB of input in 2.0 s: 2.5 MB a second
                """, counts.describe("out.txt", 5_000_000, 2));
        try (Stream<Path> files = Files.list(output.getParent())) {
            assertEquals(List.of(output), files.toList());
        }
    }

    @ParameterizedTest
    @EnumSource(Pack.class)
    void howItIsPackedMakesNoDifference(Pack pack) throws IOException {
        Path output = directory.resolve("corpus.txt");
        make(output, DEDUPLICATED, 2, file("dump", pack.pack(dump())));
        assertArrayEquals(resource("dump.txt"), Files.readAllBytes(output));
    }

    @Test
    void theNumberOfThreadsMakesNoDifference() throws IOException {
        String dump = new String(dump(), UTF_8);
        int first = dump.indexOf("  <page>");
        int last = dump.indexOf("</mediawiki>");
        StringBuilder many = new StringBuilder(dump.substring(0, first));
        for (int i = 0; i < 150; i++) {
            many.append(dump, first, last).append(String.format("<page><title>%d</title><ns>0</ns><revision><text>Old.</text></revision>"
                    + "<revision><text>Number ''%d''. %s</text></revision></page>%n", i, i, "[[More]] &amp;lt; ".repeat(i)));
        }
        Path input = file("dump.xml.bz2", Pack.BZIP2.pack(many.append("</mediawiki>").toString().getBytes(UTF_8)));
        byte[] expected = null;
        for (int threads : new int[] {1, 2, 7}) {
            Path output = directory.resolve("corpus-" + threads + ".txt");
            assertEquals(3 + 150, make(output, DEDUPLICATED, threads, input).documents());
            byte[] bytes = Files.readAllBytes(output);
            expected = expected == null ? bytes : expected;
            assertArrayEquals(expected, bytes);
        }
        assertTrue(new String(expected, UTF_8).contains("\n\nNumber 7. More < More"));
    }

    @Test
    void severalInputsOfSeveralKinds() throws IOException {
        Path json = file("a.jsonl", "{\"text\": \"One.\\nTwo.\"}\n{\"text\": \"\"}\n{\"text\": \"x\"}\n".getBytes(UTF_8));
        Path dump = file("b.xml", dump("<page><title>T</title><revision><text>'''Three''' words.</text></revision></page>"));
        Path again = file("c.jsonl", "{\"text\": \"one \\u2013 two\"}\n".getBytes(UTF_8));
        Path output = directory.resolve("corpus.txt.gz");
        CorpusCounts counts = make(output, new DocumentOptions("text", true, 4), 2, json, dump, again);
        assertEquals(List.of("One.", "Two.", "", "Three words."), lines(output));
        assertEquals(new DocumentCounts(1, 1, 1, 0, 0, 65_536), counts.left());
        Path text = file("d.txt", "A\nB\n\n\nC".getBytes(UTF_8));
        Path zst = directory.resolve("corpus.ZST");
        make(zst, DocumentOptions.DEFAULT, 1, text, text);
        assertEquals(List.of("A", "B", "", "C", "", "A", "B", "", "C"), lines(zst));
    }

    @Test
    void aLongDocumentStaysOne() throws IOException {
        String line = "y".repeat(1_000_000);
        Path text = file("long.txt", ("a\n\n" + (line + "\n").repeat(6) + "\nb").getBytes(UTF_8));
        Path output = directory.resolve("corpus.txt");
        CorpusCounts counts = make(output, DocumentOptions.DEFAULT, 2, text);
        assertEquals(3, counts.documents());
        assertEquals(1, counts.left().cut());
        List<String> lines = Files.readAllLines(output);
        assertEquals(List.of("a", "", line, line, line, line, line, line, "", "b"), lines);
    }

    @Test
    void dumpsOfOldSayNoNamespace() throws IOException {
        Path input = file("old.xml", dump("<siteinfo><namespaces><namespace key='1'>Talk</namespace><namespace key='6'>Afbeelding</namespace>"
                + "</namespaces></siteinfo><page><title>Talk:A</title><revision><text>No.</text></revision></page><page><title>B: the sequel"
                + "</title><revision><text>Yes [[afbeelding:x.jpg|thumb]].</text></revision></page>"));
        Path output = directory.resolve("corpus.txt");
        assertEquals(1, make(output, DocumentOptions.DEFAULT, 1, input).others());
        assertEquals(List.of("Yes."), lines(output));
    }

    @Test
    void pagesThatAreNoArticles() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (String text : List.of("#REDIRECT[[A]]", "\n #weiterleitung [[A]]", "#перенаправление: [[A]]", "'''A''' is {{disambiguation needed|B}}.",
                "# [[A]] is an item of a list, which reads as prose does.", "A.\n{{ Hndis |x}}", "A.\n{{Place name disambiguation}}", "A __DISAMBIG__")) {
            pages.append("<page><title>A</title><ns>0</ns><revision><text>").append(text).append("</text></revision></page>");
        }
        Path output = directory.resolve("corpus.txt");
        CorpusCounts counts = make(output, DocumentOptions.DEFAULT, 1, file("x.xml", dump(pages.toString())));
        assertEquals(List.of("A is.", "", "A is an item of a list, which reads as prose does."), lines(output));
        assertEquals(3, counts.redirects());
        assertEquals(3, counts.disambiguations());
    }

    @Test
    void aCommentMayComeFirst() throws IOException {
        String dump = new String(dump(), UTF_8);
        Path plain = file("plain.xml", dump.getBytes(UTF_8));
        Path commented = file("commented.xml", ("<!-- a dump\nof a wiki -->\n" + dump.replaceFirst("^<\\?xml.*?\\?>", "")).getBytes(UTF_8));
        Path output = directory.resolve("out.txt");
        make(output, DocumentOptions.DEFAULT, 2, plain);
        List<String> expected = lines(output);
        assertTrue(expected.size() > 10);
        Files.delete(output);
        make(output, DocumentOptions.DEFAULT, 2, commented);
        assertEquals(expected, lines(output));
    }

    @Test
    void badInput() throws IOException {
        byte[] dump = dump();
        Path cut = file("cut.xml", Arrays.copyOf(dump, 6_000));
        long line = 1 + new String(dump, 0, 6_000, UTF_8).chars().filter(c -> c == '\n').count();
        assertEquals(cut + ": is cut off in line " + line + " in or behind the page 'Velden Bridge', expected </mediawiki> at its end; fetch"
                + " it again", failure(cut));
        byte[] packed = Pack.BZIP2.pack(dump);
        Path cutPacked = file("cut.bz2", Arrays.copyOf(packed, packed.length - 5));
        assertTrue(failure(cutPacked).startsWith(cutPacked + ": damaged bzip2 file: behind byte "), failure(cutPacked));
        assertTrue(failure(cutPacked).contains(" of its text it is cut off; "), failure(cutPacked));
        Path other = file("rss.xml", "<?xml version='1.0'?>\n<rss><page/></rss>".getBytes(UTF_8));
        assertEquals(other + ": is XML, but no dump of a wiki: it begins with <rss>, expected <mediawiki>", failure(other));
        Path malformed = file("malformed.xml", dump("\n<page><title>A</title></pag>\n"));
        assertTrue(failure(malformed).startsWith(malformed + ", line 2 in or behind the page 'A': is not well-formed XML: "), failure(malformed));
        byte[] latin = dump("\n\n<page><title>A</title><text>\u00E4 b</text></page>").clone();
        byte[] wrong = new String(latin, UTF_8).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        Path notUtf8 = file("latin.xml", wrong);
        assertTrue(failure(notUtf8).startsWith(notUtf8 + ", line "), failure(notUtf8));
        assertTrue(failure(notUtf8).contains(": is not UTF-8 ("), failure(notUtf8));
        Path doctype = file("doctype.xml", ("<?xml version='1.0'?><!DOCTYPE m [<!ENTITY x SYSTEM '" + cut.toUri() + "'>]>"
                + "<mediawiki><page><title>A</title><revision><text>a&x;b</text></revision></page></mediawiki>").getBytes(UTF_8));
        assertEquals(doctype + ", line 1: is XML or HTML with a DOCTYPE, but no dump of a wiki, which has none: expected <mediawiki>",
                failure(doctype));
        for (String html : List.of("<!DOCTYPE html>", "\n<!DOCTYPE html SYSTEM \"about:legacy-compat\">")) {
            Path page = file("page.html", (html + "\n<html><body><p>A&nbsp;b</body></html>\n").getBytes(UTF_8));
            assertTrue(failure(page).contains("is XML or HTML with a DOCTYPE, but no dump of a wiki"), failure(page));
        }
        Path lowerCase = file("page.html", "<!doctype html>\n<html><body><p>A</body></html>\n".getBytes(UTF_8));
        assertTrue(failure(lowerCase).startsWith(lowerCase + ", line 1: is not well-formed XML: "), failure(lowerCase));
        assertTrue(failure(lowerCase).endsWith("; expected a dump of a wiki, which begins with <mediawiki>"), failure(lowerCase));
        Path empty = file("empty.xml", dump("<siteinfo/>"));
        assertEquals("no documents in the inputs (" + empty + ")", failure(empty));
        Path redirects = file("redirects.xml", dump("<page><title>A</title><redirect title='B'/><text>x</text></page>"));
        assertEquals("no documents in the inputs (" + redirects + "); found 1 redirects, 0 disambiguations, 0 pages of other namespaces,"
                + " 0 without prose", failure(redirects));
        Path json = file("a.jsonl", "{\"body\": \"x\"}".getBytes(UTF_8));
        assertTrue(failure(json).endsWith("name the field that holds the text, such as --text-field body"), failure(json));
        Path nothing = file("nothing.txt", new byte[0]);
        assertEquals("no documents in the inputs (" + nothing + ")", failure(nothing));
        try (Stream<Path> files = Files.list(directory)) {
            assertFalse(files.anyMatch(f -> f.toString().contains("partial") || f.endsWith("out.txt")));
        }
    }

    @Test
    void outputsThatAreRefused() throws IOException {
        Path exists = file("out.txt", new byte[0]);
        Failure failure = assertThrows(Failure.class, () -> new CorpusFile(exists, DocumentOptions.DEFAULT, UTF_8, 1));
        assertEquals("--output " + exists + ": exists already; remove it, or choose another name", failure.getMessage());
        assertEquals(2, failure.exitCode());
        Path bz2 = directory.resolve("out.bz2");
        failure = assertThrows(Failure.class, () -> new CorpusFile(bz2, DocumentOptions.DEFAULT, UTF_8, 1));
        assertEquals("--output " + bz2 + ": text is written plain, .gz or .zst; choose another name", failure.getMessage());
        failure = assertThrows(Failure.class, () -> new CorpusFile(directory.resolve("x"), DocumentOptions.DEFAULT, UTF_8, 0));
        assertEquals("--threads is 0, expected 1 or more", failure.getMessage());
    }

    private String failure(Path input) {
        Failure failure = assertThrows(Failure.class, () -> make(directory.resolve("out.txt"), DocumentOptions.DEFAULT, 2, input));
        assertEquals(3, failure.exitCode());
        return failure.getMessage();
    }

    private static CorpusCounts make(Path output, DocumentOptions options, int threads, Path... inputs) {
        return new CorpusFile(output, options, UTF_8, threads).make(List.of(inputs), Progress.SILENT);
    }

    private static List<String> lines(Path file) {
        try (TextLines lines = TextLines.open(file)) {
            return new ArrayList<>(lines.lines().toList());
        }
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static byte[] dump(String contents) {
        return ("<mediawiki xmlns=\"http://www.mediawiki.org/xml/export-0.11/\">" + contents + "</mediawiki>\n").getBytes(UTF_8);
    }

    private static byte[] dump() throws IOException {
        return resource("dump.xml");
    }

    private static byte[] resource(String name) throws IOException {
        return CorpusFileTest.class.getResourceAsStream("/wiki/" + name).readAllBytes();
    }
}
