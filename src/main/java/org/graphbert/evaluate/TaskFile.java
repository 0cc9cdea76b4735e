package org.graphbert.evaluate;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.corpus.TextLines;

/**
 * A file of labelled texts: a header line, then an example a line; columns are separated by tabs and nothing is quoted. One
 * column is named label, the one or two others are the texts. Packed files (gzip, bzip2, zstd) are unpacked.
 *
 * @param columns of the texts, as the header names them
 * @param examples in their order
 */
public record TaskFile(Path path, List<String> columns, List<LabelledText> examples) {

    private static final String LABEL = "label";
    private static final String HEADER = "'label' and the names of one or two columns of text, separated by tabs, such as "
            + "'label<TAB>text' or 'label<TAB>premise<TAB>hypothesis'";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    public TaskFile {
        columns = List.copyOf(columns);
        examples = List.copyOf(examples);
    }

    /**
     * Reads a whole file.
     *
     * @throws Failure (data) that names the file and the line, if there is no header, a line has too few or too many columns,
     *     one of its columns is empty, or it is not UTF-8; or if there is no example
     */
    public static TaskFile read(Path file) {
        // As bytes: what they are not is said with the number of the line.
        try (TextLines lines = TextLines.open(file, StandardCharsets.ISO_8859_1)) {
            String first = lines.readLine();
            if (first == null) {
                throw Failure.data("%s: is empty, expected a header line with %s", file, HEADER);
            }
            List<String> header = columns(decoded(file, 1, first));
            int label = header.indexOf(LABEL);
            if (label < 0 || header.size() < 2 || header.size() > 3 || header.stream().distinct().count() < header.size()) {
                throw Failure.data("%s: line 1: found the header '%s', expected %s",
                        file, String.join("<TAB>", header), HEADER);
            }
            List<LabelledText> examples = new ArrayList<>();
            long number = 1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                examples.add(example(file, number, header, label, columns(decoded(file, number, line))));
            }
            if (examples.isEmpty()) {
                throw Failure.data("%s: has a header and no example, expected an example a line", file);
            }
            header.remove(label);
            return new TaskFile(file, header, examples);
        }
    }

    private static LabelledText example(Path file, long line, List<String> header, int label, List<String> values) {
        if (values.size() != header.size()) {
            throw Failure.data("%s: line %,d: found %d columns, expected %d (%s), separated by tabs; mend or remove the line",
                    file, line, values.size(), header.size(), String.join(", ", header));
        }
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).isBlank()) {
                throw Failure.data("%s: line %,d: its %s is empty; mend or remove the line", file, line, header.get(i));
            }
        }
        String of = values.remove(label);
        return new LabelledText(line, of, values);
    }

    private static List<String> columns(String line) {
        return new ArrayList<>(List.of(line.split("\t", -1)));
    }

    private static String decoded(Path file, long line, String bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
            return line == 1 && text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw Failure.data("%s: line %,d is not UTF-8; convert the file to UTF-8", file, line, e);
        }
    }
}
