package org.graphbert.train;

import java.util.Map;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;

/**
 * Stochastic gradient descent with momentum (Polyak 1964, as PyTorch and TensorFlow have it): b ← momentum · b + g and
 * w ← w − rate · (b + decay · w). The decay goes past the momentum, as in SGDW (Loshchilov and Hutter 2019).
 *
 * @param momentum 0 for none, and then nothing is kept beside a variable
 */
public record Sgd(double momentum, double weightDecay) implements Optimiser {

    public Sgd {
        Optimiser.requireFraction("momentum", momentum);
        Optimiser.requireDecay(weightDecay);
    }

    @Override
    public Map<String, Shape> slots(Shape shape) {
        return momentum == 0 ? Map.of() : Map.of("momentum", shape);
    }

    @Override
    public Map<String, Double> scalars(double rate, long step) {
        return Optimiser.scalars(LEARNING_RATE, rate);
    }

    @Override
    public Op update(Target target) {
        return momentum == 0
                ? target.decayed().train.resourceApplyGradientDescent(
                        target.variable().handle(), target.rate(LEARNING_RATE), target.gradient())
                : target.decayed().train.resourceApplyMomentum(
                        target.variable().handle(),
                        target.slots().get(0).handle(),
                        target.rate(LEARNING_RATE),
                        target.gradient(),
                        target.numbers().kept(momentum));
    }
}
