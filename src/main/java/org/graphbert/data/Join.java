package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.DirectoryLock;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.corpus.DocumentCounts;

/**
 * Makes data sets of what the {@link Partition}s wrote: the bytes that one process would have written. The files are linked
 * where the file system can, else copied, and the partitions' directories removed when all is in place; a join that was
 * ended is begun anew.
 *
 * @param output the data set's directory, as the partitions were given it; of several lengths, without them
 */
public record Join(Path output) {

    public Join {
        output = output.toAbsolutePath().normalize();
    }

    /**
     * Joins the partitions of each length.
     *
     * @throws Failure (data) if one is missing or damaged, or they are of different requests; (usage) if the data set
     *     cannot be written, or other data are in its place
     */
    public Preparation.Result run(Progress progress) {
        List<Preparation.Made> made = new ArrayList<>();
        try {
            for (Path dataSet : dataSets()) {
                try (DirectoryLock training = DirectoryLock.ofOutput(dataSet);
                        DirectoryLock heldOut = DirectoryLock.ofOutput(Part.HELD_OUT.directory(dataSet))) {
                    made.add(join(dataSet, progress));
                }
            }
        } catch (IOException e) {
            throw Failure.usage("--output %s: cannot be written: %s; choose a place with room that may be written", output,
                    Directories.reason(e), e);
        }
        return new Preparation.Result(made, 0, DocumentCounts.NONE);
    }

    /** The data sets that there are partitions of. */
    private List<Path> dataSets() throws IOException {
        Pattern name = Pattern.compile(Pattern.quote(output.getFileName().toString()) + "(-\\d+)?");
        Pattern partition = Pattern.compile("\\.partition-\\d+-of-\\d+$");
        List<Path> found;
        try (Stream<Path> entries = Files.isDirectory(output.getParent()) ? Files.list(output.getParent()) : Stream.empty()) {
            found = entries.map(entry -> entry.getFileName().toString())
                    .filter(entry -> partition.matcher(entry).find())
                    .map(entry -> partition.matcher(entry).replaceFirst(""))
                    .filter(entry -> name.matcher(entry).matches())
                    .distinct()
                    .sorted()
                    .map(output::resolveSibling)
                    .toList();
        }
        if (!found.isEmpty()) {
            return found;
        }
        if (Manifest.in(output)) {
            return List.of(output);
        }
        throw Failure.data("--join: %s.partition-0-of-N: no such directory; prepare the partitions first, with the same --output "
                + "and --partition 0/N to N-1/N, and bring them together in %s", output, output.getParent());
    }

    private Preparation.Made join(Path dataSet, Progress progress) throws IOException {
        Path heldOutSet = Part.HELD_OUT.directory(dataSet);
        boolean reused = Manifest.in(dataSet);
        if (reused) {
            progress.say("reusing " + dataSet + ": it is joined already");
        } else {
            Map<Part, PartitionShares> shares = new EnumMap<>(Part.class);
            PartitionShares training = PartitionShares.of(dataSet, Part.TRAINING);
            shares.put(Part.TRAINING, training);
            if (training.request().recipe().heldOut() > 0 && !Manifest.in(heldOutSet)) {
                PartitionShares heldOut = PartitionShares.of(heldOutSet, Part.HELD_OUT);
                heldOut.requireOf(training);
                shares.put(Part.HELD_OUT, heldOut);
            }
            write(shares, training.tally().unigrams, progress);
        }
        PartitionShares.delete(dataSet, Part.TRAINING);
        PartitionShares.delete(heldOutSet, Part.HELD_OUT);
        return new Preparation.Made(dataSet, Manifest.read(dataSet),
                Manifest.in(heldOutSet) ? Optional.of(Manifest.read(heldOutSet)) : Optional.empty(), reused);
    }

    /** @param unigrams of the training part, [V] */
    private static void write(Map<Part, PartitionShares> shares, long[] unigrams, Progress progress) throws IOException {
        for (PartitionShares all : shares.values()) {
            all.requireComplete();
        }
        List<PartialSet> partial = new ArrayList<>();
        try {
            for (PartitionShares all : shares.values()) {
                PartialSet set = new PartialSet(all.dataSet());
                partial.add(set);
                set.createAnew();
                List<Path> indexes = all.gather(set.directory(), progress);
                set.copyTokenizer(all.first());
                set.finish(all.manifest(set.finishFiles(indexes, unigrams)));
            }
            // The training part last: with it there, all is there.
            partial.sort(Comparator.comparing(set -> set.target().equals(shares.get(Part.TRAINING).dataSet())));
            for (PartialSet set : partial) {
                set.publish();
            }
        } finally {
            for (PartialSet set : partial) {
                Directories.delete(set.directory());
            }
        }
    }
}
