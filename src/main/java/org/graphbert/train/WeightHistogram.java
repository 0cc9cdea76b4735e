package org.graphbert.train;

import org.tensorflow.proto.HistogramProto;

/** How a variable's values lie, in classes of equal width between the smallest and the largest. */
final class WeightHistogram {

    /** As many as TensorBoard draws. */
    static final int CLASSES = 30;

    private WeightHistogram() {}

    /** Of the finite values; a histogram without classes where there are none. */
    static HistogramProto of(float[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        long finite = 0;
        for (float value : values) {
            if (Float.isFinite(value)) {
                min = Math.min(min, value);
                max = Math.max(max, value);
                sum += value;
                squares += (double) value * value;
                finite++;
            }
        }
        if (finite == 0) {
            return HistogramProto.getDefaultInstance();
        }
        // Values that are all the same stand in the middle of one class.
        double room = min < max ? 0 : Math.max(0.5, Math.abs(min) / 2);
        double from = min - room;
        double width = (max - min + 2 * room) / CLASSES;
        long[] counts = new long[CLASSES];
        for (float value : values) {
            if (Float.isFinite(value)) {
                counts[Math.min(CLASSES - 1, (int) ((value - from) / width))]++;
            }
        }
        HistogramProto.Builder histogram = HistogramProto.newBuilder()
                .setMin(from).setMax(from + CLASSES * width).setNum(finite).setSum(sum).setSumSquares(squares);
        for (int i = 0; i < CLASSES; i++) {
            histogram.addBucketLimit(from + (i + 1) * width).addBucket(counts[i]);
        }
        return histogram.build();
    }
}
