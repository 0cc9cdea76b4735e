package org.graphbert.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/** The files that a command's {@code --input} names: paths as they are, or globs such as {@code books/*.txt.gz}. */
public final class InputFiles {

    private static final String WILDCARDS = "*?[{";

    private InputFiles() {}

    /**
     * Expands paths and globs ({@code *} within a directory, {@code **} across directories) to regular files.
     *
     * @return the files, distinct and sorted by path, so that the order of the arguments does not matter
     * @throws Failure (data) if an argument matches no file, or names a directory
     */
    public static List<Path> expand(List<String> globs) {
        TreeMap<String, Path> files = new TreeMap<>();
        for (String glob : globs) {
            List<Path> matches = matches(glob);
            if (matches.isEmpty()) {
                throw Failure.data("%s: no such file, and no file matches it as a pattern", glob);
            }
            for (Path file : matches) {
                files.putIfAbsent(file.toAbsolutePath().normalize().toString(), file);
            }
        }
        return List.copyOf(files.values());
    }

    private static List<Path> matches(String glob) {
        try {
            Path literal = Path.of(glob);
            // Literal first: a file may have brackets in its name.
            if (Files.isDirectory(literal)) {
                throw Failure.data("%s: is a directory, expected a file; name its files, for example %s",
                        glob, literal.resolve("*"));
            }
            if (Files.exists(literal)) {
                return List.of(literal);
            }
        } catch (InvalidPathException e) {
            // Windows refuses * in a path; as a pattern it may still match.
        }
        return walk(glob);
    }

    /** Walks from the deepest directory named before the first wildcard. */
    private static List<Path> walk(String glob) {
        int wildcard = 0;
        while (wildcard < glob.length() && WILDCARDS.indexOf(glob.charAt(wildcard)) < 0) {
            wildcard++;
        }
        int slash = glob.lastIndexOf('/', wildcard);
        Path base = Path.of(slash < 0 ? "" : glob.substring(0, Math.max(1, slash)));
        if (wildcard == glob.length() || !Files.isDirectory(base)) {
            return List.of();
        }
        String pattern = glob.substring(slash + 1);
        int depth = pattern.contains("**") ? Integer.MAX_VALUE : 1 + (int) pattern.chars().filter(c -> c == '/').count();
        try {
            PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
            List<Path> found = new ArrayList<>();
            try (Stream<Path> paths = Files.walk(base, depth)) {
                paths.filter(Files::isRegularFile)
                        .filter(p -> matcher.matches(base.relativize(p)))
                        .forEach(found::add);
            }
            return found;
        } catch (PatternSyntaxException e) {
            throw Failure.usage("%s: not a valid pattern: %s", glob, e.getDescription());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
