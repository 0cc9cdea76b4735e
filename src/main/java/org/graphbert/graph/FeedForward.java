package org.graphbert.graph;

import org.graphbert.config.ModelConfig;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** The wide middle of a layer (Vaswani et al. 2017, section 3.3). M rows, H hidden, I intermediate. */
final class FeedForward {

    private FeedForward() {}

    /**
     * activation(x·W + b), and where it is gated that times x·V + c (Shazeer 2020: GEGLU and its kin). The variables are
     * dense/{kernel, bias}, and linear/{kernel, bias} of the gated.
     *
     * @param x [M, H]
     * @return [M, I]
     */
    static <T extends TFloating> Operand<TFloat32> build(Place<T> intermediate, Operand<TFloat32> x) {
        Ops tf = intermediate.tf();
        ModelConfig config = intermediate.config();
        int h = config.hiddenSize();
        int i = config.intermediateSize();
        Operand<T> narrow = intermediate.narrow(x);                                           // [M, H]
        Operand<TFloat32> wide = Layers.dense(intermediate, "dense", narrow, h, i);           // [M, I]
        Operand<TFloat32> active = Layers.activation(tf, config.hiddenAct(), wide);           // [M, I]
        return config.options().gatedFeedForward()
                ? tf.math.mul(active, Layers.dense(intermediate, "linear", narrow, h, i))     // [M, I]
                : active;
    }
}
