package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.graphbert.interop.VariableDiff.State;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorDiffTest {

    @TempDir
    private Path directory;

    /** Tensors of one dimension, from their values. */
    private Path write(String name, FloatType type, Map<String, float[]> values) throws IOException {
        Map<String, List<Long>> shapes = new HashMap<>();
        values.forEach((tensor, floats) -> shapes.put(tensor, List.of((long) floats.length)));
        Path file = directory.resolve(name + ".safetensors");
        SafetensorsWriter.write(file, shapes, type, values::get);
        return file;
    }

    private static TensorDiff diff(Path a, Path b) throws IOException {
        try (TensorFile left = TensorFiles.open(a); TensorFile right = TensorFiles.open(b)) {
            return TensorDiff.of(left, right);
        }
    }

    private static VariableDiff find(TensorDiff diff, String name) {
        return diff.variables().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
    }

    private static float nan(int payload) {
        return Float.intBitsToFloat(0x7fc00000 | payload);
    }

    @Test
    void eachWayToDiffer() throws IOException {
        float infinity = Float.POSITIVE_INFINITY;
        TensorDiff diff = diff(
                write("a", FloatType.FLOAT32, Map.of(
                        "same", new float[] {1, -0.0f, nan(1), infinity},
                        "zeros", new float[] {0, 5, nan(1)},
                        "values", new float[] {3, 4, 0, 0},
                        "was zero", new float[] {0, 0},
                        "broken", new float[] {3, 4, infinity, nan(0), 7},
                        "shape", new float[] {1},
                        "only a", new float[] {1})),
                write("b", FloatType.FLOAT32, Map.of(
                        "same", new float[] {1, -0.0f, nan(1), infinity},
                        "zeros", new float[] {-0.0f, 5, nan(2)},
                        "values", new float[] {3, 4.5f, 0, -1.25f},
                        "was zero", new float[] {0, 2},
                        "broken", new float[] {3, 4, -infinity, 1, nan(0)},
                        "shape", new float[] {1, 2},
                        "only b", new float[] {1})));
        assertEquals(State.IDENTICAL, find(diff, "same").state());
        assertEquals(0, find(diff, "same").maxAbs());
        assertEquals(State.EQUAL, find(diff, "zeros").state());
        assertEquals(0, find(diff, "zeros").different());
        VariableDiff values = find(diff, "values");
        assertEquals(State.DIFFERENT, values.state());
        assertEquals(2, values.different());
        assertEquals(4, values.elements());
        assertEquals(1.25, values.maxAbs());
        assertEquals(Math.sqrt(0.25 + 1.5625) / 5, values.relativeL2(), 1e-15);
        assertEquals(0, values.nonFinite());
        assertEquals(2.0, find(diff, "was zero").maxAbs());
        assertNull(find(diff, "was zero").relativeL2(), "there is nothing to relate it to");
        VariableDiff broken = find(diff, "broken");
        assertEquals(List.of(State.DIFFERENT, 3L, 3L), List.of(broken.state(), broken.different(), broken.nonFinite()));
        assertEquals(0, broken.maxAbs(), "of what is finite in both");
        assertEquals(State.OTHER_SHAPE, find(diff, "shape").state());
        assertEquals(State.ONLY_IN_A, find(diff, "only a").state());
        assertEquals(State.ONLY_IN_B, find(diff, "only b").state());
        assertEquals("1 of 8 variables identical, 1 equal in other bits, 3 differing, "
                + "1 of other shape or type, 1 only in A, 1 only in B", diff.summary());
        String text = diff.text(false);
        assertTrue(text.contains("values"), text);
        assertTrue(text.contains("1.25000"), text);
        assertTrue(text.contains("3 not finite in one"), text);
        assertTrue(text.contains("a is 0"), text);
        assertTrue(text.contains("B: [2]"), text);
        assertFalse(text.lines().anyMatch(line -> line.startsWith("same")), text);
        assertTrue(diff.text(true).lines().anyMatch(line -> line.startsWith("same")), text);
        assertTrue(text.lines().allMatch(line -> line.length() <= 120 || line.contains(directory.toString())), text);
    }

    @Test
    void anotherTypeIsComparedByItsNumbers() throws IOException {
        Map<String, float[]> values = Map.of("exact", new float[] {1, -0.5f}, "rounded", new float[] {1 + 0x1p-9f});
        TensorDiff diff = diff(write("a", FloatType.FLOAT32, values), write("b", FloatType.BFLOAT16, values));
        assertEquals(State.OTHER_TYPE, find(diff, "exact").state());
        assertEquals(0, find(diff, "exact").different());
        assertEquals(1, find(diff, "rounded").different());
        assertEquals(0x1p-9, find(diff, "rounded").maxAbs());
        assertTrue(diff.text(false).contains("float32, B: bfloat16"), diff.text(false));
    }

    @Test
    void wholeNumbersAreComparedByTheirBytes() throws IOException {
        String header = "{\"ids\": {\"dtype\": \"I64\", \"shape\": [3], \"data_offsets\": [0, 24]}}";
        Path a = SafetensorsTest.write(directory.resolve("a.safetensors"), header, new byte[24]);
        byte[] other = new byte[24];
        other[8] = 1;
        other[15] = 1;
        Path b = SafetensorsTest.write(directory.resolve("b.safetensors"), header, other);
        assertEquals(State.IDENTICAL, find(diff(a, a), "ids").state());
        VariableDiff ids = find(diff(a, b), "ids");
        assertEquals(List.of(State.DIFFERENT, 1L), List.of(ids.state(), ids.different()));
        assertNull(ids.maxAbs());
    }

    @Test
    void theStateOfATrainingCountsWhereBothHaveIt() throws IOException {
        float[] some = new float[1];
        Map<String, float[]> with = Map.of("w", some, "global_step", some, "w/adam_m", some, "w/adam_v", some);
        Path a = write("a", FloatType.FLOAT32, with);
        Path b = write("b", FloatType.FLOAT32, Map.of("w", new float[1]));
        assertEquals(4, diff(a, a).variables().size());
        assertEquals(List.of(), diff(a, a).notes());
        for (TensorDiff diff : List.of(diff(a, b), diff(b, a))) {
            assertEquals("1 of 1 variables identical", diff.summary());
        }
        assertEquals(List.of("only A has slots of an optimiser: 2 left out", "only A has the step it was saved at: 1 left out"),
                diff(a, b).notes());
        assertEquals("only B has slots of an optimiser: 2 left out", diff(b, a).notes().get(0));
    }

    /** The golden checkpoint, as Hugging Face's BertModel names it (no prefix) and as its BertForPreTraining does. */
    @Test
    void betweenTheTwoWorldsNamesAreTranslated() throws IOException {
        try (CheckpointTensors google = CheckpointTensors.open(Golden.CHECKPOINT.toString())) {
            for (String prefix : List.of("bert.", "")) {
                Map<String, List<Long>> shapes = new HashMap<>();
                Map<String, float[]> values = new HashMap<>();
                for (TensorFile.Entry entry : google.entries().values()) {
                    HuggingFaceNames.Twin twin = HuggingFaceNames.tensorOf(entry.name()).orElseThrow();
                    if (prefix.isEmpty() && twin.name().startsWith("cls.")) {
                        continue;
                    }
                    float[] floats = google.floats(entry.name());
                    List<Long> shape = entry.shape();
                    String name = HuggingFaceNames.withoutPrefix(twin.name());
                    name = name.startsWith("cls.") ? name : prefix + name;
                    shapes.put(name, twin.transposed() ? List.of(shape.get(1), shape.get(0)) : shape);
                    values.put(name, twin.transposed() ? transposed(floats, shape.get(0).intValue()) : floats);
                }
                Path file = directory.resolve("hf.safetensors");
                SafetensorsWriter.write(file, shapes, FloatType.FLOAT32, values::get);
                for (TensorDiff diff : List.of(diff(file, Golden.CHECKPOINT), diff(Golden.CHECKPOINT, file))) {
                    assertEquals(shapes.size(), diff.identical());
                    assertEquals(google.entries().size(), diff.variables().size());
                    assertEquals(1, diff.notes().size());
                    assertTrue(diff.notes().get(0).contains("Hugging Face's names"), diff.notes().get(0));
                }
            }
        }
    }

    private static float[] transposed(float[] values, int rows) {
        int columns = values.length / rows;
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return turned;
    }

    /** Against the definition in double precision. */
    @Test
    void figuresOfRandomValues() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        float[] a = new float[10_000];
        float[] b = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
            b[i] = random.nextBoolean() ? a[i] : a[i] + (float) random.nextGaussian() * 0.01f;
        }
        double squares = 0;
        double all = 0;
        double most = 0;
        int different = 0;
        for (int i = 0; i < a.length; i++) {
            double d = (double) a[i] - b[i];
            squares += d * d;
            all += (double) a[i] * a[i];
            most = Math.max(most, Math.abs(d));
            different += a[i] == b[i] ? 0 : 1;
        }
        Differences differences = Differences.of(a, b);
        assertEquals(different, differences.different(), "seed " + seed);
        assertEquals(different, differences.otherBits(), "seed " + seed);
        assertEquals(most, differences.maxAbs(), "seed " + seed);
        assertEquals(Math.sqrt(squares / all), differences.relativeL2(), 1e-12, "seed " + seed);
    }
}
