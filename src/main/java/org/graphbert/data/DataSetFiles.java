package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.corpus.InputFiles;

/** Which files a data set consists of. */
public final class DataSetFiles {

    /** Part of the name of each file of records, in a directory without a manifest. */
    private static final String TFRECORD = ".tfrecord";

    private DataSetFiles() {}

    /** Whether a path is a data set, or names TFRecord files; cheap. */
    public static boolean recognises(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return path.toString().contains(TFRECORD) || beginsWithRecord(path);
        }
        try (Stream<Path> entries = Files.list(path)) {
            return Manifest.in(path) || entries.anyMatch(DataSetFiles::isNamed);
        }
    }

    /** Whether a file, or the first that a pattern matches, begins with a record, whatever its name. */
    private static boolean beginsWithRecord(Path path) {
        try {
            return Compression.beginsWithRecord(InputFiles.expand(List.of(path.toString())).get(0));
        } catch (Failure e) {
            return false; // no such file
        }
    }

    private static boolean isNamed(Path file) {
        return file.getFileName().toString().contains(TFRECORD);
    }

    /**
     * The record files of a data set, in order.
     *
     * @throws Failure (data) if there is none; those that a manifest names may be missing all the same
     */
    static List<Path> of(Path path, Optional<Manifest> manifest) {
        if (manifest.isPresent()) {
            return manifest.get().shards().stream().map(s -> path.resolve(s.file())).toList();
        }
        if (!Files.isDirectory(path)) {
            return InputFiles.expand(List.of(path.toString()));
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> files = entries.filter(DataSetFiles::isNamed).sorted().toList();
            if (files.isEmpty()) {
                throw Failure.data("%s: neither %s nor *.tfrecord files in it; make a data set with 'graphbert prepare'",
                        path, Manifest.FILE);
            }
            return files;
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", path, Directories.reason(e));
        }
    }
}
