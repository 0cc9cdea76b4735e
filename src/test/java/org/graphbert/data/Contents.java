package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** For tests: what lies in a directory. */
final class Contents {

    private Contents() {}

    /** The checksums of all files in it, by their names from there on. */
    static Map<String, String> of(Path root) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put("/" + root.relativize(file), Sha256.of(file));
            }
        }
        return contents;
    }
}
