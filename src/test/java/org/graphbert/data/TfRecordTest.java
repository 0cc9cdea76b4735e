package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TfRecordTest {

    /** CRC-32C's check value is E3069283; the mask is that of tensorflow/core/lib/hash/crc32c.h. */
    @Test
    void checksum() {
        byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
        int crc = 0xE3069283;
        assertEquals((crc >>> 15 | crc << 17) + 0xA282EAD8, TfRecord.maskedCrc32c(check, 0, 9));
    }

    /** The bytes that TensorFlow writes for an empty record. */
    @Test
    void emptyRecord() {
        assertEquals("000000000000000029039807d8ea82a2", HexFormat.of().formatHex(TfRecord.frame(new byte[0])));
    }

    @Property(tries = 100)
    void roundTrip(@ForAll @Size(max = 20) List<byte[]> records) throws IOException {
        Path file = Files.createTempFile("records", ".tfrecord");
        try {
            Files.write(file, frames(records));
            try (TfRecordFile shard = TfRecordFile.open(file)) {
                long[] offsets = shard.scan();
                assertEquals(records.size() + 1, offsets.length);
                for (int i = 0; i < records.size(); i++) {
                    assertArrayEquals(TfRecord.frame(records.get(i)), shard.frame(offsets[i], offsets[i + 1]));
                }
            }
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void everyFlippedBitIsNamed(@TempDir Path directory) throws IOException {
        List<byte[]> records = List.of(new byte[7], "some data".getBytes(StandardCharsets.US_ASCII), new byte[3]);
        byte[] good = frames(records);
        int from = TfRecord.frame(records.get(0)).length;
        int to = from + TfRecord.frame(records.get(1)).length;
        Path file = directory.resolve("x.tfrecord");
        for (int bit = 8 * from; bit < 8 * to; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bad);
            try (TfRecordFile shard = TfRecordFile.open(file)) {
                Failure failure = assertThrows(Failure.class, () -> shard.frame(from, to));
                assertTrue(failure.getMessage().startsWith(file + ": damaged TFRecord at byte " + from + ": "),
                        failure.getMessage());
                assertEquals(3, failure.exitCode());
            }
        }
    }

    @Test
    void truncationIsNamed(@TempDir Path directory) throws IOException {
        byte[] good = frames(List.of(new byte[7], new byte[9]));
        int second = TfRecord.frame(new byte[7]).length;
        Path file = directory.resolve("x.tfrecord");
        for (int length = second + 1; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            try (TfRecordFile shard = TfRecordFile.open(file)) {
                assertTrue(assertThrows(Failure.class, shard::scan).getMessage().contains("at byte " + second));
                assertTrue(assertThrows(Failure.class, () -> shard.frame(second, good.length))
                        .getMessage().contains("at byte " + second));
            }
        }
    }

    @Test
    void randomBytesAreNoRecords(@TempDir Path directory) throws IOException {
        byte[] noise = new byte[1000];
        new Random(7).nextBytes(noise);
        Path file = Files.write(directory.resolve("x.tfrecord"), noise);
        try (TfRecordFile shard = TfRecordFile.open(file)) {
            assertTrue(assertThrows(Failure.class, shard::scan).getMessage().contains("at byte 0"));
        }
    }

    private static byte[] frames(List<byte[]> records) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        records.forEach(record -> out.writeBytes(TfRecord.frame(record)));
        return out.toByteArray();
    }
}
