package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.SessionOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/**
 * How fast TensorFlow multiplies matrices in this process when it does nothing else, to hold a training step against. A product
 * of two matrices of random numbers is timed as a run of a session that computes it and fetches nothing, on the GPU where there
 * is one: a run ends when the device has done it. Where that takes so little that the asking would count, a run is several of
 * them, one after the other. Operands and result are of the precision's own type, so that what a training step spends on casts
 * counts against the step. Its FLOP are 2 · rows · inner · columns.
 *
 * <p>Two questions have their answers here. {@link #peak} is what the device can do, by square products large enough for it: a
 * run's peak_share is of that. {@link #ofModel} times the model's own largest products, which may be too small or too narrow to
 * reach the peak: `bench pretrain` holds its steps against them.
 */
final class ProductRate implements AutoCloseable {

    /** Large enough for a CPU; a device that is through sooner than it takes to ask it gets larger ones. */
    private static final long SMALLEST = 1024;
    private static final long LARGEST = 8192;
    private static final double LONG_ENOUGH_SECONDS = 0.01;
    /** Asking for a run takes about a ten-thousandth of a second; of a product of 8,192 an H100 is through in fifteen. */
    private static final double SHORT_SECONDS = 0.002;
    /** How long a run of several short ones takes at least, unless it is the most of them. */
    private static final double RUN_SECONDS = 0.005;
    private static final int MOST_IN_A_RUN = 64;
    /** The least of so many: what else goes on in the machine makes a product slower, and nothing makes it faster. */
    private static final int REPETITIONS = 4;
    /** A device that takes that long, since it has no instructions for the type, is not asked again. */
    private static final double SLOW_SECONDS = 0.25;

    private static final Map<PeakOf, Double> PEAKS = new ConcurrentHashMap<>();

    private record PeakOf(Precision precision, int threads) {}

    /** The sizes of a product [rows, inner] · [inner, columns]. */
    record Size(long rows, long inner, long columns) {

        static Size square(long n) {
            return new Size(n, n, n);
        }

        double flops() {
            return 2.0 * rows * inner * columns;
        }
    }

    /** A product in the graph, several times, and how long it took. */
    private static final class Product {
        private final Size size;
        /** Each computes it and keeps nothing, behind the one before. */
        private final List<Op> each;
        /** Of one product, each time that it was measured. */
        private final List<Double> seconds = new ArrayList<>();
        /** How many of it a run is. */
        private int count = 1;

        Product(Size size, List<Op> each) {
            this.size = size;
            this.each = each;
        }

        double median() {
            double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return sorted[sorted.length / 2];
        }

        double least() {
            return seconds.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        }

        /** Measures it once. */
        void measure(Session session) {
            Session.Runner runner = session.runner();
            each.subList(0, count).forEach(runner::addTarget);
            long start = System.nanoTime();
            runner.run().close();
            seconds.add((System.nanoTime() - start) / 1e9 / count);
        }

        /** Measures it the first times: TensorFlow prepares the graph for it, a GPU its library, and it may be short. */
        void plan(Session session) {
            measure(session);
            seconds.clear();
            measure(session);
            if (least() < SHORT_SECONDS) {
                count = (int) Math.min(MOST_IN_A_RUN, Math.ceil(RUN_SECONDS / least()));
                measure(session);
                seconds.clear();
                measure(session);
            }
        }
    }

    private final Graph graph = new Graph();
    private final Session session;
    private final List<Product> products = new ArrayList<>();

    private ProductRate(List<Size> sizes, Precision precision, int threads) {
        Ops tf = Ops.create(graph);
        List<Op> initial = new ArrayList<>();
        for (Size size : sizes) {
            products.add(switch (precision) {
                case FLOAT32, TF32 -> product(tf, size, TFloat32.class, DataType.DT_FLOAT, initial);
                case BFLOAT16 -> product(tf, size, TBfloat16.class, DataType.DT_BFLOAT16, initial);
                case FLOAT16 -> product(tf, size, TFloat16.class, DataType.DT_HALF, initial);
            });
        }
        session = new Session(graph, SessionOptions.threads(threads).proto());
        Session.Runner runner = session.runner();
        initial.forEach(runner::addTarget);
        runner.run().close();
    }

    /**
     * The device's peak, beside which a run's steps are seen: the best rate of square products from 1,024 on, doubled until one
     * takes 10 ms. Measured when it is first asked for and then known to the process; that takes a few tenths of a second
     * where the device is made for the type, and at most about a second where it is not.
     *
     * @param precision that the run computes its products in
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @return FLOP/s
     */
    static double peak(Precision precision, int threads) {
        return PEAKS.computeIfAbsent(new PeakOf(precision, threads), ProductRate::measurePeak);
    }

    private static double measurePeak(PeakOf of) {
        double best = 0;
        double seconds = 0;
        for (long n = SMALLEST; n <= LARGEST && seconds < LONG_ENOUGH_SECONDS; n *= 2) {
            Size square = Size.square(n);
            try (ProductRate rate = new ProductRate(List.of(square), of.precision(), of.threads())) {
                Product product = rate.products.get(0);
                product.plan(rate.session);
                for (int i = 0; i < REPETITIONS && product.least() < SLOW_SECONDS; i++) {
                    rate.measure();
                }
                seconds = product.least();
                best = Math.max(best, square.flops() / seconds);
            }
        }
        return best;
    }

    /** The largest products of a model's step: of M = B · S rows, and of the predictions with the vocabulary. */
    static ProductRate ofModel(ModelConfig model, TrainingGraph.Sizes sizes, Precision precision, int threads) {
        long m = (long) sizes.batch() * sizes.length();
        long predictions = (long) sizes.batch() * sizes.predictions();
        long h = model.hiddenSize();
        long i = model.intermediateSize();
        ProductRate rate = new ProductRate(
                List.of(
                        new Size(m, h, 3 * h),
                        new Size(m, h, i),
                        new Size(m, i, h),
                        new Size(predictions, model.embeddingSize(), model.vocabSize())),
                precision, threads);
        rate.products.forEach(product -> {
            product.plan(rate.session);
            product.seconds.clear();
        });
        return rate;
    }

    private <T extends TNumber> Product product(Ops tf, Size size, Class<T> type, DataType dataType, List<Op> initial) {
        Operand<T> left = matrix(tf, size.rows(), size.inner(), type, dataType, initial);
        Operand<T> right = matrix(tf, size.inner(), size.columns(), type, dataType, initial);
        List<Op> each = new ArrayList<>();
        for (int i = 0; i < MOST_IN_A_RUN; i++) {
            Ops after = each.isEmpty() ? tf : tf.withControlDependencies(each.get(i - 1));
            each.add(after.linalg.matMul(left, right));                                    // [rows, columns]
        }
        return new Product(size, each);
    }

    /** In a variable: a constant product would be computed once, when the graph is prepared. */
    private <T extends TNumber> Operand<T> matrix(
            Ops tf, long rows, long columns, Class<T> type, DataType dataType, List<Op> initial) {
        String name = "operand_" + initial.size();
        Operand<?> handle = graph.opBuilder("VarHandleOp", name, graph.baseScope())
                .setAttr("dtype", dataType)
                .setAttr("shape", Shape.of(rows, columns))
                .setAttr("shared_name", name)
                .build()
                .output(0);
        Operand<TInt32> size = tf.array((int) rows, (int) columns);
        Operand<T> values = tf.dtypes.cast(tf.random.randomUniform(size, TFloat32.class), type);
        initial.add(tf.assignVariableOp(handle, values));
        return tf.readVariableOp(handle, type);
    }

    /** Times each product once: called between steps, it sees the machine as the steps do. */
    void measure() {
        products.forEach(product -> product.measure(session));
    }

    /** FLOP/s of the fastest product, by its median time. */
    double best() {
        return products.stream().mapToDouble(product -> product.size.flops() / product.median()).max().orElseThrow();
    }

    Graph graph() {
        return graph;
    }

    /** The names of what its runs run. */
    List<String> targets() {
        return products.stream().flatMap(product -> product.each.stream()).map(op -> op.op().name()).toList();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
