package org.graphbert.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.graphbert.config.Json;
import org.graphbert.train.Golden;

/** For tests: the golden tiny BERT as somebody else might have saved it. */
public final class HuggingFaceFiles {

    private final Path directory;
    private final Map<String, List<Long>> shapes = new TreeMap<>();
    private final Map<String, float[]> values = new TreeMap<>();
    private final ObjectNode config;
    private FloatType type = FloatType.FLOAT32;

    private HuggingFaceFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        config = Json.readObject(Golden.DIRECTORY.resolve("config.json"));
        try (Safetensors golden = Safetensors.open(Golden.DIRECTORY.resolve("model.safetensors"))) {
            for (TensorFile.Entry entry : golden.entries().values()) {
                with(entry.name(), entry.shape(), golden.floats(entry.name()));
            }
        }
    }

    /** The golden model, to be changed and then written. */
    public static HuggingFaceFiles golden(Path directory) throws IOException {
        return new HuggingFaceFiles(directory);
    }

    /** Adds a tensor, or puts another in its place. */
    public HuggingFaceFiles with(String name, List<Long> shape, float[] floats) {
        shapes.put(name, shape);
        values.put(name, floats);
        return this;
    }

    /** Adds a tensor of zeros. */
    public HuggingFaceFiles with(String name, long... shape) {
        long size = 1;
        List<Long> sizes = new ArrayList<>();
        for (long n : shape) {
            size *= n;
            sizes.add(n);
        }
        return with(name, sizes, new float[(int) size]);
    }

    /** Leaves out the tensors whose names match. */
    public HuggingFaceFiles without(String regex) {
        shapes.keySet().removeIf(name -> name.matches(regex));
        values.keySet().retainAll(shapes.keySet());
        return this;
    }

    /** Gives every tensor another name. */
    public HuggingFaceFiles renamed(UnaryOperator<String> naming) {
        for (String name : List.copyOf(shapes.keySet())) {
            List<Long> shape = shapes.remove(name);
            with(naming.apply(name), shape, values.remove(name));
        }
        return this;
    }

    public HuggingFaceFiles of(FloatType other) {
        type = other;
        return this;
    }

    /** Sets a key of the configuration; null takes it away. */
    public HuggingFaceFiles config(String key, Object value) {
        if (value == null) {
            config.remove(key);
        } else {
            config.set(key, Json.MAPPER.valueToTree(value));
        }
        return this;
    }

    public float[] values(String name) {
        return values.get(name);
    }

    /** Writes config.json, vocab.txt and model.safetensors. */
    public Path write() throws IOException {
        writeBesides();
        SafetensorsWriter.write(directory.resolve("model.safetensors"), shapes, type, values::get);
        return directory;
    }

    /** The same, the tensors dealt out to several files. */
    public Path writeSharded(int count) throws IOException {
        writeBesides();
        ObjectNode index = Json.MAPPER.createObjectNode();
        index.putObject("metadata").put("total_size", 0);
        ObjectNode places = index.putObject("weight_map");
        List<String> names = List.copyOf(shapes.keySet());
        for (int shard = 0; shard < count; shard++) {
            String file = String.format("model-%05d-of-%05d.safetensors", shard + 1, count);
            Map<String, List<Long>> own = new TreeMap<>();
            for (int i = shard; i < names.size(); i += count) {
                own.put(names.get(i), shapes.get(names.get(i)));
                places.put(names.get(i), file);
            }
            SafetensorsWriter.write(directory.resolve(file), own, type, values::get);
        }
        Files.writeString(directory.resolve("model.safetensors.index.json"), Json.write(index));
        return directory;
    }

    private void writeBesides() throws IOException {
        Files.writeString(directory.resolve("config.json"), Json.write(config));
        Files.write(directory.resolve("vocab.txt"), Files.readAllBytes(Golden.DIRECTORY.resolve("vocab.txt")));
    }
}
