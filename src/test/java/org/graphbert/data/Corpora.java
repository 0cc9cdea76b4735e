package org.graphbert.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** For tests: corpora of numbers, one sentence a line. */
final class Corpora {

    private Corpora() {}

    /** Document d speaks of the numbers 50·d to 50·d + 49 only, so that a token tells its document (up to 100). */
    static Path write(Path file, int documents, int sentences, long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int d = 0; d < documents; d++) {
            for (int s = 0; s < sentences; s++) {
                int words = 3 + random.nextInt(15);
                for (int w = 0; w < words; w++) {
                    text.append(50 * d + random.nextInt(50));
                    text.append(random.nextInt(4) == 0 ? "+" + random.nextInt(10) : "").append(' ');
                }
                text.append('\n');
            }
            text.append('\n');
        }
        return write(file, text.toString());
    }

    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The document that a token of {@link #write} comes from, or -1 for a piece or a special token. */
    static int document(int id) {
        return id < NumberTokenizer.FIRST_WORD || id >= NumberTokenizer.FIRST_PIECE
                ? -1 : (id - NumberTokenizer.FIRST_WORD) / 50;
    }
}
