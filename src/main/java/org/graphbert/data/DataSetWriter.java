package org.graphbert.data;

import java.io.IOException;
import java.io.OutputStream;
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
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Version;
import org.graphbert.text.Tokenizer;

/**
 * Writes a data set into {@code .NAME.partial} beside its place; {@link #publish} renames it when it is complete, so a
 * directory with the right name is always whole. After each block the state is saved, for another process to go on.
 */
final class DataSetWriter implements AutoCloseable {

    static final String UNIGRAM_COUNTS = "unigram_counts.txt";
    static final String TOKENIZER = "tokenizer";

    /**
     * What is to be written, and where.
     *
     * @param shards the number of files
     * @param channel what is put before the files of records; a test has its way here
     */
    record Plan(
            Path target,
            Part part,
            Manifest.Request request,
            Block.Size blockSize,
            int shards,
            UnaryOperator<OutputStream> channel) {

        Path partial() {
            return target.resolveSibling("." + target.getFileName() + ".partial");
        }

        /**
         * The state of another process that did not come to its end, if it finished a block.
         *
         * @param resume whether the user wants to go on from there
         * @throws Failure (usage) if there is one and the user does not, or it is of another request; (data) if it is damaged
         */
        Optional<SavedState> found(boolean resume) {
            if (!resume && Files.exists(partial().resolve(SavedState.FILE))) {
                throw Failure.usage("%s holds an unfinished preparation, %s; continue it with --resume, or delete that directory",
                        partial(), SavedState.textOf(partial()));
            }
            Optional<SavedState> state = SavedState.read(partial());
            state.ifPresent(this::requireSame);
            return state;
        }

        private void requireSame(SavedState state) {
            String difference = state.formatVersion() != Manifest.FORMAT_VERSION
                    ? "it is of format version " + state.formatVersion() + ", now it is " + Manifest.FORMAT_VERSION
                    : !state.preparedBy().equals(Version.PROGRAM) ? "it was begun by " + state.preparedBy()
                    : !state.part().equals(part.toString()) ? "it holds the " + state.part() + " part"
                    : Difference.between(state.request(), request);
            if (difference != null) {
                throw Failure.usage("--resume: the unfinished preparation in %s is another: %s; give the same options, or "
                        + "delete that directory", partial(), difference);
            }
            if (state.shards().size() != shards || !state.blockSize().equals(blockSize)) {
                throw SavedState.damaged(partial().resolve(SavedState.FILE), "it tells of other shards or blocks");
            }
        }
    }

    private final Plan plan;
    private final Path partial;
    private final List<ShardWriter> shards = new ArrayList<>();
    private final Tally tally;
    private long blocks;
    private SavedState saved;
    private boolean keep = true;

    /**
     * Begins the data set, or goes on with it.
     *
     * @param from what {@link Plan#found} gave
     * @param empty counts of nothing
     */
    DataSetWriter(Plan plan, Optional<SavedState> from, Tally empty) throws IOException {
        this.plan = plan;
        partial = plan.partial();
        tally = from.map(SavedState::tally).orElse(empty);
        blocks = from.map(SavedState::blocks).orElse(0L);
        saved = from.orElse(null);
        if (from.isEmpty()) {
            Directories.delete(partial); // left by a process that was killed in its first block; the lock is ours
            Files.createDirectory(partial);
        } else {
            Files.deleteIfExists(partial.resolve(Manifest.FILE));
            Files.deleteIfExists(partial.resolve(UNIGRAM_COUNTS));
            Directories.delete(partial.resolve(TOKENIZER));
        }
        try {
            for (int shard = 0; shard < plan.shards(); shard++) {
                SavedState.Shard begun = saved == null ? null : saved.shards().get(shard);
                shards.add(new ShardWriter(partial, shard, plan.shards(), begun, plan.channel()));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** How many blocks are finished. */
    long blocks() {
        return blocks;
    }

    /** Of all that was written so far. */
    Tally tally() {
        return tally;
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
        tally.add(records.tally());
    }

    /** All records of the next block are written: from here another process may go on. */
    void endBlock() {
        try {
            List<SavedState.Shard> lengths = new ArrayList<>();
            for (ShardWriter shard : shards) {
                lengths.add(shard.save());
            }
            SavedState state = new SavedState(Manifest.FORMAT_VERSION, Version.PROGRAM, plan.part().toString(), plan.request(),
                    plan.blockSize(), ++blocks, lengths, tally);
            state.write(partial);
            saved = state;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Such as "3 blocks with 12,345 records (10.1 MB) in DIRECTORY"; empty if no block is finished. */
    Optional<String> savedText() {
        return Optional.ofNullable(saved).map(state -> state.text() + " in " + partial);
    }

    /** Completes the shards and returns their facts for the manifest. */
    List<Manifest.Shard> finishShards() throws IOException {
        List<Manifest.Shard> facts = new ArrayList<>();
        for (ShardWriter shard : shards) {
            facts.add(shard.finish());
        }
        return facts;
    }

    /** Writes what lies beside the finished shards, and returns the facts of all that does, for the manifest. */
    List<Manifest.File> finishFiles(long[] unigrams, Tokenizer tokenizer) throws IOException {
        StringBuilder counts = new StringBuilder();
        for (long count : unigrams) {
            counts.append(count).append('\n');
        }
        write(UNIGRAM_COUNTS, counts.toString().getBytes(StandardCharsets.UTF_8));
        tokenizer.save(partial.resolve(TOKENIZER));
        List<Path> files = new ArrayList<>(List.of(partial.resolve(UNIGRAM_COUNTS)));
        shards.forEach(shard -> files.add(shard.index()));
        try (Stream<Path> saved = Files.walk(partial.resolve(TOKENIZER))) {
            saved.filter(Files::isRegularFile).forEach(files::add);
        }
        return files.stream()
                .map(file -> Manifest.File.of(partial, file))
                .sorted(Comparator.comparing(Manifest.File::file))
                .toList();
    }

    /** Last of all files. */
    void finish(Manifest manifest) throws IOException {
        write(Manifest.FILE, manifest.bytes());
    }

    /** Gives the directory its name. */
    void publish() throws IOException {
        Files.deleteIfExists(plan.target()); // at most an empty directory
        Files.move(partial, plan.target(), StandardCopyOption.ATOMIC_MOVE);
        // Last, so that up to here another process could have gone on; one that is left behind is removed on reuse.
        Files.deleteIfExists(plan.target().resolve(SavedState.FILE));
        Directories.force(plan.target().getParent());
    }

    /** Lets {@link #close} remove finished blocks too: of no use to anyone. */
    void discard() {
        keep = false;
    }

    /** Ends the writing. What has not been published is removed, but for finished blocks. */
    @Override
    public void close() throws IOException {
        for (ShardWriter shard : shards) {
            shard.close();
        }
        if (saved == null || !keep) {
            Directories.delete(partial);
        }
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
}
