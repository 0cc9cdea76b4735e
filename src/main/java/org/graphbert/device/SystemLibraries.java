package org.graphbert.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the system's dynamic linker would find a library by its name: LD_LIBRARY_PATH, the linker's cache, the directories
 * that it knows without being told.
 *
 * @param libraryPath LD_LIBRARY_PATH as it is when the process starts; null if not set
 * @param cache /etc/ld.so.cache: text in it, ended by zeros, has each library's name and path
 * @param defaults the last places
 */
record SystemLibraries(String libraryPath, Path cache, List<Path> defaults) {

    /** Of this machine. */
    static SystemLibraries here() {
        return new SystemLibraries(
                System.getenv("LD_LIBRARY_PATH"),
                Path.of("/etc/ld.so.cache"),
                Stream.of("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib")
                        .map(Path::of)
                        .toList());
    }

    /** The file that a name leads to. */
    Optional<Path> find(String name) {
        Stream<Path> told = Arrays.stream(libraryPath == null ? new String[0] : libraryPath.split("[:;]"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name));
        Stream<Path> known = defaults.stream().map(directory -> directory.resolve(name));
        return Stream.of(told, cached(name), known).flatMap(paths -> paths).filter(Files::isRegularFile).findFirst();
    }

    private Stream<Path> cached(String name) {
        try {
            String text = new String(Files.readAllBytes(cache), StandardCharsets.ISO_8859_1);
            return Arrays.stream(text.split("\0"))
                    .filter(entry -> entry.startsWith("/") && entry.endsWith("/" + name))
                    .map(Path::of);
        } catch (IOException e) {
            return Stream.of();
        }
    }
}
