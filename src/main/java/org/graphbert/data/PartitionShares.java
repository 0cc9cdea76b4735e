package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * What the partitions wrote of one data set: their directories, and how far each is.
 *
 * @param dataSet its place
 * @param found directories by partition, in the order of the partitions; unfinished ones are not among them
 */
record PartitionShares(Path dataSet, Part part, Map<Partition, Share> found) {

    /** A partition's directory, and what it says of itself. */
    private record Share(Path directory, SavedState state) {}

    /**
     * Looks for them beside the place of the data set.
     *
     * @throws Failure (data) if the state of one is missing or damaged
     */
    static PartitionShares of(Path dataSet, Part part) throws IOException {
        Map<Partition, Share> found = new TreeMap<>(
                Comparator.comparingInt(Partition::count).thenComparingInt(Partition::index));
        for (Map.Entry<Partition, Path> entry : directories(dataSet).entrySet()) {
            Path directory = entry.getValue();
            SavedState state = SavedState.read(directory).orElseThrow(() -> Failure.data(
                    "--join: %s: no %s, so it is not what a partition wrote; delete it", directory, SavedState.FILE));
            found.put(entry.getKey(), new Share(directory, state));
        }
        return new PartitionShares(dataSet, part, found);
    }

    private static Map<Partition, Path> directories(Path dataSet) throws IOException {
        Map<Partition, Path> found = new HashMap<>();
        try (Stream<Path> entries = Files.list(dataSet.getParent())) {
            for (Path directory : entries.toList()) {
                Partition partition = Partition.of(directory, dataSet);
                if (partition != null) {
                    found.put(partition, directory);
                }
            }
        }
        return found;
    }

    /**
     * Removes the directories, the data set being there. One without a state was being removed when another process ended.
     *
     * @throws Failure (usage) if one is of other data
     */
    static void delete(Path dataSet, Part part) throws IOException {
        for (Path directory : directories(dataSet).values()) {
            SavedState state = SavedState.read(directory).orElse(null);
            String difference = state == null ? null : state.difference(part, Manifest.read(dataSet).request());
            if (difference != null) {
                throw Failure.usage("--join: %s exists, and %s holds other data: %s; choose another --output, or delete one of them",
                        dataSet, directory, difference);
            }
            Files.deleteIfExists(directory.resolve(SavedState.FILE));
            Directories.delete(directory);
        }
    }

    private List<Share> shares() {
        return List.copyOf(found.values());
    }

    private SavedState state() {
        return shares().get(0).state();
    }

    /** A directory of them. */
    Path first() {
        return shares().get(0).directory();
    }

    Manifest.Request request() {
        return state().request();
    }

    /** All that belong to the data set are there, and are of one request. */
    void requireComplete() {
        List<Integer> counts = found.keySet().stream().map(Partition::count).distinct().toList();
        if (counts.size() > 1) {
            throw Failure.data("--join: %s has partitions of %d and of %d processes; delete those that are not meant", dataSet,
                    counts.get(0), counts.get(1));
        }
        int shards = request().shards(part);
        int count = found.isEmpty() ? 1 : counts.get(0);
        for (int index = 0; index < count; index++) {
            Partition partition = new Partition(index, count);
            if (partition.ownsAnyOf(shards) && !found.containsKey(partition)) {
                Path directory = partition.directory(dataSet);
                throw Failure.data("--join: %s: no such directory; %s", directory,
                        Files.isDirectory(new PartialSet(directory).directory())
                                ? "partition " + partition + " is unfinished: go on with --partition " + partition + " --resume"
                                : "prepare it with --partition " + partition + ", or bring it here");
            }
        }
        found.forEach((partition, share) -> requireSame(share, first(), state().blockSize(), request()));
        if (tally().records == 0) {
            throw Failure.data("the %s set has no records: %s", part,
                    request().recipe().pairs().task().whyNoRecords(tally().documents));
        }
    }

    /** They are of the same request as the training part's. */
    void requireOf(PartitionShares training) {
        if (found.isEmpty()) {
            throw Failure.data("--join: %s: no such directory, but the training part's partitions were prepared with --held-out %s;"
                    + " bring it here", training.found.keySet().iterator().next().directory(dataSet),
                    training.request().recipe().heldOut());
        }
        found.forEach((partition, share) -> requireSame(
                share, training.first(), training.state().blockSize(), training.request()));
    }

    private void requireSame(Share share, Path other, Block.Size blockSize, Manifest.Request request) {
        SavedState state = share.state();
        String difference = state.finished() == null ? "it is not finished"
                : !state.blockSize().equals(blockSize) ? "its blocks have another size" : state.difference(part, request);
        if (difference != null) {
            throw Failure.data("--join: %s does not belong to %s: %s; prepare both with the same version, inputs and options",
                    share.directory(), other, difference);
        }
    }

    /** Of all together. */
    Tally tally() {
        Tally sum = new Tally(request().recipe().pairs().maxSeqLength(), request().tokenizer().vocabularySize());
        found.values().forEach(share -> sum.add(share.state().tally()));
        return sum;
    }

    /**
     * Brings the shards and their indexes into a directory, and returns the indexes.
     *
     * @throws Failure (data) if one is not as it was written
     */
    List<Path> gather(Path into, Progress progress) throws IOException {
        int count = request().shards(part);
        List<Path> indexes = new ArrayList<>();
        progress.start("joining the " + part + " set", count, "files");
        for (int shard = 0; shard < count; shard++) {
            Share from = shares().get(shard % found.size());
            int place = shard / found.size();
            String name = ShardWriter.name(shard, count);
            bring(from.directory().resolve(name), into, from.state().shards().get(place).sha256());
            bring(ShardWriter.indexOf(from.directory().resolve(name)), into, from.state().finished().indexes().get(place));
            indexes.add(ShardWriter.indexOf(into.resolve(name)));
            progress.at(shard + 1, "");
        }
        progress.done();
        return indexes;
    }

    private static void bring(Path file, Path into, String sha256) throws IOException {
        if (!Files.exists(file)) {
            throw Failure.data("--join: %s: no such file; prepare this partition again, or bring it here whole", file);
        }
        Path brought = into.resolve(file.getFileName());
        try {
            Files.createLink(brought, file);
        } catch (UnsupportedOperationException | IOException e) {
            Files.copy(file, brought);
            Directories.force(brought);
        }
        String found = Sha256.of(brought);
        if (!found.equals(sha256)) {
            throw Failure.data("--join: %s: damaged: its checksum is %.12s, expected %.12s; prepare this partition again, or bring "
                    + "it here anew", file, found, sha256);
        }
    }

    /** The manifest that one process would have written. */
    Manifest manifest(List<Manifest.File> files) {
        int count = request().shards(part);
        List<Integer> numbers = new ArrayList<>();
        List<SavedState.Shard> shards = new ArrayList<>();
        for (int shard = 0; shard < count; shard++) {
            numbers.add(shard);
            shards.add(shares().get(shard % found.size()).state().shards().get(shard / found.size()));
        }
        SavedState one = state();
        return new SavedState(one.formatVersion(), one.preparedBy(), one.part(), one.request(), one.blockSize(), one.blocks(),
                shards, tally(), one.finished()).manifest(numbers, count, files);
    }
}
