package org.graphbert.evaluate.tag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.graphbert.evaluate.score.Span;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of tagged words: what they may look like, the schemes of tags, and what is said of wrong ones. */
class ConllFileTest {

    @TempDir
    private Path directory;

    @Test
    void sentencesAreReadWithWhatStandsBetweenThem() throws IOException {
        Path file = write("-DOCSTART- -X- O\n\n# sent 1 of 2\nEU NNP B-ORG\n# NN O\n' POS  O \n \n\n"
                + "-DOCSTART- -X- O\n\u00a0 SP O\n");
        ConllFile read = ConllFile.read(file, ConllColumns.FIRST_AND_LAST);
        assertEquals(List.of(
                new TaggedSentence(4, List.of("EU", "#", "'"), List.of("B-ORG", "O", "O")),
                new TaggedSentence(10, List.of("\u00a0"), List.of("O"))), read.sentences());
        assertEquals(TagScheme.IOB2, read.scheme());
        assertEquals(List.of("B-ORG", "O"), read.tags());
        ConllFile other = ConllFile.read(file, new ConllColumns(-3, 2));
        assertEquals(TagScheme.PLAIN, other.scheme());
        assertEquals(List.of("NNP", "NN", "POS"), other.sentences().get(0).tags());
    }

    @Test
    void tabsSeparateWhereThereAreSome() throws IOException {
        ConllFile read = ConllFile.read(
                write("# text = San Jose\r\n1\tSan Jose\tB-LOC\r\n2\t.\tO\r\n"), new ConllColumns(2, 3));
        assertEquals(List.of(new TaggedSentence(2, List.of("San Jose", "."), List.of("B-LOC", "O"))), read.sentences());
        assertTrue(read.tabs());
        assertEquals(List.of("San Jose\tB-LOC\tO", ".\tO\tO", ""), read.lines(List.of(List.of("O", "O"))));
    }

    @Test
    void wordsAloneAreToBeTagged() throws IOException {
        Path file = write("One\nword\n\nmore\n");
        ConllFile read = ConllFile.readUntagged(file, ConllColumns.FIRST_AND_LAST);
        assertFalse(read.labelled());
        assertEquals(List.of("One", "word"), read.sentences().get(0).words());
        assertEquals(List.of("One O", "word B-x", "", "more O", ""),
                read.lines(List.of(List.of("O", "B-x"), List.of("O"))));
        assertTrue(ConllFile.readUntagged(write("a O\n"), ConllColumns.FIRST_AND_LAST).labelled());
    }

    /** What is written is read again: words, and predictions in the place of tags. */
    @Property(tries = 100)
    void predictionsAreReadAsTheyWere(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder content = new StringBuilder();
        List<List<String>> predicted = new ArrayList<>();
        String separator = random.nextBoolean() ? "\t" : " ";
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            List<String> tags = new ArrayList<>();
            for (int word = 0; word < 1 + random.nextInt(6); word++) {
                content.append("w\u00e9").append(random.nextInt(9)).append(separator);
                content.append(random.nextInt(3) == 0 ? "B-a" : "O").append('\n');
                tags.add(random.nextInt(3) == 0 ? "B-b" : "O");
            }
            content.append('\n');
            predicted.add(tags);
        }
        Path file = Files.createTempFile("tagged", ".txt");
        try {
            ConllFile read = ConllFile.read(Files.writeString(file, content), ConllColumns.FIRST_AND_LAST);
            Files.write(file, read.lines(predicted));
            ConllFile again = ConllFile.read(file, ConllColumns.FIRST_AND_LAST);
            assertEquals(predicted, again.sentences().stream().map(TaggedSentence::tags).toList(), "seed " + seed);
            assertEquals(read.sentences().stream().map(TaggedSentence::words).toList(),
                    again.sentences().stream().map(TaggedSentence::words).toList());
            assertEquals(read.sentences().stream().map(TaggedSentence::tags).toList(),
                    ConllFile.read(file, new ConllColumns(1, 2)).sentences().stream().map(TaggedSentence::tags).toList());
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "B-a I-a O B-b| IOB2| 0| B-a I-a O B-b",
        "I-a I-a B-a O I-b| IOB1| 0| B-a I-a B-a O B-b",
        "B-a I-a O I-b I-b| IOB2| 1| B-a I-a O B-b I-b",
        "B-a E-a S-b O| BIOES| 0| B-a I-a B-b O",
        "B-a I-a L-a U-b O| BILOU| 0| B-a I-a I-a B-b O",
        "B I O| IOB2| 0| B I O",
        "O O O| IOB2| 0| O O O",
        "NN O VB| PLAIN| 0| NN O VB",
    })
    void schemesAreToldAndConverted(String tags, TagScheme scheme, long mended, String converted) throws IOException {
        ConllFile read = ConllFile.read(
                write("w " + tags.replace(" ", "\nw ")), ConllColumns.FIRST_AND_LAST);
        assertEquals(scheme, read.scheme());
        assertEquals(mended, read.mended());
        assertEquals(List.of(converted.split(" ")), read.sentences().get(0).tags());
    }

    /** Whatever the scheme, the spans stay what they were. */
    @Property(tries = 200)
    void conversionKeepsSpans(@ForAll long seed) {
        Random random = new Random(seed);
        String prefixes = random.nextBoolean() ? "BI" : "BIES";
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(12); i++) {
            int of = random.nextInt(prefixes.length() + 1);
            tags.add(of == prefixes.length() ? "O" : prefixes.charAt(of) + "-" + "ab".charAt(random.nextInt(2)));
        }
        TagScheme scheme = TagScheme.of(List.of(tags));
        List<String> converted = scheme.toIob2(tags);
        assertEquals(Span.Mode.LENIENT.spans(tags), Span.Mode.STRICT.spans(converted), "seed " + seed + ": " + tags);
        assertEquals(TagScheme.IOB2, TagScheme.of(List.of(converted)));
        assertEquals(0, TagScheme.mended(converted));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''| holds no word",
        "*a O;b;c O| line 2: found 1 columns, expected 2 separated by spaces, as line 1 has",
        "*a#O;b O| line 2: found 1 columns, expected 2 separated by tabs, as line 1 has",
        "*a#O;#O| line 2: its word, in column 1, is empty",
        "*a#O;b# | line 2: its tag, in column 2, is empty",
        "*a;b| line 1: found 1 columns, 'a'; --token-column and --tag-column are both number 1",
        "*a B-x;~ more than two;b B_x| line 3: found the tag 'B_x', expected O, or B- or I- and a type",
    })
    void wrongFilesAreRefusedByLine(String content, String message) throws IOException {
        Path file = write(content.replace("*", "").replace('#', '\t').replace('~', '#').replace(';', '\n'));
        fails(file + ": " + message,
                assertThrows(Failure.class, () -> ConllFile.read(file, ConllColumns.FIRST_AND_LAST)));
    }

    @Test
    void columnsThatAreNotThereAreRefused() throws IOException {
        Path file = write("a b O\n");
        fails(file + ": line 1: found 3 columns, 'a b O'; --tag-column is 4, expected one of them",
                assertThrows(Failure.class, () -> ConllFile.read(file, new ConllColumns(1, 4))));
        fails(file + ": line 1: found 3 columns, 'a b O'; --token-column is -4, expected one of them",
                assertThrows(Failure.class, () -> ConllFile.read(file, new ConllColumns(-4, 1))));
        assertEquals(Failure.Kind.USAGE, assertThrows(Failure.class, () -> new ConllColumns(2, 2)).kind());
        assertEquals(Failure.Kind.USAGE, assertThrows(Failure.class, () -> new ConllColumns(0, 2)).kind());
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("tagged.txt"), content);
    }

    private static void fails(String message, Failure failure) {
        assertEquals(Failure.Kind.DATA, failure.kind(), failure.getMessage());
        assertEquals(message, failure.getMessage().substring(0, Math.min(message.length(), failure.getMessage().length())));
        assertEquals(1, failure.getMessage().lines().count());
    }
}
