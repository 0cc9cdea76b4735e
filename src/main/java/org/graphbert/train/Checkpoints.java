package org.graphbert.train;

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
import org.tensorflow.exceptions.TensorFlowException;

/**
 * The checkpoints of a run: {@code step-00000300/model.ckpt.*}. Each directory is complete or absent: written aside,
 * forced to disk, then renamed whole.
 */
public final class Checkpoints {

    private static final Pattern NAME = Pattern.compile("step-(\\d{8,})");
    private static final String ASIDE = ".writing";
    private static final String PREFIX = "model.ckpt";

    private final Path directory;

    public Checkpoints(Path directory) {
        this.directory = directory;
    }

    /** A checkpoint on disk. */
    public record Checkpoint(long step, Path directory) {

        /** The prefix that TensorFlow's savers take. */
        public String prefix() {
            return directory.resolve(PREFIX).toString();
        }
    }

    /** The complete checkpoints, oldest first. */
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

    /** The newest complete checkpoint. */
    public Optional<Checkpoint> latest() throws IOException {
        List<Checkpoint> all = list();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /**
     * Writes a checkpoint.
     *
     * @param save writes the files under the prefix that it is given
     */
    Checkpoint write(long step, Consumer<String> save) throws IOException {
        Path aside = directory.resolve(ASIDE);
        Directories.delete(aside);
        Files.createDirectories(aside);
        try {
            save.accept(aside.resolve(PREFIX).toString());
        } catch (TensorFlowException e) {
            Directories.delete(aside);
            throw Failure.data(
                    "%s: the checkpoint of step %d cannot be written: %s; make room and run the same command, which continues "
                            + "from the checkpoint before",
                    directory, step, e.getMessage().lines().findFirst().orElse("").strip(), e);
        }
        try (Stream<Path> files = Files.list(aside)) {
            for (Path file : files.toList()) {
                Directories.force(file);
            }
        }
        Path target = directory.resolve(String.format(Locale.ROOT, "step-%08d", step));
        Directories.delete(target);
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        Directories.force(directory);
        return new Checkpoint(step, target);
    }

    /** Deletes all but the newest, and what an interrupted write left. */
    void keepNewest(int count) throws IOException {
        Directories.delete(directory.resolve(ASIDE));
        List<Checkpoint> all = list();
        for (Checkpoint old : all.subList(0, Math.max(0, all.size() - count))) {
            Directories.delete(old.directory());
        }
    }
}
