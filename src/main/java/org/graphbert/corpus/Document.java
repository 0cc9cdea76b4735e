package org.graphbert.corpus;

import java.util.List;

/**
 * A document as it stands in a file.
 *
 * @param source the file
 * @param number its number in that file, from 1
 * @param lines its lines, stripped, none blank: sentences or paragraphs, as {@link Sentences} has it
 */
public record Document(String source, long number, List<String> lines) {

    public Document {
        lines = List.copyOf(lines);
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("document " + number + " of " + source + " has no lines");
        }
    }

    /** Whether this is a further piece of a document that was cut: they bear the same number. */
    public boolean goesOnFrom(Document before) {
        return before != null && number == before.number && source.equals(before.source);
    }

    /** The size of its lines in UTF-8, a line feed behind each. */
    public long bytes() {
        long sum = 0;
        for (String line : lines) {
            sum += 1;
            for (int i = 0; i < line.length(); i++) {
                char c = line.charAt(i);
                sum += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3; // two surrogates are four bytes
            }
        }
        return sum;
    }

    /** The number of UTF-16 units in its lines. */
    public long characters() {
        long sum = 0;
        for (String line : lines) {
            sum += line.length();
        }
        return sum;
    }
}
