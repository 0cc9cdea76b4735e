package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.framework.initializers.TruncatedNormal;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Where a layer stands: its operations in one name scope, its variables under one path. The path is that of
 * google-research/bert's checkpoints, so the code that opens a place predicts the checkpoint's keys.
 *
 * @param tf operations in the name scope of this place
 * @param path the path of the variables, e.g. {@code bert/encoder/layer_0}
 */
record Place(Ops tf, String path, Variables variables, Dropout dropout, ModelConfig config, long seed) {

    /** A place at the top of a model: variables named from the root, operations within the scope of the tower. */
    static Place root(Ops tf, Variables variables, Dropout dropout, ModelConfig config, long seed) {
        return new Place(tf, "", variables, dropout, config, seed);
    }

    /** The place below this one. A scope opened twice would be renamed: open it once and pass it on. */
    Place sub(String name) {
        return sub(name, name);
    }

    /** A place whose operations and variables go by different names: layers that share variables differ in their scopes. */
    Place sub(String scope, String name) {
        return new Place(tf.withSubScope(scope), below(name), variables, dropout, config, seed);
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
