package org.graphbert.interop;

import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.graphbert.config.Failure;

/** The values of a TensorFlow V2 checkpoint, out of its data files; each tensor's checksum is verified as it is read. */
public final class CheckpointTensors implements StoredTensors {

    private final CheckpointIndex index;
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final Map<Path, FileChannel> channels = new HashMap<>();

    private CheckpointTensors(CheckpointIndex index) {
        this.index = index;
        index.entries().values().forEach(
                entry -> entries.put(entry.name(), new Entry(entry.name(), TypeNames.of(entry.type()), entry.shape())));
    }

    /**
     * Opens a checkpoint.
     *
     * @param prefix what its files' names begin with, e.g. DIR/bert_model.ckpt
     * @throws Failure (usage) if there is no such checkpoint, (data) if the index is damaged, or a data file is missing or cut
     *     short
     */
    public static CheckpointTensors open(String prefix) throws IOException {
        return open(CheckpointIndex.read(prefix));
    }

    static CheckpointTensors open(CheckpointIndex index) throws IOException {
        CheckpointTensors tensors = new CheckpointTensors(index);
        try {
            for (Path file : index.dataFiles()) {
                if (!Files.isRegularFile(file)) {
                    throw Failure.data("%s: no such file, but %s.index needs it; copy all of the checkpoint's files",
                            file, index.prefix());
                }
                tensors.channels.put(file, FileChannel.open(file, StandardOpenOption.READ));
            }
            for (CheckpointIndex.Entry entry : index.entries().values()) {
                tensors.checkSize(entry);
            }
        } catch (IOException | RuntimeException e) {
            tensors.close();
            throw e;
        }
        return tensors;
    }

    private void checkSize(CheckpointIndex.Entry entry) throws IOException {
        Path file = index.dataFile(entry);
        long size = channels.get(file).size();
        if (entry.offset() + entry.bytes() > size) {
            throw cutShort(file, entry, size);
        }
    }

    @Override
    public String where() {
        return index.prefix();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    /** The files that hold the values, in order. */
    public List<Path> dataFiles() {
        return index.dataFiles();
    }

    @Override
    public long byteSize(String name) {
        return index.entries().get(name).bytes();
    }

    /** Texts are stored in a way of their own, and partitioned variables in slices; neither is read here. */
    @Override
    public boolean readable(String name) {
        CheckpointIndex.Entry entry = index.entries().get(name);
        return !entry.partitioned() && TypeNames.bytes(entry.type()) > 0;
    }

    @Override
    public void read(String name, Chunks chunks) throws IOException {
        CheckpointIndex.Entry entry = index.entries().get(name);
        if (entry.partitioned()) {
            throw Failure.data("%s: %s is partitioned into slices; expected whole variables: save it again unpartitioned",
                    where(), name);
        }
        if (!readable(name)) {
            throw Failure.data("%s: %s is %s, whose values are not read", where(), name, entries.get(name).type());
        }
        CRC32C crc = new CRC32C();
        Path file = index.dataFile(entry);
        try {
            StoredTensors.readRange(channels.get(file), entry.offset(), entry.bytes(), chunk -> {
                crc.update(chunk.duplicate());
                chunks.accept(chunk);
            });
        } catch (EOFException e) {
            throw cutShort(file, entry, channels.get(file).size());
        }
        if (CheckpointIndex.masked(crc) != entry.checksum()) {
            throw Failure.data("%s: the checksum of %s does not match; the file is damaged, copy or save it again", file, name);
        }
    }

    private static Failure cutShort(Path file, CheckpointIndex.Entry entry, long size) {
        return Failure.data("%s: found %,d bytes, but %s ends at %,d; the file is cut short, copy or save it again",
                file, size, entry.name(), entry.offset() + entry.bytes());
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : channels.values()) {
            channel.close();
        }
    }
}
