package org.graphbert.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;

/** The small encyclopedia that comes with graphbert: 168 documents of 8 to 11 sentences, one sentence a line. */
public final class SampleCorpus {

    /** Its files, in the order in which they are read. */
    public static final List<String> FILES =
            List.of("animals.txt", "crafts.txt", "history.txt", "places.txt", "science.txt");

    private SampleCorpus() {}

    /**
     * Writes the files into a directory; those that stand there unchanged are left alone.
     *
     * @throws Failure (usage) if a file of that name has other contents
     */
    public static void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        for (String name : FILES) {
            byte[] bytes;
            try (InputStream in = SampleCorpus.class.getResourceAsStream("/sample-corpus/" + name)) {
                bytes = in.readAllBytes();
            }
            Path file = directory.resolve(name);
            if (!Files.exists(file)) {
                Files.write(file, bytes);
            } else if (!Arrays.equals(Files.readAllBytes(file), bytes)) {
                throw Failure.usage(
                        "%s exists and is not this version's sample corpus; remove it, or run quickstart elsewhere", file);
            }
        }
    }
}
