package org.graphbert.text;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;
import org.graphbert.config.Failure;

/** Text to tokens and back over byte streams of UTF-8, a line for a line, whatever the locale says. */
public final class TokenStreams {

    /** What errors call the input. */
    public static final String SOURCE = "stdin";

    private static final int BUFFER = 1 << 16;

    private TokenStreams() {}

    /**
     * Writes the tokens of each line, separated by spaces; of SentencePiece, as that library does, what is unknown as the
     * text that it stands for.
     *
     * @param asIds whether ids are written in place of tokens
     * @throws Failure (data) if a line is not UTF-8
     */
    public static void encode(Tokenizer tokenizer, InputStream in, OutputStream out, boolean asIds) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out, BUFFER);
        LineFeeds lines = new LineFeeds(in, SOURCE);
        for (String line = lines.next(); line != null; line = lines.next()) {
            StringJoiner tokens = new StringJoiner(" ", "", "\n");
            if (asIds) {
                for (int id : tokenizer.encode(line).ids()) {
                    tokens.add(Integer.toString(id));
                }
            } else {
                tokenizer.tokens(line).forEach(tokens::add);
            }
            buffered.write(tokens.toString().getBytes(StandardCharsets.UTF_8));
        }
        buffered.flush();
    }

    /**
     * Writes the text of each line of ids, which are separated by spaces. A line feed that a piece stands for is written as
     * a space, so that there is a line for a line.
     *
     * @throws Failure (data) if something is not an id of the vocabulary
     */
    public static void decode(Tokenizer tokenizer, InputStream in, OutputStream out) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out, BUFFER);
        LineFeeds lines = new LineFeeds(in, SOURCE);
        for (String line = lines.next(); line != null; line = lines.next()) {
            String trimmed = line.strip();
            String[] fields = trimmed.isEmpty() ? new String[0] : trimmed.split("\\s+");
            int[] ids = new int[fields.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = id(fields[i], tokenizer.size(), lines.lineNumber());
            }
            buffered.write(tokenizer.decode(ids).replace('\n', ' ').getBytes(StandardCharsets.UTF_8));
            buffered.write('\n');
        }
        buffered.flush();
    }

    private static int id(String field, int size, long line) {
        try {
            int id = Integer.parseInt(field);
            if (id >= 0 && id < size) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Falls through: whatever is wrong with it, the user hears the same.
        }
        throw Failure.data(
                "%s: line %d: '%s' is not a token id, expected whole numbers from 0 to %d", SOURCE, line, field, size - 1);
    }
}
