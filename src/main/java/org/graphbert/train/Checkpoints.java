package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The checkpoints of a run: {@code step-00000300/model.ckpt.*} and their checksums. Each directory is complete or absent:
 * written aside, forced to disk, then renamed whole. {@code best.json} names the best of them.
 */
public final class Checkpoints {

    private static final Pattern NAME = Pattern.compile("step-(\\d{8,18})");
    private static final String ASIDE = ".writing";
    private static final String REMOVED = ".removing";
    private static final String BEST = "best.json";
    private static final String PREFIX = "model.ckpt";

    private final Path directory;

    public Checkpoints(Path directory) {
        this.directory = directory;
    }

    /** Where they are. */
    Path directory() {
        return directory;
    }

    /** A checkpoint on disk. */
    public record Checkpoint(long step, Path directory) {

        /** The prefix that TensorFlow's savers take. */
        public String prefix() {
            return directory.resolve(PREFIX).toString();
        }
    }

    /**
     * The best checkpoint by what was measured on held-out data, as best.json has it.
     *
     * @param maskedLmLoss of which the lowest is the best; null in a fine-tuned run
     * @param metric what a fine-tuned run goes by; null elsewhere
     * @param value of the metric; null elsewhere
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Best(long step, Double maskedLmLoss, String metric, Double value, Measured heldOut) {

        Best(long step, double maskedLmLoss, Measured heldOut) {
            this(step, maskedLmLoss, null, null, heldOut);
        }

        /** Of a fine-tuned run. */
        static Best of(long step, String metric, double value, Measured dev) {
            return new Best(step, null, metric, value, dev);
        }

        /** The more, the better. */
        double score() {
            return metric == null ? -maskedLmLoss : score(metric, value);
        }

        /** The same of a metric: losses and errors are to be small, all others large; what is not defined is the worst. */
        static double score(String metric, double value) {
            if (Double.isNaN(value)) {
                return Double.NEGATIVE_INFINITY;
            }
            return metric.endsWith("loss") || metric.endsWith("error") ? -value : value;
        }

        /** Whether the losses of both are of the same records, as those of older versions, which do not say, are taken to be. */
        boolean comparable(Best other) {
            return heldOut == null || other.heldOut == null || heldOut.same(other.heldOut);
        }
    }

    /**
     * What a loss was measured on.
     *
     * @param data the held-out data set's directory
     * @param checksum of the data set; null for files without a manifest
     * @param records how many of them, from the first
     */
    public record Measured(String data, String checksum, long records) {

        /** Wherever they lie. */
        private boolean same(Measured other) {
            boolean set = checksum == null || other.checksum == null ? data.equals(other.data) : checksum.equals(other.checksum);
            return set && records == other.records;
        }
    }

    /** The checkpoints, oldest first; what is in them may have been damaged since. */
    public List<Checkpoint> list() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.flatMap(path -> {
                        Matcher matcher = NAME.matcher(path.getFileName().toString());
                        return matcher.matches()
                                ? Stream.of(new Checkpoint(Long.parseLong(matcher.group(1)), path))
                                : Stream.empty();
                    })
                    .sorted(Comparator.comparingLong(Checkpoint::step))
                    .toList();
        }
    }

    /** What they take on the disk. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Checkpoint checkpoint : list()) {
            try (Stream<Path> files = Files.list(checkpoint.directory())) {
                bytes += files.mapToLong(file -> file.toFile().length()).sum();
            }
        }
        return bytes;
    }

    /** The newest, sound or not. */
    public Optional<Checkpoint> latest() throws IOException {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /**
     * The newest that is sound; empty where there is none at all.
     *
     * @param say takes a line for each newer one, which is passed over
     * @throws Failure (data) if there are some, and all are damaged
     */
    public Optional<Checkpoint> newestSound(Consumer<String> say) throws IOException {
        List<Checkpoint> all = list();
        String first = null;
        for (int i = all.size() - 1; i >= 0; i--) {
            Optional<String> fault = CheckpointFault.of(all.get(i));
            if (fault.isEmpty()) {
                return Optional.of(all.get(i));
            }
            first = first == null ? fault.get() : first;
            if (i > 0) {
                say.accept(fault.get() + "; falling back to the checkpoint before");
            }
        }
        if (first == null) {
            return Optional.empty();
        }
        throw Failure.data("%s; found no sound checkpoint in %s (%d there); copy one back, or remove them to begin anew",
                first, directory, all.size());
    }

    /** What best.json says, as long as the checkpoint that it names is there whole; contents are not looked at. */
    public Optional<Best> best() throws IOException {
        Path file = directory.resolve(BEST);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Best best = Json.convert(Json.readObject(file), Best.class);
            return at(best.step()).filter(c -> CheckpointFault.atAGlance(c).isEmpty()).map(c -> best);
        } catch (Failure | IllegalArgumentException damaged) {
            // It is written again with the next best.
            return Optional.empty();
        }
    }

    /**
     * The checkpoint that best.json names.
     *
     * @throws Failure (usage) if there is none, (data) if it is damaged
     */
    public Checkpoint requireBest() throws IOException {
        Best best = best().orElseThrow(() -> Failure.usage(
                "%s: found none that names a checkpoint which is there; a run with --eval-data and keep_best has one: leave out --best "
                        + "for the newest checkpoint", directory.resolve(BEST)));
        Checkpoint checkpoint = at(best.step()).orElseThrow();
        Optional<String> fault = CheckpointFault.of(checkpoint);
        if (fault.isPresent()) {
            throw Failure.data("%s; leave out --best for the newest sound checkpoint", fault.get());
        }
        return checkpoint;
    }

    private Optional<Checkpoint> at(long step) throws IOException {
        return list().stream().filter(c -> c.step() == step).findFirst();
    }

    /** Names the best; its checkpoint is there already. */
    void markBest(Best best) throws IOException {
        Directories.replaceFile(directory.resolve(BEST), Json.write(best) + "\n");
    }

    /**
     * Writes a checkpoint; one of the same step, which can only be a damaged one, makes room.
     *
     * @param save writes the files under the prefix that it is given
     * @throws IOException if it cannot be written; nothing of it remains
     */
    Checkpoint write(long step, Consumer<String> save) throws IOException {
        Path aside = directory.resolve(ASIDE);
        Directories.delete(aside);
        Files.createDirectories(aside);
        try {
            save.accept(aside.resolve(PREFIX).toString());
            CheckpointFault.writeChecksums(aside);
            try (Stream<Path> files = Files.list(aside)) {
                for (Path file : files.toList()) {
                    Directories.force(file);
                }
            }
            Directories.force(aside);
            Checkpoint checkpoint = new Checkpoint(step, directory.resolve(String.format(Locale.ROOT, "step-%08d", step)));
            remove(checkpoint);
            Files.move(aside, checkpoint.directory(), StandardCopyOption.ATOMIC_MOVE);
            Directories.force(directory);
            return checkpoint;
        } catch (TensorFlowException e) {
            // PATH; REASON, and further lines of the place in the graph.
            String line = e.getMessage().lines().findFirst().orElse("").strip();
            throw new IOException(line.substring(line.indexOf("; ") < 0 ? 0 : line.indexOf("; ") + 2), e);
        } finally {
            Directories.delete(aside);
        }
    }

    /** Removes a checkpoint: it is there whole, or not at all. */
    void remove(Checkpoint checkpoint) throws IOException {
        Path removed = directory.resolve(REMOVED);
        Directories.delete(removed);
        if (Files.exists(checkpoint.directory())) {
            Files.move(checkpoint.directory(), removed, StandardCopyOption.ATOMIC_MOVE);
            Directories.delete(removed);
        }
    }

    /** Deletes what a killed process left half-written or half-removed. */
    void removeRemains() throws IOException {
        Directories.delete(directory.resolve(ASIDE));
        Directories.delete(directory.resolve(REMOVED));
        Files.deleteIfExists(directory.resolve("." + BEST + ".writing"));
    }
}
