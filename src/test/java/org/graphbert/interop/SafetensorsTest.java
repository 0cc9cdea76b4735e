package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files written by hand, byte by byte, and by {@link SafetensorsWriter}; damaged ones have their own test. */
class SafetensorsTest {

    @TempDir
    private Path directory;

    /** A file of a header as it stands and data. */
    static Path write(Path file, String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(json.length).put(json).put(data).array());
        return file;
    }

    private static byte[] littleEndian(Object... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(1000).order(ByteOrder.LITTLE_ENDIAN);
        for (Object number : numbers) {
            if (number instanceof Float f) {
                bytes.putFloat(f);
            } else if (number instanceof Long l) {
                bytes.putLong(l);
            } else {
                bytes.putShort(((Integer) number).shortValue());
            }
        }
        byte[] all = new byte[bytes.position()];
        bytes.flip().get(all);
        return all;
    }

    @Test
    void readsEachTypeWhereverItStands() throws IOException {
        Path file = write(directory.resolve("m.safetensors"), """
                {"__metadata__": {"format": "pt", "note": "x"},
                 "ids": {"dtype": "I64", "shape": [1, 2], "data_offsets": [20, 36]},
                 "b": {"dtype": "BF16", "shape": [2], "data_offsets": [16, 20]},
                 "w": {"dtype": "F32", "shape": [3, 1], "data_offsets": [0, 12], "a key of the future": [{}]},
                 "h": {"shape": [2], "data_offsets": [12, 16], "dtype": "F16"},
                 "scalar": {"dtype": "F16", "shape": [], "data_offsets": [36, 38]},
                 "empty": {"dtype": "F32", "shape": [0, 5], "data_offsets": [38, 38]}}
                """,
                littleEndian(1.5f, -0.0f, Float.NaN, 0x3c00, 0x0001, 0x3f80, 0xff80, 7L, -1L, 0xc000));
        try (Safetensors tensors = Safetensors.open(file)) {
            assertEquals(List.of("b", "empty", "h", "ids", "scalar", "w"), List.copyOf(tensors.entries().keySet()));
            assertEquals(new TensorFile.Entry("w", "float32", List.of(3L, 1L)), tensors.entries().get("w"));
            assertEquals(new TensorFile.Entry("b", "bfloat16", List.of(2L)), tensors.entries().get("b"));
            assertArrayEquals(new float[] {1.5f, -0.0f, Float.NaN}, tensors.floats("w"));
            assertArrayEquals(new float[] {1, 0x1p-24f}, tensors.floats("h"));
            assertArrayEquals(new float[] {1, Float.NEGATIVE_INFINITY}, tensors.floats("b"));
            assertArrayEquals(new float[] {-2}, tensors.floats("scalar"));
            assertEquals(0, tensors.floats("empty").length);
            assertEquals("int64", tensors.entries().get("ids").type());
            assertArrayEquals(littleEndian(7L, -1L), tensors.bytes("ids"));
            assertEquals(16, tensors.byteSize("ids"));
            assertEquals(Map.of("format", "pt", "note", "x"), tensors.metadata());
            assertEquals(file, tensors.file("w"));
            Failure failure = assertThrows(Failure.class, () -> tensors.floats("ids"));
            assertEquals(Failure.Kind.DATA, failure.kind());
            assertEquals(file + ": ids is int64; expected float32, float16 or bfloat16", failure.getMessage());
        }
    }

    @Test
    void whatIsWrittenIsReadAndTheSameTwice() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, List<Long>> shapes = new TreeMap<>();
        Map<String, float[]> values = new TreeMap<>();
        for (int i = 0; i < 20; i++) {
            List<Long> shape = random.ints(random.nextInt(4), 0, 7).asLongStream().boxed().toList();
            shapes.put("layer." + i + ".ütf\"8", shape);
            float[] all = new float[shape.stream().reduce(1L, (a, b) -> a * b).intValue()];
            for (int j = 0; j < all.length; j++) {
                all[j] = (float) random.nextGaussian();
            }
            values.put("layer." + i + ".ütf\"8", all);
        }
        shapes.put("more than a chunk", List.of(3L, 100_003L));
        float[] large = new float[300_009];
        for (int i = 0; i < large.length; i++) {
            large[i] = i;
        }
        values.put("more than a chunk", large);
        for (FloatType type : FloatType.values()) {
            Path file = directory.resolve(type + ".safetensors");
            SafetensorsWriter.write(file, shapes, type, values::get);
            byte[] first = Files.readAllBytes(file);
            assertEquals(0, ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8, "header is padded");
            try (Safetensors tensors = Safetensors.open(file)) {
                assertEquals(shapes.keySet(), tensors.entries().keySet());
                assertEquals(Map.of("format", "pt"), tensors.metadata());
                for (String name : shapes.keySet()) {
                    assertEquals(new TensorFile.Entry(name, type.toString(), shapes.get(name)), tensors.entries().get(name));
                    float[] expected = values.get(name).clone();
                    for (int i = 0; i < expected.length; i++) {
                        expected[i] = switch (type) {
                            case FLOAT32 -> expected[i];
                            case FLOAT16 -> SmallFloats.fromHalf(SmallFloats.toHalf(expected[i]));
                            case BFLOAT16 -> SmallFloats.fromBfloat16(SmallFloats.toBfloat16(expected[i]));
                        };
                    }
                    assertArrayEquals(expected, tensors.floats(name), "seed " + seed + ", " + name);
                }
                SafetensorsWriter.write(file, shapes, type, tensors::floats);
            }
            assertArrayEquals(first, Files.readAllBytes(file), "what was read, written again over what is being read");
        }
        try (var files = Files.list(directory)) {
            assertEquals(3, files.count(), "nothing is left aside");
        }
    }

    @Test
    void aFailedWriteLeavesWhatWasThere() throws IOException {
        Path file = Files.writeString(directory.resolve("m.safetensors"), "before");
        assertThrows(IOException.class, () -> SafetensorsWriter.write(
                file, Map.of("a", List.of(2L)), FloatType.FLOAT32, name -> {
                    throw new IOException("the source broke");
                }));
        assertEquals("before", Files.readString(file));
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(
                file, Map.of("a", List.of(2L)), FloatType.FLOAT32, name -> new float[3]));
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(
                file, Map.of("__metadata__", List.of(2L)), FloatType.FLOAT32, name -> new float[2]));
        Failure failure = assertThrows(Failure.class, () -> SafetensorsWriter.write(
                file.resolve("x"), Map.of("a", List.of(2L)), FloatType.FLOAT32, name -> new float[2]));
        assertEquals(Failure.Kind.USAGE, failure.kind());
        try (var files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList(), "nothing is left aside");
        }
    }

    @Test
    void directoriesAndShards() throws IOException {
        assertFalse(Safetensors.recognises(directory));
        SafetensorsWriter.write(directory.resolve("model-00001-of-00002.safetensors"),
                Map.of("a", List.of(1L), "c", List.of(1L)), FloatType.FLOAT32, name -> new float[] {name.charAt(0)});
        SafetensorsWriter.write(directory.resolve("model-00002-of-00002.safetensors"),
                Map.of("b", List.of(1L)), FloatType.FLOAT16, name -> new float[] {2});
        Path index = Files.writeString(directory.resolve("model.safetensors.index.json"), """
                {"metadata": {"total_size": 10}, "weight_map": {"a": "model-00001-of-00002.safetensors",
                 "c": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
                """);
        for (Path path : List.of(directory, index)) {
            assertTrue(Safetensors.recognises(path));
            try (Safetensors tensors = Safetensors.open(path)) {
                assertEquals(List.of("a", "b", "c"), List.copyOf(tensors.entries().keySet()));
                assertArrayEquals(new float[] {'c'}, tensors.floats("c"));
                assertArrayEquals(new float[] {2}, tensors.floats("b"));
                assertEquals(2, tensors.files().size());
                assertEquals(path.toString(), tensors.where());
            }
        }
        SafetensorsWriter.write(
                directory.resolve("model.safetensors"), Map.of(), FloatType.FLOAT32, name -> new float[0]);
        try (Safetensors tensors = Safetensors.open(directory)) {
            assertTrue(tensors.entries().isEmpty(), "one file goes before an index, as in Hugging Face's loaders");
        }
    }
}
