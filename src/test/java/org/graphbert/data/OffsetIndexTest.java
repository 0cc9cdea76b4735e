package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index of several pages, read here and there, by many, and while somebody cuts it. */
class OffsetIndexTest {

    private static final int RECORDS = 5000;
    private static final long BYTES = offset(RECORDS);

    @TempDir
    private Path directory;

    private static long offset(int record) {
        return 1000L * record + record % 7;
    }

    private Path file() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(OffsetIndex.header());
        for (int record = 0; record <= RECORDS; record++) {
            bytes.writeBytes(OffsetIndex.entry(offset(record), record == RECORDS ? 0 : record % 128));
        }
        return Files.write(directory.resolve("data.index"), bytes.toByteArray());
    }

    @Test
    void everyEntryIsFoundByManyAtOnce() throws IOException {
        long seed = new Random().nextLong();
        try (OffsetIndex index = OffsetIndex.open(file(), BYTES)) {
            assertEquals(RECORDS, index.records());
            IntStream.range(0, 8).parallel().forEach(thread -> {
                Random random = new Random(seed + thread);
                for (int i = 0; i < RECORDS; i++) {
                    int record = thread % 2 == 0 ? i : random.nextInt(RECORDS);
                    assertEquals(offset(record), index.offset(record), "seed " + seed);
                    assertEquals(record % 128, index.tokens(record), "seed " + seed);
                    assertEquals(offset(record + 1), index.offset(record + 1), "seed " + seed);
                }
            });
            assertThrows(IndexOutOfBoundsException.class, () -> index.offset(RECORDS + 1));
        }
    }

    @Test
    void oneThatIsCutWhileItIsReadSaysSo() throws IOException {
        Path file = file();
        try (OffsetIndex index = OffsetIndex.open(file, BYTES)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(30_000);
            }
            assertEquals(offset(2000), index.offset(2000), "what is still there");
            Failure failure = assertThrows(Failure.class, () -> index.offset(2600));
            assertEquals(3, failure.exitCode());
            assertEquals(file + ": 30,000 bytes, and it had 60,028 when it was opened: it was cut meanwhile; delete it and the shard is"
                    + " scanned instead", failure.getMessage());
        }
        assertTrue(assertThrows(Failure.class, () -> OffsetIndex.open(file, BYTES)).getMessage().contains("not an offsets index"));
    }
}
