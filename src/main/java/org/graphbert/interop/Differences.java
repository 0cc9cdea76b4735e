package org.graphbert.interop;

/**
 * How far two arrays of floats are apart.
 *
 * @param otherBits elements whose bits are not the same
 * @param different elements that are not equal as numbers, where NaN equals NaN
 * @param nonFinite of those, where one or both are not finite
 * @param maxAbs the largest |a - b| of the others
 * @param relativeL2 ‖a - b‖ / ‖a‖ over the elements that are finite in both; null if a is zero there and b is not
 */
record Differences(long otherBits, long different, long nonFinite, double maxAbs, Double relativeL2) {

    static Differences of(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(a.length + " and " + b.length + " elements");
        }
        long otherBits = 0;
        long different = 0;
        long nonFinite = 0;
        double maxAbs = 0;
        double squares = 0;
        double squaresOfA = 0;
        for (int i = 0; i < a.length; i++) {
            boolean finite = Float.isFinite(a[i]) && Float.isFinite(b[i]);
            if (finite) {
                squaresOfA += (double) a[i] * a[i];
            }
            if (Float.floatToRawIntBits(a[i]) == Float.floatToRawIntBits(b[i])) {
                continue;
            }
            otherBits++;
            if (a[i] == b[i] || Float.isNaN(a[i]) && Float.isNaN(b[i])) {
                continue;
            }
            different++;
            if (finite) {
                double difference = (double) a[i] - b[i];
                maxAbs = Math.max(maxAbs, Math.abs(difference));
                squares += difference * difference;
            } else {
                nonFinite++;
            }
        }
        Double relative = squares > 0 && squaresOfA == 0 ? null : Double.valueOf(squares == 0 ? 0 : Math.sqrt(squares / squaresOfA));
        return new Differences(otherBits, different, nonFinite, maxAbs, relative);
    }
}
