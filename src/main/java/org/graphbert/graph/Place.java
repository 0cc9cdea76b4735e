package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.framework.initializers.TruncatedNormal;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/**
 * Where a layer stands: its operations in one name scope, its variables under one path. The path is that of
 * google-research/bert's checkpoints, so the code that opens a place predicts the checkpoint's keys.
 *
 * <p>The place says in which type T matrix products are computed; all else is float32: the weights, the residual stream,
 * LayerNorm, activations, the softmax and the losses. What enters a product is narrowed to T, and what leaves it widened.
 * Also biases are added in float32: their gradients are sums over all positions, and TensorFlow's kernel for the CPU adds
 * up bfloat16 in bfloat16, of which 512 times 1 is 512 and all further ones are lost.
 *
 * @param tf operations in the name scope of this place
 * @param path the path of the variables, e.g. {@code bert/encoder/layer_0}
 * @param type T
 */
record Place<T extends TFloating>(
        Ops tf, String path, Variables variables, Dropout dropout, ModelConfig config, long seed, Class<T> type) {

    /** A place at the top of a model: variables named from the root, operations within the scope of the tower; all float32. */
    static Place<TFloat32> root(Ops tf, Variables variables, Dropout dropout, ModelConfig config, long seed) {
        return new Place<>(tf, "", variables, dropout, config, seed, TFloat32.class);
    }

    /** The same, with its products computed in another type. */
    static Place<?> root(
            Ops tf, Variables variables, Dropout dropout, ModelConfig config, long seed, Precision precision) {
        return switch (precision) {
            case FLOAT32, TF32 -> root(tf, variables, dropout, config, seed);
            case BFLOAT16 -> new Place<>(tf, "", variables, dropout, config, seed, TBfloat16.class);
            case FLOAT16 -> new Place<>(tf, "", variables, dropout, config, seed, TFloat16.class);
        };
    }

    /** What enters a matrix product. Where products are float32, that is x itself. */
    @SuppressWarnings("unchecked")
    Operand<T> narrow(Operand<TFloat32> x) {
        return type == (Class<?>) TFloat32.class ? (Operand<T>) x : tf.dtypes.cast(x, type);
    }

    /** What has left a matrix product. Where products are float32, that is x itself. */
    @SuppressWarnings("unchecked")
    Operand<TFloat32> widen(Operand<T> x) {
        return type == (Class<?>) TFloat32.class ? (Operand<TFloat32>) x : tf.dtypes.cast(x, TFloat32.class);
    }

    /**
     * a · b for each matrix of a batch. Not by {@code tf.train.batchMatMul}: see {@link BatchProducts}.
     *
     * @param a [..., R, D]
     * @param b [..., D, S]; [..., S, D] where it is to be transposed
     * @return [..., R, S]
     */
    Operand<T> batchMatMul(Operand<T> a, Operand<T> b, boolean transposeB) {
        Operation product = tf.scope().opBuilder(BatchProducts.V2, "BatchMatMul")
                .addInput(a.asOutput())
                .addInput(b.asOutput())
                .setAttr("adj_y", transposeB)
                .build();
        return product.output(0);                                                   // [..., R, S]
    }

    /** The place below this one. A scope opened twice would be renamed: open it once and pass it on. */
    Place<T> sub(String name) {
        return sub(name, name);
    }

    /** A place whose operations and variables go by different names: layers that share variables differ in their scopes. */
    Place<T> sub(String scope, String name) {
        return new Place<>(tf.withSubScope(scope), below(name), variables, dropout, config, seed, type);
    }

    private String below(String name) {
        return path.isEmpty() ? name : path + "/" + name;
    }

    /** A weight, drawn from a normal distribution cut at two standard deviations. */
    Operand<TFloat32> weight(String name, long... shape) {
        return variable(name, shape, (ops, full, dims) -> {
            long key = seed * 0x9E3779B97F4A7C15L + full.hashCode();
            return new TruncatedNormal<TFloat32>(0.0, config.initializerRange(), key)
                    .call(ops, ops.constant(dims), TFloat32.class);
        });
    }

    /** A variable of zeros: a bias, or the beta of a LayerNorm. */
    Operand<TFloat32> zeros(String name, long... shape) {
        return variable(name, shape, (ops, full, dims) -> Variables.filled(ops, dims, 0));
    }

    /** A variable of ones: the gamma of a LayerNorm. */
    Operand<TFloat32> ones(String name, long... shape) {
        return variable(name, shape, (ops, full, dims) -> Variables.filled(ops, dims, 1));
    }

    private Operand<TFloat32> variable(String name, long[] shape, Variables.Initialiser initialiser) {
        return variables.trainable(below(name), Shape.of(shape), initialiser);
    }
}
