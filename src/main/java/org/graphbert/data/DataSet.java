package org.graphbert.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/**
 * The records of a data set, by number: a directory that {@link Preparation} wrote, or TFRecord files that
 * google-research/bert wrote (a directory, a file or a glob). Safe to share between threads.
 */
public final class DataSet implements AutoCloseable {

    private final Path path;
    private final Optional<Manifest> manifest;
    private final List<TfRecordFile> shards = new ArrayList<>();
    private final List<OffsetIndex> offsets = new ArrayList<>();
    /** The number of the first record of each shard, and behind them the number of records. */
    private final long[] first;
    private final int maxSeqLength;
    private final int maxPredictions;

    private DataSet(Path path, Optional<Manifest> manifest, List<Path> files) {
        this.path = path;
        this.manifest = manifest;
        first = new long[files.size() + 1];
        try {
            for (int i = 0; i < files.size(); i++) {
                TfRecordFile shard = manifest.isPresent() ? named(files.get(i)) : TfRecordFile.open(files.get(i));
                shards.add(shard);
                if (manifest.isPresent()) {
                    requireBytes(shard, manifest.get().shards().get(i));
                }
                Path index = ShardWriter.indexOf(files.get(i));
                OffsetIndex found = Files.exists(index) && manifest.isPresent()
                        ? OffsetIndex.open(index, shard.bytes()) : OffsetIndex.of(shard.scan());
                offsets.add(found);
                first[i + 1] = first[i] + found.records();
                if (manifest.isPresent()) {
                    requireRecords(shard, found.records(), manifest.get().shards().get(i));
                }
            }
            if (size() == 0) {
                throw Failure.data("%s: no records in %d file%s, the first being %s; prepare the data again, or name others",
                        path, files.size(), files.size() == 1 ? "" : "s", files.get(0).getFileName());
            }
            if (manifest.isPresent()) {
                Recipe recipe = manifest.get().request().recipe();
                maxSeqLength = recipe.pairs().maxSeqLength();
                maxPredictions = recipe.masks().maxPredictions();
            } else {
                Example example = decode(0);
                maxSeqLength = example.inputIds().length;
                maxPredictions = example.maskedLmPositions().length;
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Opens a data set.
     *
     * @param path a directory with or without manifest.json, a TFRecord file, or a glob
     * @throws Failure (data) if it is missing or empty, or its files do not match its manifest
     */
    public static DataSet open(Path path) {
        Optional<Manifest> manifest = Manifest.in(path) ? Optional.of(Manifest.read(path)) : Optional.empty();
        return new DataSet(path, manifest, DataSetFiles.of(path, manifest));
    }

    public Path path() {
        return path;
    }

    /** Empty for files that google-research/bert wrote. */
    public Optional<Manifest> manifest() {
        return manifest;
    }

    /** {@link Manifest#checksum}; empty for foreign files. */
    public Optional<String> checksum() {
        return manifest.map(Manifest::checksum);
    }

    /** The number of records. */
    public long size() {
        return first[first.length - 1];
    }

    /** What a user should know of how the files are read, a line each: those that had to be unpacked. */
    public List<String> notes() {
        return shards.stream().map(TfRecordFile::note).flatMap(Optional::stream).toList();
    }

    /** The number of files with records, empty ones too. */
    public int files() {
        return shards.size();
    }

    /** The file that a record is in. */
    public Path file(long record) {
        return shards.get(shardOf(Objects.checkIndex(record, size()))).file();
    }

    /** Of all files together; of what is packed in them, where they are compressed. */
    public long bytes() {
        return shards.stream().mapToLong(TfRecordFile::bytes).sum();
    }

    /** S. */
    public int maxSeqLength() {
        return maxSeqLength;
    }

    /** P. */
    public int maxPredictions() {
        return maxPredictions;
    }

    /** The directory with the tokenizer that made the records; empty for foreign files. */
    public Optional<Path> tokenizerDirectory() {
        return manifest.map(m -> path.resolve(PartialSet.TOKENIZER));
    }

    /**
     * How often each token id occurs in the unmasked training part of the corpus, special tokens 0; the held-out set
     * has the training part's counts too. Empty for foreign files.
     *
     * @throws Failure (data) if the file does not fit the vocabulary
     */
    public Optional<long[]> unigramCounts() {
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        Path file = path.resolve(PartialSet.UNIGRAM_COUNTS);
        int expected = manifest.get().request().tokenizer().vocabularySize();
        try (Stream<String> lines = Files.lines(file)) {
            long[] counts = lines.mapToLong(Long::parseLong).toArray();
            if (counts.length != expected) {
                throw Failure.data("%s: %d lines, expected %d, one for each token", file, counts.length, expected);
            }
            return Optional.of(counts);
        } catch (IOException | NumberFormatException e) {
            throw Failure.data("%s: cannot be read: %s", file, e.getMessage());
        }
    }

    /**
     * Reads a record; its checksums are checked.
     *
     * @param record 0 to {@link #size} - 1
     * @throws Failure (data) that names the file and the byte offset of a damaged record
     */
    public Example example(long record) {
        Example example = decode(record);
        if (example.inputIds().length != maxSeqLength || example.maskedLmPositions().length != maxPredictions) {
            int shard = shardOf(record);
            throw Failure.data("%s: the record at byte %,d has %d positions and %d predictions, expected %d and %d as %s;"
                            + " give it as a data set of its own",
                    shards.get(shard).file(), offsets.get(shard).offset((int) (record - first[shard])),
                    example.inputIds().length, example.maskedLmPositions().length, maxSeqLength, maxPredictions,
                    manifest.isPresent() ? "the manifest says" : "the first record has");
        }
        return example;
    }

    /**
     * The number of a record's tokens, padding left out; from the offsets index where there is one, else the record is
     * read for it.
     *
     * @param record 0 to {@link #size} - 1
     */
    public int length(long record) {
        int shard = shardOf(Objects.checkIndex(record, size()));
        int place = (int) (record - first[shard]);
        int tokens = offsets.get(shard).tokens(place);
        if (tokens == OffsetIndex.UNKNOWN) {
            return example(record).length();
        }
        if (tokens < 0 || tokens > maxSeqLength) {
            throw wrongIndex(shard, place, "gives the record " + tokens + " tokens, expected 0 to " + maxSeqLength);
        }
        return tokens;
    }

    @Override
    public void close() {
        shards.forEach(TfRecordFile::close);
        offsets.forEach(OffsetIndex::close);
    }

    private Example decode(long record) {
        if (record < 0 || record >= size()) {
            throw new IndexOutOfBoundsException("record " + record + " of " + size());
        }
        int shard = shardOf(record);
        int place = (int) (record - first[shard]);
        long offset = offsets.get(shard).offset(place);
        long end = offsets.get(shard).offset(place + 1);
        if (offset < 0 || end - offset < TfRecord.HEADER + TfRecord.FOOTER || end - offset > TfRecord.LONGEST) {
            throw wrongIndex(shard, place, String.format("places the record at bytes %,d to %,d", offset, end));
        }
        byte[] frame = shards.get(shard).frame(offset, end);
        try {
            return ExampleDecoder.decode(frame, TfRecord.HEADER, frame.length - TfRecord.FOOTER);
        } catch (IllegalArgumentException e) {
            throw shards.get(shard).damaged(offset, e.getMessage());
        }
    }

    private Failure wrongIndex(int shard, int place, String what) {
        return Failure.data("%s: not the index of %s: entry %,d %s; delete it and the shard is scanned instead",
                ShardWriter.indexOf(shards.get(shard).file()), shards.get(shard).file().getFileName(), place, what);
    }

    private int shardOf(long record) {
        int found = Arrays.binarySearch(first, record);
        if (found < 0) {
            return -found - 2;
        }
        while (first[found + 1] == record) { // behind empty shards
            found++;
        }
        return found;
    }

    /** A shard that a manifest names. */
    private static TfRecordFile named(Path file) {
        if (!Files.exists(file)) {
            throw Failure.data("%s: no such file, but %s names it; copy it there, or prepare the data again", file, Manifest.FILE);
        }
        return TfRecordFile.plain(file);
    }

    private static void requireBytes(TfRecordFile shard, Manifest.Shard expected) {
        if (shard.bytes() != expected.bytes()) {
            throw Failure.data("%s: %,d bytes, but the manifest says %,d; copy or prepare the data again",
                    shard.file(), shard.bytes(), expected.bytes());
        }
    }

    private static void requireRecords(TfRecordFile shard, long records, Manifest.Shard expected) {
        if (records != expected.records()) {
            throw Failure.data("%s: %,d records, but the manifest says %,d; copy or prepare the data again",
                    shard.file(), records, expected.records());
        }
    }
}
