package org.graphbert.train;

import java.util.List;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The rule by which weights follow their gradients. */
public sealed interface Optimiser permits AdamW {

    /** The optimiser of a configuration. */
    static Optimiser of(OptimizerConfig config) {
        return new AdamW(
                config.beta1(), config.beta2(), config.epsilon(), config.weightDecay(), config.biasCorrection());
    }

    /**
     * Adds the update of every variable to the graph.
     *
     * @param gradients one for each trainable variable, in their order
     * @param rate float32 [], the learning rate
     * @param adamRate float32 [], {@link #adamRate} of it
     */
    Op apply(
            Ops tf, Variables variables, List<Operand<TFloat32>> gradients, Operand<TFloat32> rate, Operand<TFloat32> adamRate);

    /**
     * The factor of a step's direction.
     *
     * @param step the number of the update, from 0
     */
    double adamRate(double rate, long step);
}
