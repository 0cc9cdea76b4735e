package org.graphbert.data;

import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.graphbert.text.Tokenizer;

/**
 * Writes a data set into {@code .NAME.partial} beside its place; {@link #publish} renames it when it is complete, so a
 * directory with the right name is always whole.
 */
final class DataSetWriter implements AutoCloseable {

    static final String UNIGRAM_COUNTS = "unigram_counts.txt";
    static final String TOKENIZER = "tokenizer";

    private final Path target;
    private final Path partial;
    private final List<ShardWriter> shards = new ArrayList<>();

    DataSetWriter(Path target, int shardCount) throws IOException {
        this.target = target;
        partial = target.resolveSibling("." + target.getFileName() + ".partial");
        delete(partial); // left by a process that was killed; the lock is ours
        Files.createDirectory(partial);
        for (int shard = 0; shard < shardCount; shard++) {
            shards.add(new ShardWriter(partial, shard, shardCount));
        }
    }

    /** Appends the records of a block; the block's number alone decides the shard. */
    void write(BlockWork.Records records) {
        ShardWriter shard = shards.get((int) (records.block() % shards.size()));
        try {
            for (Framed record : records.frames()) {
                shard.write(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Completes the shards and returns their facts for the manifest. */
    List<Manifest.Shard> finishShards() throws IOException {
        List<Manifest.Shard> facts = new ArrayList<>();
        for (ShardWriter shard : shards) {
            facts.add(shard.finish());
        }
        return facts;
    }

    /** Writes what lies beside the shards. */
    void finish(Manifest manifest, long[] unigrams, Tokenizer tokenizer) throws IOException {
        StringBuilder counts = new StringBuilder();
        for (long count : unigrams) {
            counts.append(count).append('\n');
        }
        write(UNIGRAM_COUNTS, counts.toString().getBytes(StandardCharsets.UTF_8));
        tokenizer.save(partial.resolve(TOKENIZER));
        write(Manifest.FILE, manifest.bytes());
    }

    /** Gives the directory its name. One that is there already holds the same data, and stays. */
    void publish() throws IOException {
        if (Manifest.in(target)) {
            return;
        }
        Files.deleteIfExists(target); // at most an empty directory
        Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes what has not been published. */
    @Override
    public void close() throws IOException {
        for (ShardWriter shard : shards) {
            shard.close();
        }
        delete(partial);
    }

    private void write(String name, byte[] bytes) throws IOException {
        try (FileChannel file = FileChannel.open(
                partial.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            file.force(true);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(directory)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
