package org.graphbert.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.interop.CheckpointTensors;
import org.graphbert.train.Checkpoints.Checkpoint;

/**
 * What is wrong with a checkpoint. Each has a checksums.json with the size and the CRC-32C of all its files; those of
 * older runs have none, and TensorFlow's own checksum of each tensor stands alone.
 */
final class CheckpointFault {

    static final String CHECKSUMS = "checksums.json";

    private static final int BUFFER = 1 << 18;
    private static final int EXPONENT = 0x7f800000;

    private CheckpointFault() {}

    /** A file as it was written. */
    private record Sum(long bytes, String crc32c) {}

    /** The files of checksums.json. */
    private record Sums(Map<String, Sum> files) {

        Sums {
            if (files == null) {
                throw Failure.data("no files");
            }
        }
    }

    /** Writes checksums.json beside the files of a checkpoint. */
    static void writeChecksums(Path directory) throws IOException {
        Map<String, Sum> sums = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                sums.put(file.getFileName().toString(), new Sum(Files.size(file), crc(file)));
            }
        }
        Files.writeString(directory.resolve(CHECKSUMS), Json.write(new Sums(sums)) + "\n");
    }

    /** As {@link #of}, by names and sizes alone: what that finds is there, and what it does not find may be. */
    static Optional<String> atAGlance(Checkpoint checkpoint) {
        return find(checkpoint, false);
    }

    /**
     * Reads all of a checkpoint.
     *
     * @return where it is damaged and how, as a line's beginning; empty if it is sound and its numbers are finite
     */
    static Optional<String> of(Checkpoint checkpoint) {
        return find(checkpoint, true);
    }

    private static Optional<String> find(Checkpoint checkpoint, boolean whole) {
        try {
            Path sums = checkpoint.directory().resolve(CHECKSUMS);
            Optional<String> fault = Files.exists(sums) ? inFiles(sums, whole) : Optional.empty();
            return fault.isPresent() ? fault : inTensors(checkpoint, whole);
        } catch (Failure e) {
            // Of several causes the file and what was found there are enough; what to do is the caller's to say.
            return Optional.of(e.getMessage().split("; ")[0]);
        } catch (IOException | RuntimeException e) {
            return Optional.of(checkpoint.directory() + ": cannot be read: "
                    + (e instanceof IOException io ? Directories.reason(io) : e));
        }
    }

    private static Optional<String> inFiles(Path checksums, boolean whole) throws IOException {
        Sums sums;
        try {
            sums = Json.convert(Json.readObject(checksums), Sums.class);
        } catch (Failure | IllegalArgumentException e) {
            return Optional.of(checksums + ": damaged");
        }
        for (Map.Entry<String, Sum> entry : sums.files().entrySet()) {
            Path file = checksums.resolveSibling(entry.getKey());
            Sum expected = entry.getValue();
            if (!Files.isRegularFile(file)) {
                return Optional.of(file + ": no such file");
            }
            if (Files.size(file) != expected.bytes()) {
                return Optional.of(String.format(Locale.ROOT, "%s: found %,d bytes, expected %,d",
                        file, Files.size(file), expected.bytes()));
            }
            if (whole && !crc(file).equals(expected.crc32c())) {
                return Optional.of(String.format("%s: found CRC-32C %s, expected %s", file, crc(file), expected.crc32c()));
            }
        }
        return Optional.empty();
    }

    /** Each tensor's own checksum, and a number that is none: training from such weights could only diverge. */
    private static Optional<String> inTensors(Checkpoint checkpoint, boolean whole) throws IOException {
        try (CheckpointTensors tensors = CheckpointTensors.open(checkpoint.prefix())) {
            for (var entry : tensors.entries().values()) {
                long[] notFinite = {0};
                if (whole && entry.type().equals("float32")) {
                    tensors.read(entry.name(), chunk -> notFinite[0] += notFinite(chunk));
                } else if (whole && tensors.readable(entry.name())) {
                    tensors.read(entry.name(), chunk -> {});
                }
                if (notFinite[0] > 0) {
                    return Optional.of(String.format(Locale.ROOT, "%s: %,d of %,d numbers of %s are not finite",
                            checkpoint.directory(), notFinite[0], entry.elements(), entry.name()));
                }
            }
        }
        return Optional.empty();
    }

    private static long notFinite(ByteBuffer chunk) {
        IntBuffer bits = chunk.asIntBuffer();
        int[] values = new int[bits.remaining()];
        bits.get(values);
        int count = 0;
        for (int value : values) {
            count += (value & EXPONENT) == EXPONENT ? 1 : 0;
        }
        return count;
    }

    private static String crc(Path file) throws IOException {
        CRC32C crc = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                crc.update(buffer, 0, read);
            }
        }
        return String.format("%08x", crc.getValue());
    }
}
