package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as TensorFlow's TFRecordWriter makes them with compression_type GZIP or ZLIB. */
class CompressionTest {

    private static final int RECORDS = 40;

    @TempDir
    private Path directory;

    /** Told by the contents, whatever the names; three shards, one of each kind, and a damaged one. */
    @Test
    void compressedAndPlainShardsTogether() throws IOException {
        byte[] plain = frames(0);
        Files.write(directory.resolve("a.tfrecord.gz"), plain);
        Files.write(directory.resolve("b.tfrecord"), gzip(frames(1)));
        Files.write(directory.resolve("c.tfrecord"), zlib(frames(2)));
        try (DataSet data = DataSet.open(directory)) {
            assertEquals(3 * RECORDS, data.size());
            for (int i = 0; i < 3 * RECORDS; i++) {
                ExampleCodecTest.same(ExampleCodecTest.random(32, 6, i), data.example(i));
            }
            assertEquals(frames(0).length + frames(1).length + frames(2).length, data.bytes());
            List<String> notes = data.notes();
            assertEquals(2, notes.size());
            assertTrue(notes.get(0).startsWith(directory.resolve("b.tfrecord") + ": is gzip-compressed, which gives no random"
                    + " access; unpacked to 0.0 MB in "), notes.get(0));
            assertTrue(notes.get(1).contains("zlib-compressed"), notes.get(1));
        }
        byte[] damaged = frames(1);
        int second = (int) TfRecord.end(damaged, 0, damaged.length);
        damaged[second + 20] ^= 1;
        Files.write(directory.resolve("b.tfrecord"), gzip(damaged));
        try (DataSet data = DataSet.open(directory)) {
            fails(String.format("b.tfrecord: damaged TFRecord at byte %,d of what is packed in it: the checksum", second),
                    () -> data.example(RECORDS + 1));
        }
    }

    /** Two members one after the other, as cat makes them. */
    @Test
    void severalMembers() throws IOException {
        Path file = directory.resolve("x");
        Files.write(file, join(gzip(frames(0)), gzip(frames(1))));
        assertTrue(DataSetFiles.recognises(file));
        try (DataSet data = DataSet.open(file)) {
            assertEquals(2 * RECORDS, data.size());
        }
    }

    @Test
    void verified() throws IOException {
        Path file = Files.write(directory.resolve("x"), gzip(frames(0)));
        VerificationReport report = Verification.run(file, Optional.empty(), 2, Progress.SILENT);
        assertEquals(RECORDS, report.records());
        assertEquals(frames(0).length, report.bytes());
    }

    @Test
    void cutOffOrDamaged() throws IOException {
        for (byte[] good : List.of(gzip(frames(0)), zlib(frames(0)))) {
            Path file = directory.resolve("x.tfrecord");
            for (int length : new int[] {5, 40, good.length / 2, good.length - 1}) {
                Files.write(file, Arrays.copyOf(good, length));
                String message = fails("x.tfrecord: damaged ", () -> DataSet.open(file));
                assertTrue(message.contains("it is cut off behind byte ") && message.contains("; copy the file again"), message);
            }
            byte[] bad = good.clone();
            bad[bad.length - 3] ^= 1; // in the checksum, or the length, at the end
            Files.write(file, bad);
            fails("x.tfrecord: damaged ", () -> DataSet.open(file));
            fails("file: it cannot be unpacked behind byte ", () -> DataSet.open(file));
            bad = good.clone();
            bad[bad.length / 2] ^= 4;
            Files.write(file, bad);
            fails("x.tfrecord: damaged ", () -> DataSet.open(file));
        }
    }

    @Test
    void noTemporaryFileIsLeft() throws IOException {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path file = Files.write(directory.resolve("x.tfrecord"), gzip(frames(0)));
        try (FileChannel channel = Compression.of(file).unpack(file, temporary)) {
            assertEquals(frames(0).length, channel.size());
        }
        assertTrue(isEmpty(temporary));
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThrows(Failure.class, () -> Compression.GZIP.unpack(file, temporary));
        assertTrue(isEmpty(temporary));
    }

    @Test
    void noRoom() throws IOException {
        Path file = Files.write(directory.resolve("x.tfrecord"), gzip(frames(0)));
        Path none = directory.resolve("none");
        String message = fails("x.tfrecord: is gzip-compressed and cannot be unpacked into " + none, () -> Compression.GZIP.unpack(file, none));
        assertTrue(message.contains("no such file or directory; unpack it first, or name a directory with room:"
                + " GRAPHBERT_JAVA_OPTIONS=-Djava.io.tmpdir=DIR"), message);
    }

    @Test
    void otherFilesAreNotTaken() throws IOException {
        byte[] noise = new byte[1000];
        new Random(1).nextBytes(noise);
        for (byte[] bytes : List.of(new byte[0], new byte[] {0x1F}, noise, "text".getBytes(), gzip("a long text".getBytes()))) {
            Path file = Files.write(directory.resolve("thing"), bytes);
            assertFalse(DataSetFiles.recognises(file));
        }
        assertEquals(Compression.NONE, Compression.of(directory.resolve(Files.write(directory.resolve("n"), noise))));
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private static byte[] frames(int shard) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < RECORDS; i++) {
            out.writeBytes(TfRecord.frame(ExampleCodecTest.proto(ExampleCodecTest.random(32, 6, shard * RECORDS + i)).toByteArray()));
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream packed = new DeflaterOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static String fails(String message, org.junit.jupiter.api.function.Executable executable) {
        Failure failure = assertThrows(Failure.class, executable);
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertEquals(3, failure.exitCode());
        return failure.getMessage();
    }
}
