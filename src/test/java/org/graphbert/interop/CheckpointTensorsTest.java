package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.train.Golden;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;

class CheckpointTensorsTest {

    private static final String INDEX = ".index";
    private static final String DATA = ".data-00000-of-00001";

    @TempDir
    private Path directory;
    private String prefix;

    @BeforeEach
    void copy() throws IOException {
        prefix = directory.resolve("m.ckpt").toString();
        Files.copy(Path.of(Golden.CHECKPOINT + INDEX), Path.of(prefix + INDEX));
        Files.copy(Path.of(Golden.CHECKPOINT + DATA), Path.of(prefix + DATA));
    }

    @Test
    void floatsAreTheBytesOfTheDataFile() throws IOException {
        Map<String, ByteBuffer> expected = Tiny.variables(prefix);
        try (CheckpointTensors tensors = CheckpointTensors.open(prefix)) {
            assertEquals(expected.keySet(), tensors.entries().keySet());
            for (String name : expected.keySet()) {
                float[] floats = new float[expected.get(name).remaining() / Float.BYTES];
                expected.get(name).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
                assertArrayEquals(floats, tensors.floats(name), name);
                assertArrayEquals(expected.get(name).array(), tensors.bytes(name), name);
            }
            assertEquals(new TensorFile.Entry("bert/embeddings/word_embeddings", "float32", List.of(97L, 32L)),
                    tensors.entries().get("bert/embeddings/word_embeddings"));
            assertEquals(prefix, tensors.where());
        }
    }

    /** Every byte is under a checksum: whichever is changed, the variable that it belongs to is refused, and no other. */
    @Test
    void aChangedByteIsFoundInItsVariable() throws IOException {
        byte[] data = Files.readAllBytes(Path.of(prefix + DATA));
        for (int at = 0; at < data.length; at += 997) {
            byte[] damaged = data.clone();
            damaged[at] ^= 0x10;
            Files.write(Path.of(prefix + DATA), damaged);
            int refused = 0;
            try (CheckpointTensors tensors = CheckpointTensors.open(prefix)) {
                for (String name : tensors.entries().keySet()) {
                    try {
                        tensors.floats(name);
                    } catch (Failure failure) {
                        assertEquals(Failure.Kind.DATA, failure.kind());
                        assertEquals(prefix + DATA + ": the checksum of " + name
                                + " does not match; the file is damaged, copy or save it again", failure.getMessage());
                        refused++;
                    }
                }
            }
            assertEquals(1, refused, "byte " + at);
        }
    }

    @Test
    void dataFilesThatAreCutShortOrMissing() throws IOException {
        byte[] data = Files.readAllBytes(Path.of(prefix + DATA));
        for (int length : new int[] {0, 1, data.length / 2, data.length - 1}) {
            Files.write(Path.of(prefix + DATA), Arrays.copyOf(data, length));
            Failure failure = assertThrows(Failure.class, () -> CheckpointTensors.open(prefix));
            assertEquals(Failure.Kind.DATA, failure.kind());
            assertTrue(failure.getMessage().contains("the file is cut short"), failure.getMessage());
        }
        Files.delete(Path.of(prefix + DATA));
        Failure failure = assertThrows(Failure.class, () -> CheckpointTensors.open(prefix));
        assertEquals(prefix + DATA + ": no such file, but " + prefix + ".index needs it; copy all of the checkpoint's files",
                failure.getMessage());
        Failure none = assertThrows(Failure.class, () -> CheckpointTensors.open(prefix + "x"));
        assertEquals(Failure.Kind.USAGE, none.kind());
    }

    /** As TensorFlow itself saves them. */
    @Test
    void otherTypesAndPartitionedVariables() throws IOException {
        String other = directory.resolve("other").toString();
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            var x = tf.constant(new float[] {1.5f, -0.0f, 65504, 0x1p-24f});
            session.runner().addTarget(tf.train.save(
                    tf.constant(other),
                    tf.array("half", "bfloat16", "step", "text", "part"),
                    tf.array("", "", "", "", "8 4,4"),
                    List.of(tf.dtypes.cast(x, TFloat16.class), tf.dtypes.cast(x, TBfloat16.class), tf.constant(7L),
                            tf.constant("some text"), x))).run();
        }
        try (CheckpointTensors tensors = CheckpointTensors.open(other)) {
            assertEquals(List.of("bfloat16", "half", "part", "step", "text"), List.copyOf(tensors.entries().keySet()));
            assertArrayEquals(new float[] {1.5f, -0.0f, 65504, 0x1p-24f}, tensors.floats("half"));
            assertArrayEquals(new float[] {1.5f, -0.0f, 65536, 0x1p-24f}, tensors.floats("bfloat16"));
            assertEquals(new TensorFile.Entry("step", "int64", List.of()), tensors.entries().get("step"));
            assertArrayEquals(new byte[] {7, 0, 0, 0, 0, 0, 0, 0}, tensors.bytes("step"));
            assertEquals("string", tensors.entries().get("text").type());
            assertEquals(List.of(8L), tensors.entries().get("part").shape());
            assertFalse(tensors.readable("part"));
            assertFalse(tensors.readable("text"));
            fails(tensors, "part", "part is partitioned into slices");
            fails(tensors, "text", "text is string; expected float32, float16 or bfloat16");
            fails(tensors, "step", "step is int64; expected float32, float16 or bfloat16");
        }
    }

    private static void fails(CheckpointTensors tensors, String name, String message) {
        Failure failure = assertThrows(Failure.class, () -> tensors.floats(name));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }
}
