package org.graphbert.evaluate.tag;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.ExampleFile;
import org.graphbert.evaluate.NumberedLines;

/**
 * A file of tagged sentences as CoNLL's shared tasks have them: a word a line with its tag in another column, a blank line
 * between two sentences. Columns are separated by tabs, or by spaces where a file has no tab. Lines that begin with
 * -DOCSTART- end a sentence too and are nothing themselves; those that begin with # and have not as many columns as words
 * have are comments. Packed files (gzip, bzip2, zstd) are unpacked.
 *
 * @param scheme how the file's tags tell spans; those of {@code sentences} are in IOB2 whatever it is, unless it is plain
 * @param mended how many tags a file of IOB2 had I for, where a span can only begin with B
 * @param tabs whether tabs separate the columns
 */
public record ConllFile(Path path, TagScheme scheme, long mended, boolean tabs, List<TaggedSentence> sentences)
        implements ExampleFile {

    private static final String DOCUMENT = "-DOCSTART-";

    public ConllFile {
        sentences = List.copyOf(sentences);
    }

    /** A line that may hold a word. */
    private record Line(long number, String text) {

        List<String> columns(boolean tabs) {
            return List.of(tabs ? text.split("\t", -1) : text.strip().split(" +"));
        }

        boolean isBlank() {
            return text.isBlank();
        }

        boolean mayBeComment() {
            return text.startsWith("#");
        }

        boolean beginsDocument() {
            return text.startsWith(DOCUMENT);
        }
    }

    /**
     * Reads a file with tags.
     *
     * @throws Failure (data) with the line, if a column is not there, a line has not as many as the others, a word or tag is
     *     empty, or a tag fits none of the schemes that the others fit; or if there is no sentence
     */
    public static ConllFile read(Path file, ConllColumns columns) {
        return read(file, columns, true);
    }

    /**
     * Reads a file whose words are to be tagged: with tags if it has more than one column.
     *
     * @throws Failure as {@link #read(Path, ConllColumns)} does
     */
    public static ConllFile readUntagged(Path file, ConllColumns columns) {
        return read(file, columns, false);
    }

    @Override
    public boolean labelled() {
        return !sentences.get(0).tags().isEmpty();
    }

    @Override
    public int count() {
        return sentences.size();
    }

    /** All tags, in the order of their letters, each once. */
    public List<String> tags() {
        return sentences.stream().flatMap(sentence -> sentence.tags().stream()).distinct().sorted().toList();
    }

    /**
     * The file with predictions, as conlleval.pl and {@link #read} take it: word, tag if it has one, and predicted tag.
     *
     * @param predicted for each sentence the tags of its words
     * @return lines without their ends
     */
    public List<String> lines(List<List<String>> predicted) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            TaggedSentence sentence = sentences.get(i);
            List<String> tags = predicted.get(i);
            if (tags.size() != sentence.words().size()) {
                throw new IllegalArgumentException("sentence " + (i + 1) + ": " + tags.size() + " tags");
            }
            for (int word = 0; word < tags.size(); word++) {
                List<String> columns = new ArrayList<>(List.of(sentence.words().get(word)));
                if (labelled()) {
                    columns.add(sentence.tags().get(word));
                }
                columns.add(tags.get(word));
                lines.add(String.join(tabs ? "\t" : " ", columns));
            }
            lines.add("");
        }
        return lines;
    }

    private static ConllFile read(Path file, ConllColumns wanted, boolean needsTags) {
        List<Line> lines = new ArrayList<>();
        try (NumberedLines read = NumberedLines.open(file)) {
            for (String text = read.next(); text != null; text = read.next()) {
                lines.add(new Line(read.number(), text));
            }
        }
        boolean tabs = lines.stream().anyMatch(line -> line.text().indexOf('\t') >= 0 && !line.isBlank());
        List<Line> words = lines.stream().filter(line -> !line.isBlank() && !line.beginsDocument()).toList();
        Line first = words.stream().filter(line -> !line.mayBeComment()).findFirst()
                .orElse(words.isEmpty() ? null : words.get(0));
        if (first == null) {
            throw Failure.data("%s: holds no word, expected a word a line with its tag, and a blank line between sentences", file);
        }
        int columns = first.columns(tabs).size();
        boolean tagged = needsTags || columns > 1;
        int word = require(file, first, columns, "--token-column", wanted.word());
        int tag = tagged ? require(file, first, columns, "--tag-column", wanted.tag()) : -1;
        if (word == tag) {
            throw Failure.data("%s: line %,d: found %d columns, '%s'; --token-column and --tag-column are both number %d, expected "
                    + "a word and its tag", file, first.number(), columns, first.text(), word + 1);
        }
        return of(file, tabs, sentences(file, lines, first, tabs, word, tag),
                text -> lines.stream().filter(line -> line.columns(tabs).size() == columns)
                        .filter(line -> line.columns(tabs).get(tag).strip().equals(text)).findFirst().orElseThrow().number());
    }

    private static List<TaggedSentence> sentences(Path file, List<Line> lines, Line first, boolean tabs, int word, int tag) {
        int expected = first.columns(tabs).size();
        List<TaggedSentence> sentences = new ArrayList<>();
        List<String> words = new ArrayList<>();
        List<String> tags = new ArrayList<>();
        long begin = 0;
        for (Line line : lines) {
            List<String> columns = line.columns(tabs);
            if (line.isBlank() || line.beginsDocument()) {
                if (!words.isEmpty()) {
                    sentences.add(new TaggedSentence(begin, words, tags));
                    words.clear();
                    tags.clear();
                }
            } else if (columns.size() == expected) {
                begin = words.isEmpty() ? line.number() : begin;
                words.add(value(file, line, columns, word, "word"));
                if (tag >= 0) {
                    tags.add(value(file, line, columns, tag, "tag"));
                }
            } else if (!line.mayBeComment()) {
                throw Failure.data("%s: line %,d: found %d columns, expected %d separated by %s, as line %,d has; mend or remove "
                        + "the line", file, line.number(), columns.size(), expected, tabs ? "tabs" : "spaces", first.number());
            }
        }
        if (!words.isEmpty()) {
            sentences.add(new TaggedSentence(begin, words, tags));
        }
        return sentences;
    }

    /** @param firstLine that has a tag */
    private static ConllFile of(Path file, boolean tabs, List<TaggedSentence> read, ToLongFunction<String> firstLine) {
        TagScheme scheme = TagScheme.of(read.stream().map(TaggedSentence::tags).toList());
        long mended = 0;
        List<TaggedSentence> sentences = new ArrayList<>();
        for (TaggedSentence sentence : read) {
            sentence.tags().stream().filter(tag -> !scheme.has(tag)).findFirst().ifPresent(tag -> {
                throw Failure.data("%s: line %,d: found the tag '%s', expected O, or B- or I- and a type, as other tags of the file "
                        + "are", file, firstLine.applyAsLong(tag), tag);
            });
            mended += scheme == TagScheme.IOB2 ? TagScheme.mended(sentence.tags()) : 0;
            sentences.add(new TaggedSentence(sentence.line(), sentence.words(), scheme.toIob2(sentence.tags())));
        }
        return new ConllFile(file, scheme, mended, tabs, sentences);
    }

    private static int require(Path file, Line line, int columns, String option, int column) {
        int place = ConllColumns.place(column, columns);
        if (place < 0 || place >= columns) {
            throw Failure.data("%s: line %,d: found %d columns, '%s'; %s is %d, expected one of them",
                    file, line.number(), columns, line.text(), option, column);
        }
        return place;
    }

    private static String value(Path file, Line line, List<String> columns, int place, String what) {
        String value = columns.get(place).strip();
        if (value.isEmpty()) {
            throw Failure.data("%s: line %,d: its %s, in column %d, is empty; mend or remove the line",
                    file, line.number(), what, place + 1);
        }
        return value;
    }
}
