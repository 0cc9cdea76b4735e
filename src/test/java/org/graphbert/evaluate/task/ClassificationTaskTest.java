package org.graphbert.evaluate.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.LabelledText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tasks as their files have them, and what is said of files that are not as they should be. */
class ClassificationTaskTest {

    private static final String TRAIN = "label\ttext\nbad\tno\ngood\tyes\n";
    private static final String DEV = "label\ttext\ngood\twell\n";

    @TempDir
    private Path directory;

    @Test
    void aTaskOfPairsIsRead() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write("premise\tlabel\thypothesis\nIt \"rains\".\tyes\tIt is wet .\r\n\u00e9t\u00e9\tno\t\u96e8\n"
                    .getBytes(StandardCharsets.UTF_8));
        }
        Files.write(directory.resolve("train.tsv.gz"), packed.toByteArray());
        Files.writeString(directory.resolve("dev.tsv"), "\uFEFFpremise\tlabel\thypothesis\na\tno\tb");
        ClassificationTask task = ClassificationTask.read(directory);
        assertEquals(directory.getFileName().toString(), task.name());
        assertEquals(List.of("no", "yes"), task.labels());
        assertEquals(List.of("premise", "hypothesis"), task.train().columns());
        assertEquals(
                List.of(new LabelledText(2, "yes", List.of("It \"rains\".", "It is wet .")),
                        new LabelledText(3, "no", List.of("\u00e9t\u00e9", "\u96e8"))),
                task.train().examples());
        assertEquals(List.of(new LabelledText(2, "no", List.of("a", "b"))), task.dev().examples());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''| train.tsv: is empty, expected a header line",
        "label/text| train.tsv: line 1: found the header 'label/text'",
        "class#text;a#b| train.tsv: line 1: found the header 'class<TAB>text', expected 'label' and",
        "label#a#b#c;x#1#2#3| train.tsv: line 1: found the header",
        "label#text#text;x#1#2| train.tsv: line 1: found the header",
        "label;x| train.tsv: line 1: found the header 'label'",
        "label#text| train.tsv: has a header and no example",
        "label#text;good#yes;bad#no#never| train.tsv: line 3: found 3 columns, expected 2 (label, text)",
        "label#text;good#yes;bad| train.tsv: line 3: found 1 columns, expected 2 (label, text)",
        "label#text;good# ;bad#no| train.tsv: line 2: its text is empty",
        "label#text;#yes;bad#no| train.tsv: line 2: its label is empty",
        "label#text;good#yes;good#no| train.tsv: all 2 examples have the label 'good', expected two labels or more",
        "label#text;yes#good;no#bad| dev.tsv: line 2: the label 'good' is none of those in train.tsv: no, yes",
        "label#premise#hypothesis;good#a#b;bad#a#c| dev.tsv: line 1: has the columns [text], but train.tsv has [premise, hypothesis]",
    })
    void filesThatAreNotAsTheyShouldBeAreRefusedByLine(String train, String message) throws IOException {
        Files.writeString(directory.resolve("train.tsv"), train.replace('#', '\t').replace(';', '\n'));
        Files.writeString(directory.resolve("dev.tsv"), DEV);
        fails(Failure.Kind.DATA, directory + "/" + message);
    }

    @Test
    void otherEncodingsAreRefusedByLine() throws IOException {
        Files.write(directory.resolve("train.tsv"), (TRAIN + "good\tcaf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1));
        Files.writeString(directory.resolve("dev.tsv"), DEV);
        fails(Failure.Kind.DATA, directory.resolve("train.tsv") + ": line 4 is not UTF-8; convert");
    }

    @Test
    void missingFilesAreRefused() throws IOException {
        fails(Failure.Kind.USAGE, directory + ": holds neither train.tsv nor train.tsv.gz");
        Files.writeString(directory.resolve("train.tsv"), TRAIN);
        fails(Failure.Kind.USAGE, directory + ": holds neither dev.tsv nor dev.tsv.gz");
        Failure failure = assertThrows(Failure.class, () -> ClassificationTask.read(directory.resolve("none")));
        assertEquals(Failure.Kind.USAGE, failure.kind());
    }

    private void fails(Failure.Kind kind, String message) {
        Failure failure = assertThrows(Failure.class, () -> ClassificationTask.read(directory));
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertEquals(message, failure.getMessage().substring(0, Math.min(message.length(), failure.getMessage().length())));
        assertEquals(1, failure.getMessage().lines().count());
    }
}
