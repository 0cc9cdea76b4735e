package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
 * How fast a matrix product alone runs in this process, to hold a step against: the largest products of the model, each
 * timed once at every call, so that calls between steps see the machine as the steps do. M rows of a batch.
 */
final class ProductRate implements AutoCloseable {

    /**
     * A product [rows, inner] · [inner, columns].
     *
     * @param run computes it and keeps nothing
     */
    private record Product(long rows, long inner, long columns, Op run, List<Double> seconds) {

        double flops() {
            return 2.0 * rows * inner * columns;
        }

        double rate() {
            double[] sorted = seconds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            return flops() / sorted[sorted.length / 2];
        }
    }

    private final Graph graph = new Graph();
    private final Session session;
    private final List<Product> products = new ArrayList<>();

    ProductRate(ModelConfig model, TrainingGraph.Sizes sizes, Precision precision, int threads) {
        Ops tf = Ops.create(graph);
        long m = (long) sizes.batch() * sizes.length();
        long predictions = (long) sizes.batch() * sizes.predictions();
        long h = model.hiddenSize();
        long i = model.intermediateSize();
        List<Op> initial = new ArrayList<>();
        long[][] shapes = {{m, h, 3 * h}, {m, h, i}, {m, i, h}, {predictions, model.embeddingSize(), model.vocabSize()}};
        for (long[] shape : shapes) {
            products.add(switch (precision) {
                case FLOAT32 -> product(tf, shape, TFloat32.class, DataType.DT_FLOAT, initial);
                case BFLOAT16 -> product(tf, shape, TBfloat16.class, DataType.DT_BFLOAT16, initial);
                case FLOAT16 -> product(tf, shape, TFloat16.class, DataType.DT_HALF, initial);
            });
        }
        session = new Session(graph, SessionOptions.threads(threads).proto());
        Session.Runner runner = session.runner();
        initial.forEach(runner::addTarget);
        runner.run().close();
        measure();
        products.forEach(p -> p.seconds().clear());
    }

    private <T extends TNumber> Product product(
            Ops tf, long[] shape, Class<T> type, DataType dataType, List<Op> initial) {
        Operand<T> left = matrix(tf, shape[0], shape[1], type, dataType, initial);
        Operand<T> right = matrix(tf, shape[1], shape[2], type, dataType, initial);
        Op run = tf.linalg.matMul(left, right);                                            // [rows, columns]
        return new Product(shape[0], shape[1], shape[2], run, new ArrayList<>());
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

    /** Times each product once. */
    void measure() {
        for (Product product : products) {
            long start = System.nanoTime();
            session.runner().addTarget(product.run()).run().close();
            product.seconds().add((System.nanoTime() - start) / 1e9);
        }
    }

    /** FLOP/s of the fastest product, by its median time. */
    double best() {
        return products.stream().mapToDouble(Product::rate).max().orElseThrow();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
