package org.graphbert.data;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Version;
import org.graphbert.corpus.DocumentCounts;
import org.graphbert.text.Tokenizer;

/**
 * Writes a data set, or a partition's share of one, into its {@link PartialSet}. After each block the state is saved, for
 * another process to go on.
 */
final class DataSetWriter implements AutoCloseable {

    /**
     * What is to be written, and where.
     *
     * @param dataSet the place of the whole data set
     * @param partition whose shards of it are written
     * @param shards the number of files of the whole data set
     * @param channel what is put before the files of records; a test has its way here
     */
    record Plan(
            Path dataSet,
            Partition partition,
            Part part,
            Manifest.Request request,
            Block.Size blockSize,
            int shards,
            UnaryOperator<OutputStream> channel) {

        /** The place of what is written. */
        Path target() {
            return partition.directory(dataSet);
        }

        PartialSet partialSet() {
            return new PartialSet(target());
        }

        /** The numbers of the shards that are written. */
        List<Integer> ownShards() {
            return IntStream.range(0, shards).filter(partition::owns).boxed().toList();
        }

        /** Where the unfinished directory lies. */
        Path partial() {
            return partialSet().directory();
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

        /**
         * What a partition's finished share is.
         *
         * @throws Failure (usage) if it is of another request
         */
        Manifest finished(SavedState state) {
            String difference = state.difference(part, request);
            if (difference != null || state.finished() == null) {
                throw Failure.usage("%s holds other data: %s; choose another --output, or delete it first", target(),
                        difference == null ? "it is not finished" : difference);
            }
            return state.manifest(ownShards(), shards, List.of());
        }

        private void requireSame(SavedState state) {
            String difference = state.difference(part, request);
            if (difference != null) {
                throw Failure.usage("--resume: the unfinished preparation in %s is another: %s; give the same options, or "
                        + "delete that directory", partial(), difference);
            }
            if (state.shards().size() != ownShards().size() || !state.blockSize().equals(blockSize)) {
                throw SavedState.damaged(partial().resolve(SavedState.FILE), "it tells of other shards or blocks");
            }
        }
    }

    private final Plan plan;
    private final PartialSet partialSet;
    private final Path partial;
    private final List<ShardWriter> shards = new ArrayList<>();
    private final Tally tally;
    private volatile long blocks; // asked by the thread that cuts blocks, too
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
        partialSet = plan.partialSet();
        partial = partialSet.directory();
        tally = from.map(SavedState::tally).orElse(empty);
        blocks = from.map(SavedState::blocks).orElse(0L);
        saved = from.orElse(null);
        if (from.isEmpty()) {
            partialSet.createAnew();
        } else {
            partialSet.reopen();
        }
        try {
            for (int shard : plan.ownShards()) {
                SavedState.Shard begun = saved == null ? null : saved.shards().get(shards.size());
                shards.add(new ShardWriter(partial, shard, plan.shards(), begun, plan.channel()));
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether a block has still to be written; its number alone decides the shard. */
    boolean wants(long block) {
        return block >= blocks && plan.partition().owns(block % plan.shards());
    }

    /** Of all that was written so far. */
    Tally tally() {
        return tally;
    }

    /** Appends the records of a block. */
    void write(BlockWork.Records records) {
        ShardWriter shard = shards.get((int) (records.block() % plan.shards() / plan.partition().count()));
        try {
            for (Framed record : records.frames()) {
                shard.write(record);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        tally.add(records.tally());
    }

    /** All records up to the end of a block are written: from here another process may go on. */
    void endBlock(long block) {
        try {
            List<SavedState.Shard> lengths = new ArrayList<>();
            for (ShardWriter shard : shards) {
                lengths.add(shard.save());
            }
            blocks = block + 1;
            SavedState state = state(lengths, null);
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

    /**
     * Completes what was written, and says what it is. {@link #publish} is to follow.
     *
     * @param sentences how lines were read
     * @param counts what was left out of the inputs
     * @param unigrams occurrences in the training part by token id, [V]; a partition has no use for them
     */
    Manifest finish(String sentences, DocumentCounts counts, Supplier<long[]> unigrams, Tokenizer tokenizer)
            throws IOException {
        List<SavedState.Shard> lengths = new ArrayList<>();
        List<Path> indexes = new ArrayList<>();
        for (ShardWriter shard : shards) {
            lengths.add(shard.finish());
            indexes.add(shard.index());
        }
        List<String> indexSums = indexes.stream().map(Sha256::of).toList();
        SavedState state = state(lengths, new SavedState.Finished(sentences, counts, indexSums));
        partialSet.saveTokenizer(tokenizer);
        if (!plan.partition().isWhole()) {
            state.write(partial);
            return state.manifest(plan.ownShards(), plan.shards(), List.of());
        }
        Manifest manifest = state.manifest(plan.ownShards(), plan.shards(), partialSet.finishFiles(indexes, unigrams.get()));
        partialSet.finish(manifest);
        return manifest;
    }

    /** Gives the directory its name. */
    void publish() throws IOException {
        partialSet.publish();
        if (plan.partition().isWhole()) {
            // Last, so that up to here another process could have gone on; one that is left behind is removed on reuse.
            Files.deleteIfExists(plan.target().resolve(SavedState.FILE));
        }
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

    private SavedState state(List<SavedState.Shard> lengths, SavedState.Finished finished) {
        return new SavedState(Manifest.FORMAT_VERSION, Version.PROGRAM, plan.part().toString(), plan.request(),
                plan.blockSize(), blocks, lengths, tally, finished);
    }
}
