package org.graphbert.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/** The files that globs name. */
public final class InputFiles {

    private InputFiles() {}

    /** The files in the order of their names, each once; Failure (data) if a glob matches nothing. */
    public static List<Path> expand(List<String> globs) {
        TreeSet<Path> files = new TreeSet<>();
        for (String glob : globs) {
            int before = files.size();
            if (Files.isRegularFile(Path.of(glob))) {
                files.add(Path.of(glob));
                continue;
            }
            int wild = glob.replaceAll("[*?\\[{].*", "").lastIndexOf('/');
            Path root = Path.of(wild < 0 ? "." : glob.substring(0, wild + 1));
            PathMatcher matcher = FileSystems.getDefault()
                    .getPathMatcher("glob:" + (wild < 0 ? "./" + glob : glob));
            if (Files.isDirectory(root)) {
                try (Stream<Path> found = Files.walk(root)) {
                    found.filter(Files::isRegularFile).filter(matcher::matches).forEach(files::add);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            if (files.size() == before) {
                throw Failure.data("--input %s: matches no file, expected at least one", glob);
            }
        }
        return List.copyOf(files);
    }
}
