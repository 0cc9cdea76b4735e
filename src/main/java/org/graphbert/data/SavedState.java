package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.JsonReason;
import org.graphbert.config.Version;
import org.graphbert.corpus.DocumentCounts;

/**
 * How far an unfinished data set is: {@code state.json} in its directory, replaced as a whole after each block, when the
 * records are on the disk. Its first line is the SHA-256 of what follows.
 *
 * @param formatVersion {@link Manifest#FORMAT_VERSION}, which stands for the way to cut blocks and draw numbers
 * @param preparedBy program and version
 * @param part training or held-out
 * @param request what decides the contents
 * @param blocks how many are finished
 * @param shards how far each is; what lies behind that in its files is of an unfinished block
 * @param tally of the finished blocks
 * @param finished of a partition that has all its shards; left out before
 */
record SavedState(
        int formatVersion,
        String preparedBy,
        String part,
        Manifest.Request request,
        Block.Size blockSize,
        long blocks,
        List<Shard> shards,
        Tally tally,
        @JsonInclude(JsonInclude.Include.NON_NULL) Finished finished) {

    static final String FILE = "state.json";

    /** A shard's records, their bytes, and the checksum of these. */
    record Shard(long records, long bytes, String sha256) {}

    /**
     * What is known when all text is read.
     *
     * @param sentences how lines were read: lines or split, where the recipe may say auto
     * @param counts what was left out of the inputs
     * @param indexes the checksums of the shards' indexes
     */
    record Finished(String sentences, DocumentCounts counts, List<String> indexes) {}

    /**
     * What a manifest says of it, once it is finished.
     *
     * @param numbers of the shards
     * @param count the number of shards of the whole data set
     */
    Manifest manifest(List<Integer> numbers, int count, List<Manifest.File> files) {
        List<Manifest.Shard> named = new ArrayList<>();
        for (int i = 0; i < shards.size(); i++) {
            Shard shard = shards.get(i);
            named.add(new Manifest.Shard(ShardWriter.name(numbers.get(i), count), shard.records(), shard.bytes(), shard.sha256()));
        }
        Statistics statistics = Statistics.of(tally, request.recipe().pairs().task(), finished.counts());
        return new Manifest(formatVersion, preparedBy, part, request, finished.sentences(), statistics, named, files);
    }

    /**
     * Reads the state of a directory; empty if it has none.
     *
     * @throws Failure (data) if it is damaged
     */
    static Optional<SavedState> read(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            String[] parts = Files.readString(file).split("\n", 2);
            if (parts.length < 2 || !parts[0].equals(checksum(parts[1].getBytes(StandardCharsets.UTF_8)))) {
                throw damaged(file, "its checksum does not match");
            }
            return Optional.of(Manifest.JSON.readValue(parts[1], SavedState.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            throw damaged(file, "it cannot be understood: " + JsonReason.of(e));
        } catch (IOException e) {
            throw damaged(file, Directories.reason(e));
        }
    }

    /** Why a directory's contents are of no use for a request, or null if they are its unfinished or finished part. */
    String difference(Part asked, Manifest.Request request) {
        return formatVersion != Manifest.FORMAT_VERSION
                ? "it is of format version " + formatVersion + ", now it is " + Manifest.FORMAT_VERSION
                : !preparedBy.equals(Version.PROGRAM) ? "it was begun by " + preparedBy
                : !part.equals(asked.toString()) ? "it holds the " + part + " part"
                : Difference.between(this.request, request);
    }

    /** Replaces the state of a directory; whenever the process ends, the old or the new one is there. */
    void write(Path directory) throws IOException {
        byte[] json = Manifest.JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(this);
        Path aside = directory.resolve(FILE + ".new");
        Files.writeString(aside, checksum(json) + "\n" + new String(json, StandardCharsets.UTF_8));
        Directories.force(aside);
        Files.move(aside, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        Directories.force(directory);
    }

    /** Such as "3 blocks with 12,345 records (10.1 MB)". */
    String text() {
        return String.format("%,d block%s with %,d records (%.1f MB)", blocks, blocks == 1 ? "" : "s",
                shards.stream().mapToLong(Shard::records).sum(), shards.stream().mapToLong(Shard::bytes).sum() / 1e6);
    }

    /** {@link #text} of a directory, or that its state is damaged. */
    static String textOf(Path directory) {
        try {
            return read(directory).map(SavedState::text).orElse("none of it finished");
        } catch (Failure e) {
            return "the state of which is damaged";
        }
    }

    /** A failure for a file of an unfinished data set that is not as it was written. */
    static Failure damaged(Path file, String what) {
        return Failure.data("%s: damaged: %s; delete the directory %s and prepare the data from the start", file, what,
                file.getParent());
    }

    private static String checksum(byte[] json) {
        return HexFormat.of().formatHex(Sha256.digest().digest(json));
    }
}
