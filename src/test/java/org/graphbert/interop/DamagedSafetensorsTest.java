package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no safetensors file may say is refused on opening: one line, bad data, and no memory for what a header states. */
class DamagedSafetensorsTest {

    private static final String INDEX = "model.safetensors.index.json";

    @TempDir
    private Path directory;

    /** Each of a header and the eight bytes of data, and what must be said of it. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', value = {
        "nothing JSON at all | Unrecognized token 'nothing'",
        "[1, 2] | expected a JSON object",
        "{'a': [1]} | at 'a': expected an object",
        "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}} {} | expected nothing behind the object",
        "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8] | Unexpected end-of-input",
        "{'a': {'dtype': 'F32', 'shape': [2]}} | a lacks one of dtype, shape and data_offsets",
        "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0]}} | a lacks one of dtype, shape and data_offsets",
        "{'a': {'dtype': 'F31', 'shape': [2], 'data_offsets': [0, 8]}} | a has unknown dtype F31",
        "{'a': {'dtype': 7, 'shape': [2], 'data_offsets': [0, 8]}} | at 'dtype': expected a text",
        "{'a': {'dtype': 'F32', 'shape': [-2], 'data_offsets': [0, 8]}} | expected a number that is not negative",
        "{'a': {'dtype': 'F32', 'shape': [2.0], 'data_offsets': [0, 8]}} | expected a whole number",
        "{'a': {'dtype': 'F32', 'shape': 2, 'data_offsets': [0, 8]}} | at 'shape': expected an array",
        "{'a': {'dtype': 'F32', 'shape': [[2]], 'data_offsets': [0, 8]}} | expected a whole number",
        "{'a': {'dtype': 'F32', 'shape': [99999999999999999999], 'data_offsets': [0, 8]}} | out of range of long",
        "{'a': {'dtype': 'F32', 'shape': [4294967296, 4294967296], 'data_offsets': [0, 8]}} | a has the impossible shape",
        "{'a': {'dtype': 'F32', 'shape': [4611686018427387904], 'data_offsets': [0, 8]}} | a has the impossible shape",
        "{'a': {'dtype': 'F4', 'shape': [3], 'data_offsets': [0, 8]}} | a has the impossible shape",
        "{'a': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 8]}} | a, F32 [3], needs 12 bytes, found data_offsets [0, 8]",
        "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [8, 0]}} | a, F32 [2], needs 8 bytes, found data_offsets [8, 0]",
        "{'a': {'dtype': 'F16', 'shape': [2], 'data_offsets': [0, 8]}} | a, F16 [2], needs 4 bytes",
        "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} | a begins at 4, expected 0",
        "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}} | its tensors need 4 bytes of data, found 8; it is damaged",
        "{'a': {'dtype': 'F32', 'shape': [3], 'data_offsets': [0, 12]}} | need 12 bytes of data, found 8; it is cut short",
        "{'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}, 'b': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} "
                + "| b begins at 4, expected 8",
        "{'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [0, 4]}, 'a': {'dtype': 'F32', 'shape': [1], 'data_offsets': [4, 8]}} "
                + "| Duplicate field 'a'",
        "{'__metadata__': {'x': 1}, 'a': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}} | at 'x': expected a text",
        "{'__metadata__': {'x': '1', 'x': '2'}} | Duplicate field 'x'"
    })
    void headers(String header, String said) throws IOException {
        refused(SafetensorsTest.write(directory.resolve("m.safetensors"), header.replace('\'', '"'), new byte[8]), said);
    }

    @Test
    void lengthsThatLie() throws IOException {
        Path file = directory.resolve("m.safetensors");
        Files.write(file, new byte[0]);
        refused(file, "found 0 bytes, no safetensors file");
        Files.write(file, new byte[7]);
        refused(file, "found 7 bytes, no safetensors file");
        byte[] whole = Files.readAllBytes(written());
        for (long length : new long[] {0, 1, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            Files.write(file, withLength(whole, length));
            refused(file, "states a header of " + Long.toUnsignedString(length) + " bytes; expected 2 to 100,000,000");
        }
        Files.write(file, withLength(whole, 99_000_000));
        refused(file, "states a header of 99,000,000 bytes in a file of " + whole.length + "; it is cut short");
    }

    /** Deep nesting, and names and numbers without end, run into the parser's limits. */
    @Test
    void headersWithoutEnd() throws IOException {
        Path file = directory.resolve("m.safetensors");
        refused(SafetensorsTest.write(file, "{\"a\": {\"x\": " + "[".repeat(1_000_000), new byte[8]), "nested deeper than");
        refused(SafetensorsTest.write(file, "[".repeat(1_000_000), new byte[8]), "expected a JSON object");
        refused(SafetensorsTest.write(file, "{\"a\": {\"shape\": [" + "9".repeat(1_000_000), new byte[8]), "damaged header");
        refused(SafetensorsTest.write(file, "{\"" + "a".repeat(1_000_000), new byte[8]), "damaged header");
        Files.write(file, withLength(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff}, 2));
        refused(file, "its header is not UTF-8 text");
    }

    @Test
    void everyCutIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Path file = directory.resolve("cut.safetensors");
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            refused(file, "");
        }
    }

    /** What is read of a damaged header must be true of the file all the same; nothing but a Failure may come of it otherwise. */
    @Test
    void damagedHeadersAreRefusedOrRead() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path file = directory.resolve("m.safetensors");
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                damaged[random.nextInt(whole.length)] = (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt());
            }
            Files.write(file, damaged);
            try (Safetensors tensors = Safetensors.open(file)) {
                for (String name : tensors.entries().keySet()) {
                    tensors.bytes(name);
                }
            } catch (Failure failure) {
                assertEquals(1, failure.getMessage().lines().count(), "seed " + seed + ": " + failure.getMessage());
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round, e);
            }
        }
    }

    @Test
    void indexes() throws IOException {
        Path index = directory.resolve(INDEX);
        written();
        String shard = "\"one.safetensors\"";
        Files.writeString(index, "{\"weight_map\": {\"a\": " + shard + ", \"b\": " + shard + "}}");
        Safetensors.open(directory).close();
        for (String file : List.of("\"../one.safetensors\"", "\"/one.safetensors\"", "\"./one.safetensors\"",
                "\"x/one.safetensors\"", "\"x\\\\one.safetensors\"", "\"..\"", "\"one.bin\"", "\"\"", "7", "null",
                "[" + shard + "]", "\"a\\u0000.safetensors\"")) {
            Files.writeString(index, "{\"weight_map\": {\"a\": " + file + "}}");
            refused(index, "expected the name of a file *.safetensors beside it");
        }
        Map<String, String> others = Map.of(
                "{\"weight_map\": {\"a\": \"two.safetensors\"}}", "names two.safetensors for a, which is not there",
                "{\"weight_map\": {\"c\": " + shard + "}}", "names one.safetensors for c, which that file does not hold",
                "{\"weight_map\": {\"a\": " + shard + "}}", "does not name b, which one.safetensors holds",
                "{\"weight_map\": {\"a\": " + shard + ", \"a\": " + shard + "}}", "Duplicate field 'a'",
                "{\"weight_map\": {}}", "found no \"weight_map\"",
                "[]", "found no \"weight_map\"",
                "", "found no \"weight_map\"",
                "{", "not JSON",
                "[".repeat(100_000), "nested deeper than");
        for (Map.Entry<String, String> other : others.entrySet()) {
            Files.writeString(index, other.getKey());
            refused(directory, other.getValue());
        }
        Files.write(directory.resolve("one.safetensors"), new byte[3]);
        Files.writeString(index, "{\"weight_map\": {\"a\": " + shard + "}}");
        refused(directory, "one.safetensors: found 3 bytes, no safetensors file");
    }

    @Test
    void nothingThere() throws IOException {
        refused(directory, "found neither model.safetensors nor " + INDEX);
        Failure failure = assertThrows(Failure.class, () -> Safetensors.open(directory.resolve("none")));
        assertEquals(Failure.Kind.USAGE, failure.kind());
    }

    /** A tensor of more elements than an array can have: refused when its floats are asked for, not before. */
    @Test
    void tensorsLargerThanAnArray() throws IOException {
        Path file = SafetensorsTest.write(directory.resolve("m.safetensors"),
                "{\"a\": {\"dtype\": \"BF16\", \"shape\": [65536, 32768], \"data_offsets\": [0, 4294967296]}}", new byte[0]);
        try (var sparse = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
            sparse.position(Files.size(file) + (1L << 32) - 1).write(ByteBuffer.allocate(1));
        }
        try (Safetensors tensors = Safetensors.open(file)) {
            assertEquals(1L << 31, tensors.entries().get("a").elements());
            Failure failure = assertThrows(Failure.class, () -> tensors.floats("a"));
            assertTrue(failure.getMessage().contains("a is too large to be read at once: found 2,147,483,648"),
                    failure.getMessage());
        }
    }

    private Path written() throws IOException {
        Path file = directory.resolve("one.safetensors");
        SafetensorsWriter.write(
                file, Map.of("a", List.of(2L, 1L), "b", List.of(3L)), FloatType.FLOAT32,
                name -> name.equals("a") ? new float[] {1, 2} : new float[] {3, 4, 5});
        return file;
    }

    private static byte[] withLength(byte[] file, long length) {
        byte[] lying = file.clone();
        ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        return lying;
    }

    private static void refused(Path path, String said) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        Failure failure = assertThrows(Failure.class, () -> Safetensors.open(path).close());
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
        assertTrue(failure.getMessage().contains(said), failure.getMessage());
        assertTrue(allocated < 50_000_000, "allocated " + allocated);
    }
}
