package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.corpus.InputFiles;

/** Which files a data set consists of. */
public final class DataSetFiles {

    /** Part of the name of each file of records, in a directory without a manifest. */
    private static final String TFRECORD = ".tfrecord";

    /** {@link ShardWriter#indexOf} gives such names. */
    private static final Pattern INDEX = Pattern.compile("data-\\d{5,}-of-\\d{5,}\\.index");

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

    /** Whether it lies beside shards that have a manifest, and beside no others. */
    private static boolean isOfPrepared(Path file) {
        String name = file.getFileName().toString();
        return name.equals(PartialSet.UNIGRAM_COUNTS) || INDEX.matcher(name).matches();
    }

    /**
     * The record files of a data set, in order.
     *
     * @throws Failure (data) if there is none, or if the directory was prepared and has lost its manifest; those that a manifest names may be missing all the same
     */
    static List<Path> of(Path path, Optional<Manifest> manifest) {
        if (manifest.isPresent()) {
            return manifest.get().shards().stream().map(s -> path.resolve(s.file())).toList();
        }
        if (!Files.isDirectory(path)) {
            return InputFiles.expand(List.of(path.toString()));
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> all = entries.sorted().toList();
            List<Path> files = all.stream().filter(DataSetFiles::isNamed).toList();
            Optional<Path> prepared = all.stream().filter(DataSetFiles::isOfPrepared).findFirst();
            if (prepared.isPresent()) {
                throw Failure.data("%s: is missing, though %s lies there, so the directory is a data set of 'graphbert prepare';"
                                + " copy it again from the original, or prepare the data again",
                        path.resolve(Manifest.FILE), prepared.get().getFileName());
            }
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
