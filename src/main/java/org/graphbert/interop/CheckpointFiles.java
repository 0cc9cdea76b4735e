package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/** Which checkpoint a path means: its prefix, one of its files, or the directory that holds it. */
public final class CheckpointFiles {

    private static final String INDEX = ".index";
    private static final Pattern VALUES = Pattern.compile("\\.data-\\d{5}-of-\\d{5}$");

    private CheckpointFiles() {}

    /** Whether the path is a prefix, one of the checkpoint's files, or a directory with a checkpoint in it. */
    public static boolean recognises(Path path) throws IOException {
        return Files.isDirectory(path) ? !prefixes(path).isEmpty() : CheckpointIndex.exists(prefixOf(path));
    }

    /**
     * The prefix of the checkpoint at a path.
     *
     * @throws Failure (usage) if the path is a directory that holds none or several
     */
    public static String prefix(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return prefixOf(path);
        }
        List<String> prefixes = prefixes(path);
        if (prefixes.size() != 1) {
            throw Failure.usage(
                    "%s: found %d checkpoints, expected one; name one of %s",
                    path, prefixes.size(), String.join(", ", prefixes));
        }
        return prefixes.get(0);
    }

    private static String prefixOf(Path path) {
        String name = path.toString();
        return name.endsWith(INDEX)
                ? name.substring(0, name.length() - INDEX.length())
                : VALUES.matcher(name).replaceFirst("");
    }

    /** Found by their values: other files end in .index too, a data set's offsets for one. */
    private static List<String> prefixes(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(Path::toString)
                    .filter(file -> VALUES.matcher(file).find())
                    .map(file -> VALUES.matcher(file).replaceFirst(""))
                    .distinct()
                    .filter(CheckpointIndex::exists)
                    .sorted()
                    .toList();
        }
    }
}
