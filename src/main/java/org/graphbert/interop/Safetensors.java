package org.graphbert.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;

/**
 * Tensors of a safetensors file, or of several ("sharded") that an index assigns them to. Opening checks all that the files
 * say of themselves; values are read when asked for.
 */
public final class Safetensors implements StoredTensors {

    private static final String ENDING = ".safetensors";
    private static final String INDEX_ENDING = ENDING + ".index.json";
    /** Hugging Face's names within a directory; where both are there, its loaders take the first. */
    private static final String ONE = "model" + ENDING;
    private static final String INDEX = "model" + INDEX_ENDING;
    private static final String WEIGHT_MAP = "weight_map";

    private final Path where;
    private final SortedMap<Path, Shard> shards = new TreeMap<>();
    private final SortedMap<String, Entry> entries = new TreeMap<>();
    private final SortedMap<String, Shard> places = new TreeMap<>();

    private Safetensors(Path where) {
        this.where = where;
    }

    /** A file of tensors, open. */
    private record Shard(Path file, FileChannel channel, SafetensorsHeader header) {

        static Shard open(Path file) throws IOException {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            try {
                return new Shard(file, channel, SafetensorsHeader.read(file, channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }
    }

    /** Whether the path is a safetensors file, the index of several, or a directory with model.safetensors or its index. */
    public static boolean recognises(Path path) {
        if (Files.isDirectory(path)) {
            return inDirectory(path).isPresent();
        }
        return Files.isRegularFile(path) && (path.toString().endsWith(ENDING) || path.toString().endsWith(INDEX_ENDING));
    }

    /**
     * Opens a safetensors file, the index (model.safetensors.index.json) of several, or a directory with either.
     *
     * @throws Failure (usage) if there is no such path, (data) if a file is missing from the directory or damaged
     */
    public static Safetensors open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw Failure.usage("%s: no such file or directory; expected %s or a directory with it", path, ONE);
        }
        Path file = !Files.isDirectory(path) ? path : inDirectory(path).orElseThrow(() -> Failure.data(
                "%s: found neither %s nor %s in the directory; name the file", path, ONE, INDEX));
        Safetensors tensors = new Safetensors(path);
        try {
            if (file.toString().endsWith(INDEX_ENDING)) {
                tensors.addIndexed(file);
            } else {
                tensors.addAll(tensors.shard(file));
            }
        } catch (IOException | RuntimeException e) {
            tensors.close();
            throw e;
        }
        return tensors;
    }

    private static Optional<Path> inDirectory(Path directory) {
        return List.of(ONE, INDEX).stream().map(directory::resolve).filter(Files::isRegularFile).findFirst();
    }

    private Shard shard(Path file) throws IOException {
        Shard shard = shards.get(file);
        if (shard == null) {
            shard = Shard.open(file);
            shards.put(file, shard);
        }
        return shard;
    }

    private void addAll(Shard shard) {
        shard.header().tensors().forEach((name, tensor) -> add(name, tensor, shard));
    }

    private void add(String name, SafetensorsHeader.Tensor tensor, Shard shard) {
        entries.put(name, tensor.entry());
        places.put(name, shard);
    }

    /** Takes each tensor from the file that the index names for it; what the files hold and the index does not is refused. */
    private void addIndexed(Path index) throws IOException {
        for (Map.Entry<String, JsonNode> place : weightMap(index).properties()) {
            String name = place.getKey();
            Path file = shardFile(index, name, place.getValue());
            if (!Files.isRegularFile(file)) {
                throw Failure.data("%s: the index names %s for %s, which is not there; copy or download all of its files",
                        index, file.getFileName(), name);
            }
            Shard shard = shard(file);
            SafetensorsHeader.Tensor tensor = shard.header().tensors().get(name);
            if (tensor == null) {
                throw Failure.data("%s: the index names %s for %s, which that file does not hold; index and files do not belong "
                        + "together", index, file.getFileName(), name);
            }
            add(name, tensor, shard);
        }
        for (Shard shard : shards.values()) {
            for (String name : shard.header().tensors().keySet()) {
                if (!places.containsKey(name)) {
                    throw Failure.data("%s: the index does not name %s, which %s holds; index and files do not belong together",
                            index, name, shard.file().getFileName());
                }
            }
        }
    }

    private static JsonNode weightMap(Path index) throws IOException {
        JsonNode map;
        try {
            map = Json.MAPPER.readTree(Files.readString(index)).path(WEIGHT_MAP);
        } catch (JsonProcessingException e) {
            throw Failure.data("%s%s: not JSON: %s", index, JsonReason.place(e), JsonReason.of(e), e);
        } catch (CharacterCodingException e) {
            throw Failure.data("%s: not UTF-8 text; expected an index in JSON", index, e);
        }
        if (!map.isObject() || map.isEmpty()) {
            throw Failure.data("%s: found no \"%s\" {TENSOR: FILE}; expected an index of safetensors files", index, WEIGHT_MAP);
        }
        return map;
    }

    /** Only files beside the index: an index from elsewhere has no business with other paths. */
    private static Path shardFile(Path index, String name, JsonNode file) {
        String text = file.asText();
        try {
            Path path = Path.of(text);
            if (file.isTextual() && text.endsWith(ENDING) && path.getNameCount() == 1 && !path.isAbsolute()
                    && text.indexOf('\\') < 0) {
                return index.resolveSibling(path);
            }
        } catch (InvalidPathException e) {
            // No file of such a name can be beside it: as below.
        }
        throw Failure.data("%s: the index names %s for %s; expected the name of a file *%s beside it",
                index, Json.writeLine(file), name, ENDING);
    }

    @Override
    public String where() {
        return where.toString();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    /** What the files say of themselves beside their tensors, e.g. format: pt. */
    public SortedMap<String, String> metadata() {
        SortedMap<String, String> all = new TreeMap<>();
        shards.values().forEach(shard -> shard.header().metadata().forEach(all::putIfAbsent));
        return all;
    }

    /** The files, in order of their names. */
    public List<Path> files() {
        return List.copyOf(shards.keySet());
    }

    /** The file that holds a tensor. */
    public Path file(String name) {
        return places.get(name).file();
    }

    /** The file's own name of a tensor's type, e.g. F32. */
    public String dtype(String name) {
        return tensor(name).type().name();
    }

    @Override
    public long byteSize(String name) {
        return tensor(name).bytes();
    }

    @Override
    public void read(String name, Chunks chunks) throws IOException {
        Shard shard = places.get(name);
        SafetensorsHeader.Tensor tensor = tensor(name);
        try {
            StoredTensors.readRange(
                    shard.channel(), shard.header().dataStart() + tensor.begin(), tensor.bytes(), chunks);
        } catch (EOFException e) {
            throw Failure.data("%s: was cut short while it was read; copy or download it again", shard.file(), e);
        }
    }

    private SafetensorsHeader.Tensor tensor(String name) {
        return places.get(name).header().tensors().get(name);
    }

    @Override
    public void close() throws IOException {
        for (Shard shard : shards.values()) {
            shard.channel().close();
        }
    }
}
