package org.graphbert.interop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The size of a tensor's values.
 *
 * @param l2 the root of the sum of the squares of the finite ones
 * @param nonFinite how many are infinite or no numbers
 */
public record Norm(double l2, long nonFinite) {

    /**
     * Reads a tensor's values, chunk by chunk where the file allows it.
     *
     * @return null if they are no floating-point numbers, or cannot be read
     * @throws org.graphbert.config.Failure (data) if they are damaged
     */
    public static Norm of(TensorFile file, String name) throws IOException {
        TensorFile.Entry entry = file.entries().get(name);
        FloatType type = FloatType.of(entry.type()).orElse(null);
        boolean doubles = entry.type().equals("float64") && file instanceof StoredTensors;
        Sums sums = new Sums();
        if (type == null && !doubles || file instanceof StoredTensors some && !some.readable(name)) {
            return null;
        }
        if (doubles) {
            ((StoredTensors) file).read(name, sums::addDoubles);
        } else if (file instanceof StoredTensors stored) {
            float[] values = new float[StoredTensors.CHUNK_BYTES / Short.BYTES];
            stored.read(name, chunk -> sums.add(values, type.widen(chunk, values, 0)));
        } else {
            float[] values = file.floats(name);
            sums.add(values, values.length);
        }
        return new Norm(Math.sqrt(sums.squares), sums.nonFinite);
    }

    /** Appends a line where there are values that are not finite; null means that nobody looked. */
    static void pointOutNonFinite(StringBuilder out, String name, long elements, Long nonFiniteOrNull) {
        if (nonFiniteOrNull != null && nonFiniteOrNull > 0) {
            out.append(String.format(Locale.ROOT, "warning: %s: %,d of %,d values are not finite; the norm is that of the rest%n",
                    name, nonFiniteOrNull, elements));
        }
    }

    private static final class Sums {

        private double squares;
        private long nonFinite;

        void add(float[] values, int count) {
            for (int i = 0; i < count; i++) {
                add(values[i]);
            }
        }

        void addDoubles(ByteBuffer chunk) {
            while (chunk.hasRemaining()) {
                add(chunk.getDouble());
            }
        }

        private void add(double value) {
            if (Double.isFinite(value)) {
                squares += value * value;
            } else {
                nonFinite++;
            }
        }
    }
}
