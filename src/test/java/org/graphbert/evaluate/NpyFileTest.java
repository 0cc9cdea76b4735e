package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes are those that numpy.lib.format describes; numpy.load has read them. */
class NpyFileTest {

    @TempDir
    private Path directory;

    @Test
    void aMatrixRowByRow() throws IOException {
        Path file = directory.resolve("m.npy");
        try (NpyFile matrix = NpyFile.floats(file, 3)) {
            for (int i = 0; i < 20_000; i++) {
                matrix.add(new float[] {i, -i, 0.5f});
            }
            assertFalse(Files.exists(file), "not in its place before it is complete");
            matrix.complete();
        }
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(128 + 20_000 * 3 * 4, bytes.length);
        assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0}, Arrays.copyOf(bytes, 10));
        String header = new String(bytes, 10, 118, StandardCharsets.US_ASCII);
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (20000, 3), }", header.strip());
        assertEquals('\n', header.charAt(117));
        ByteBuffer data = ByteBuffer.wrap(bytes, 128, bytes.length - 128).order(ByteOrder.LITTLE_ENDIAN);
        data.position(128 + 4 * 3 * 19_999);
        assertEquals(19_999f, data.getFloat());
        assertEquals(-19_999f, data.getFloat());
        assertEquals(0.5f, data.getFloat());
    }

    @Test
    void aVectorOfNumbers() throws IOException {
        Path file = directory.resolve("v.npy");
        try (NpyFile vector = NpyFile.longs(file)) {
            vector.add(1L << 40);
            vector.complete();
        }
        byte[] bytes = Files.readAllBytes(file);
        assertEquals("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }",
                new String(bytes, 10, 118, StandardCharsets.US_ASCII).strip());
        assertEquals(1L << 40, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(128));
    }

    @Test
    void whatIsNotCompletedLeavesNothing() throws IOException {
        try (NpyFile vector = NpyFile.longs(directory.resolve("x.npy"))) {
            vector.add(1);
        }
        try (var left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
    }
}
