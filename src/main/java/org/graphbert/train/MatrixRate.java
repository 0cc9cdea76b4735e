package org.graphbert.train;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.graphbert.graph.SessionOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/** What a device does when it does nothing but multiply matrices: the peak beside which a training step is seen. */
final class MatrixRate {

    /** Large enough for a CPU; a device that is through sooner than it takes to ask it gets larger ones. */
    private static final int SMALLEST = 1024;
    private static final int LARGEST = 8192;
    private static final double LONG_ENOUGH_SECONDS = 0.01;
    private static final int REPETITIONS = 4;

    /** By numbers of threads: a process measures it once. */
    private static final Map<Integer, Double> MEASURED = new ConcurrentHashMap<>();

    private MatrixRate() {}

    /**
     * What it is in this process, measured in a fraction of a second when it is first asked for.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @return float32 FLOP/s, the best of a few products
     */
    static double of(int threads) {
        return MEASURED.computeIfAbsent(threads, MatrixRate::measure);
    }

    private static double measure(int threads) {
        double best = 0;
        for (int n = SMALLEST; n <= LARGEST; n *= 2) {
            double seconds = product(n, threads);
            best = Math.max(best, 2.0 * n * n * n / seconds);
            if (seconds >= LONG_ENOUGH_SECONDS) {
                break;
            }
        }
        return best;
    }

    /** Seconds of the fastest product of two n × n matrices; they are variables, for constants would be folded. */
    private static double product(int n, int threads) {
        try (Graph graph = new Graph(); Session session = new Session(graph, SessionOptions.threads(threads).proto())) {
            Ops tf = Ops.create(graph);
            Variable<TFloat32> a = tf.variable(Shape.of(n, n), TFloat32.class);
            Operand<TFloat32> ones = tf.fill(tf.constant(new int[] {n, n}), tf.constant(1f));
            Operand<TFloat32> assigned = tf.assign(a, ones);
            Operand<TFloat32> product = tf.linalg.matMul(a, a);
            session.runner().addTarget(assigned.op()).run().close();
            long best = Long.MAX_VALUE;
            for (int i = 0; i <= REPETITIONS; i++) {
                long start = System.nanoTime();
                session.runner().addTarget(product.op()).run().close();
                // The first one also plans.
                best = i == 0 ? best : Math.min(best, System.nanoTime() - start);
            }
            return best / (double) TimeUnit.SECONDS.toNanos(1);
        }
    }
}
