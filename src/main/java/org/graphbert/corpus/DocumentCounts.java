package org.graphbert.corpus;

import java.util.StringJoiner;

/**
 * What a {@link DocumentReader} left out or changed.
 *
 * @param duplicates documents, or pieces of cut ones, that repeat an earlier one
 * @param tooShort documents below the least length
 * @param empty JSON lines without text in the field
 * @param cut documents longer than the longest, which come in pieces
 * @param cutLines how often a line longer than the longest was cut
 * @param memory bytes that deduplication takes
 */
public record DocumentCounts(long duplicates, long tooShort, long empty, long cut, long cutLines, long memory) {

    public static final DocumentCounts NONE = new DocumentCounts(0, 0, 0, 0, 0, 0);

    private static final double MIB = 1 << 20;

    /** Both together. */
    DocumentCounts plus(DocumentCounts other) {
        return new DocumentCounts(duplicates + other.duplicates, tooShort + other.tooShort, empty + other.empty, cut + other.cut,
                cutLines + other.cutLines, memory + other.memory);
    }

    /** One line without its end, e.g. "left out: 3 duplicates (1.0 MiB to tell them)"; empty if there is nothing to say. */
    public String describe() {
        StringJoiner left = new StringJoiner(", ");
        if (memory > 0) {
            left.add(String.format("%,d duplicates (%.1f MiB to tell them)", duplicates, memory / MIB));
        }
        if (tooShort > 0) {
            left.add(String.format("%,d too short", tooShort));
        }
        if (empty > 0) {
            left.add(String.format("%,d without text", empty));
        }
        StringJoiner all = new StringJoiner("; ");
        if (left.length() > 0) {
            all.add("left out: " + left);
        }
        if (cut > 0) {
            all.add(String.format("%,d documents cut into pieces of at most %,d characters", cut, DocumentReader.LONGEST_DOCUMENT));
        }
        if (cutLines > 0) {
            all.add(String.format("%,d cuts in lines of more than %,d bytes", cutLines, TextDocuments.LONGEST_LINE));
        }
        return all.toString();
    }
}
