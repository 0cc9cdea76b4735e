package org.graphbert.evaluate.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.LabelledText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of labelled texts in their three forms, the columns that are taken, and what is said of wrong ones. */
class TaskFileTest {

    @TempDir
    private Path directory;

    @Test
    void quotedValuesMayHoldAnything() throws IOException {
        Path file = write("a.csv", "\"label\",text\r\nx,\"one, \"\"two\"\"\r\nthree \"\r\ny,four \"five\"\n\n\"\"\"\",\",\"\n");
        TaskFile table = TaskFile.read(file);
        assertEquals(List.of(
                new LabelledText(2, "x", List.of("one, \"two\"\nthree ")),
                new LabelledText(4, "y", List.of("four \"five\"")),
                new LabelledText(6, "\"", List.of(","))), table.examples());
    }

    @Test
    void objectsMayHaveOtherFieldsAndOrders() throws IOException {
        Path file = write("a.jsonl", """
                {"idx": 0, "sentence1": "a", "sentence2": "b\\nc", "tags": [1, 2], "label": 1}

                {"label": 0.5, "sentence2": "e", "sentence1": "d", "note": null}
                """);
        TaskFile table = TaskFile.read(file);
        assertEquals(List.of("sentence1", "sentence2"), table.columns());
        assertEquals(List.of(
                new LabelledText(1, "1", List.of("a", "b\nc")),
                new LabelledText(3, "0.5", List.of("d", "e"))), table.examples());
        assertArrayEquals(new double[] {1, 0.5}, table.numbers());
    }

    /** What is written as RFC 4180 has it is read as it was. */
    @Property(tries = 200)
    void writtenTablesAreReadAsTheyWere(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        List<LabelledText> examples = new ArrayList<>();
        StringBuilder csv = new StringBuilder("text,label\n");
        long line = 2;
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            String text = random.ints(1 + random.nextInt(12), 0, 8).collect(StringBuilder::new,
                    (made, c) -> made.append("a\",\n \u00e9\tb".charAt(c)), StringBuilder::append).append('.').toString();
            boolean plain = text.chars().noneMatch(c -> c == ',' || c == '\n') && text.charAt(0) != '"';
            examples.add(new LabelledText(line, "l" + i, List.of(text)));
            csv.append(plain && random.nextBoolean() ? text : '"' + text.replace("\"", "\"\"") + '"');
            csv.append(",l").append(i).append('\n');
            line += 1 + text.chars().filter(c -> c == '\n').count();
        }
        Path file = Files.createTempFile("table", ".csv");
        try {
            Files.writeString(file, csv);
            assertEquals(examples, TaskFile.read(file).examples(), "seed " + seed);
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "label#text| label| text",
        "idx#sentence#label| label| sentence",
        "index#genre#sentence1#sentence2#score| score| sentence1,sentence2",
        "guid#genre#premise#hypothesis#gold_label| gold_label| premise,hypothesis",
        "question#sentence#label| label| question,sentence",
        "a#label#b| label| a,b",
        "date#user#text#label| label| text",
        "text| | text",
        "id#premise#hypothesis| | premise,hypothesis",
    })
    void columnsAreFoundByTheirNames(String header, String label, String texts) throws IOException {
        String row = header.replaceAll("[^#]+", "1");
        TaskFile table = TaskFile.readUnlabelled(write("a.tsv", (header + "\n" + row + "\n").replace('#', '\t')), TaskColumns.FOUND);
        assertEquals(label, table.label());
        assertEquals(List.of(texts.split(",")), table.columns());
        assertEquals(label != null, table.labelled());
        assertEquals(label == null ? null : "1", table.examples().get(0).label());
    }

    @Test
    void namedColumnsWin() throws IOException {
        Path file = write("a.tsv", "label\ttext\tstars\ttitle\nx\ty\t4\tz\n");
        TaskFile table = TaskFile.read(file, new TaskColumns("stars", List.of("title", "text")));
        assertEquals(List.of(new LabelledText(2, "4", List.of("z", "y"))), table.examples());
        TaskFile unlabelled = TaskFile.readUnlabelled(file, new TaskColumns("rating", List.of("text")));
        assertFalse(unlabelled.labelled());
        assertNull(unlabelled.examples().get(0).label());
        assertTrue(TaskFile.readUnlabelled(file, TaskColumns.FOUND).labelled());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a.csv|''| a.csv: is empty, expected a header line with the names of the columns, separated by commas",
        "a.csv|label,text;x,y,z| a.csv: line 2: found 3 columns, expected 2 (label, text), separated by commas",
        "a.csv|label,text;x,*y;z| a.csv: line 2: a value begins with a quote that is never closed",
        "a.csv|label,text;x,*y;z*w| a.csv: line 3: found 'w' behind a closing quote",
        "a.csv|label,text;x,| a.csv: line 2: its text is empty",
        "a.csv|label;text| a.csv: line 1: found the header 'label', expected 'label' and the names of one or two columns of text",
        "a.csv|text;x| a.csv: line 1: found the header 'text', expected 'label'",
        "a.jsonl|{*label*: 1, *text*: *a*};{*label*: 1}| a.jsonl: line 2: its text is missing",
        "a.jsonl|{*label*: 1, *text*: *a*};;{*label*| a.jsonl: line 3, column 9: not JSON",
        "a.jsonl|[1]| a.jsonl: line 1: found no JSON object, expected one a line",
        "a.jsonl|;| a.jsonl: is empty, expected a JSON object a line",
        "a.jsonl|{*text*: *a*}| a.jsonl: line 1: found the fields 'text', expected 'label'",
    })
    void wrongTablesAreRefusedByLine(String name, String content, String message) throws IOException {
        Path file = write(name, content.replace('*', '"').replace(';', '\n'));
        fails(directory + "/" + message, assertThrows(Failure.class, () -> TaskFile.read(file)));
    }

    @Test
    void wrongColumnsAndNumbersAreRefused() throws IOException {
        Path file = write("a.tsv", "label\tsentence\n1\ta\ngood\tb\n");
        fails(file + ": line 3: the label 'good' is no number", assertThrows(Failure.class, () -> TaskFile.read(file).numbers()));
        fails(file + ": line 1: found the header 'label<TAB>sentence', expected the column 'sentense' that --text-column names;"
                + " did you mean 'sentence'?",
                assertThrows(Failure.class, () -> TaskFile.read(file, new TaskColumns(null, List.of("sentense")))));
        fails(file + ": line 1: found the header 'label<TAB>sentence', expected the column 'stars' that --label-column names",
                assertThrows(Failure.class, () -> TaskFile.read(file, new TaskColumns("stars", List.of()))));
        assertEquals(Failure.Kind.USAGE,
                assertThrows(Failure.class, () -> new TaskColumns("a", List.of("b", "a"))).kind());
        assertEquals(Failure.Kind.USAGE,
                assertThrows(Failure.class, () -> new TaskColumns("a", List.of("b", "c", "d"))).kind());
    }

    @Test
    void blankLinesBehindTheLastRowArePassedOverAndNoOthers() throws IOException {
        for (String end : List.of("", "\n", "\n\n", "\n \r\n\n")) {
            assertEquals(List.of(new LabelledText(2, "x", List.of("a")), new LabelledText(3, "y", List.of("b"))),
                    TaskFile.read(write("a.tsv", "label\ttext\nx\ta\ny\tb" + end)).examples());
        }
        Path file = write("a.tsv", "label\ttext\nx\ta\n\n\ny\tb\n");
        fails(file + ": line 3 is empty, and there are rows behind it", assertThrows(Failure.class, () -> TaskFile.read(file)));
        // Two values that are empty, and no blank line.
        write("a.tsv", "label\ttext\nx\ta\n\t\n");
        fails(file + ": line 3: its label is empty", assertThrows(Failure.class, () -> TaskFile.read(file)));
    }

    @Test
    void labelsThatWouldBreakATableAreRefused() throws IOException {
        Path csv = write("a.csv", "label,text\nx,a\n\"y\tz\",b\n");
        fails(csv + ": line 3: the label 'y\\tz' has a tab or a line break in it", assertThrows(Failure.class, () -> TaskFile.read(csv)));
        Path json = write("a.jsonl", "{\"label\": \"y\\nz\", \"text\": \"b\\tc\"}\n");
        fails(json + ": line 1: the label 'y\\nz' has a tab or a line break in it",
                assertThrows(Failure.class, () -> TaskFile.readUnlabelled(json, TaskColumns.FOUND)));
        // A text may have what it likes.
        assertEquals(List.of("b\tc"), TaskFile.readUnlabelled(json, new TaskColumns("other", List.of("text"))).examples().get(0).texts());
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static void fails(String message, Failure failure) {
        assertEquals(Failure.Kind.DATA, failure.kind(), failure.getMessage());
        assertEquals(message, failure.getMessage().substring(0, Math.min(message.length(), failure.getMessage().length())));
        assertEquals(1, failure.getMessage().lines().count());
    }
}
