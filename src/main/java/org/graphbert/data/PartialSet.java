package org.graphbert.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.text.Tokenizer;

/**
 * A data set, or a partition's share of one, that has not got its name yet: {@code .NAME.partial} beside its place. It is
 * renamed when it is complete, so a directory with the right name is always whole.
 *
 * @param target its place
 */
record PartialSet(Path target) {

    static final String UNIGRAM_COUNTS = "unigram_counts.txt";
    static final String TOKENIZER = "tokenizer";

    Path directory() {
        return target.resolveSibling("." + target.getFileName() + ".partial");
    }

    /** An empty directory, in the place of what was left by a process that was killed; the lock is to be ours. */
    void createAnew() throws IOException {
        Directories.delete(directory());
        Files.createDirectory(directory());
    }

    /** Removes what {@link #finishFiles} and {@link #finish} wrote: more records are to come. */
    void reopen() throws IOException {
        Files.deleteIfExists(directory().resolve(Manifest.FILE));
        Files.deleteIfExists(directory().resolve(UNIGRAM_COUNTS));
        Directories.delete(directory().resolve(TOKENIZER));
    }

    /**
     * Writes the unigram counts, and returns the facts of all that lies beside the finished shards, for the manifest. The
     * tokenizer is to be there.
     *
     * @param indexes of the shards
     * @param unigrams occurrences in the training part by token id, [V]
     */
    List<Manifest.File> finishFiles(List<Path> indexes, long[] unigrams) throws IOException {
        StringBuilder counts = new StringBuilder();
        for (long count : unigrams) {
            counts.append(count).append('\n');
        }
        write(UNIGRAM_COUNTS, counts.toString().getBytes(StandardCharsets.UTF_8));
        List<Path> files = new ArrayList<>(indexes);
        files.add(directory().resolve(UNIGRAM_COUNTS));
        try (Stream<Path> saved = Files.walk(directory().resolve(TOKENIZER))) {
            saved.filter(Files::isRegularFile).forEach(files::add);
        }
        return files.stream()
                .map(file -> Manifest.File.of(directory(), file))
                .sorted(Comparator.comparing(Manifest.File::file))
                .toList();
    }

    void saveTokenizer(Tokenizer tokenizer) {
        tokenizer.save(directory().resolve(TOKENIZER));
    }

    /** Takes over the tokenizer that lies in another directory of this kind. */
    void copyTokenizer(Path from) throws IOException {
        Path source = from.resolve(TOKENIZER);
        Path copy = Files.createDirectory(directory().resolve(TOKENIZER));
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
    }

    /** Last of all files. */
    void finish(Manifest manifest) throws IOException {
        write(Manifest.FILE, manifest.bytes());
    }

    /** Gives the directory its name. */
    void publish() throws IOException {
        Files.deleteIfExists(target); // at most an empty directory
        Files.move(directory(), target, StandardCopyOption.ATOMIC_MOVE);
        Directories.force(target.getParent());
    }

    private void write(String name, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(
                directory().resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            file.force(true);
        }
    }
}
