package org.graphbert.serve;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor of floats.
 *
 * @param shape its sizes, the batch first
 * @param data row-major
 */
public record Values(int[] shape, float[] data) {

    public Values {
        if (product(shape, 0) != data.length) {
            throw new IllegalArgumentException(data.length + " numbers of the shape " + Arrays.toString(shape));
        }
    }

    /** How many numbers a row of the batch has. */
    public int rowSize() {
        return Math.toIntExact(product(shape, 1));
    }

    /** One row of the batch, [shape without the first size]. */
    public float[] row(int index) {
        int size = rowSize();
        return Arrays.copyOfRange(data, index * size, (index + 1) * size);
    }

    /** Of a batch of one, what stands at each of its places: [places] [shape without the first two sizes]. */
    float[][] rows() {
        int size = Math.toIntExact(product(shape, 2));
        return IntStream.range(0, shape[1]).mapToObj(i -> Arrays.copyOfRange(data, i * size, (i + 1) * size)).toArray(float[][]::new);
    }

    /**
     * Rows of the batch without what stands behind the first places of dimension 1.
     *
     * @param places how many are kept of dimension 1; all where it is negative
     */
    Values cut(int from, int rows, int places) {
        int[] to = shape.clone();
        to[0] = rows;
        if (places < 0 || places == shape[1]) {
            int size = rowSize();
            return new Values(to, Arrays.copyOfRange(data, from * size, (from + rows) * size));
        }
        to[1] = places;
        int step = rowSize();
        int size = places * Math.toIntExact(product(shape, 2));
        float[] kept = new float[rows * size];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(data, (from + i) * step, kept, i * size, size);
        }
        return new Values(to, kept);
    }

    /** Batches one behind the other; they differ in the first size alone. */
    static Values join(List<Values> parts) {
        int[] shape = parts.get(0).shape.clone();
        shape[0] = parts.stream().mapToInt(part -> part.shape[0]).sum();
        float[] data = new float[Math.toIntExact(product(shape, 0))];
        int at = 0;
        for (Values part : parts) {
            System.arraycopy(part.data, 0, data, at, part.data.length);
            at += part.data.length;
        }
        return new Values(shape, data);
    }

    private static long product(int[] shape, int from) {
        return Arrays.stream(shape).skip(from).asLongStream().reduce(1, (a, b) -> a * b);
    }
}
