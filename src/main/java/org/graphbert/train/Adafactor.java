package org.graphbert.train;

import java.util.LinkedHashMap;
import java.util.Map;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Adafactor (Shazeer and Stern 2018) with a learning rate from without. The second moments of a matrix are kept as the
 * means r and c of its rows and columns, v̂ = r cᵀ / mean(r); those of a vector whole (algorithms 4 and 5). The average keeps
 * β₂ₜ = 1 − t^−0.8 (section 7.2), which starts without a bias, and an update u = g / √v̂ is scaled down to a root mean square
 * of d = 1 (section 6).
 *
 * <p>Departures from algorithm 4, each known in the field: steps are rate · u, relative neither to the weight's size nor
 * to 1/√t, so that schedules mean what they mean for the other optimisers; there is no first moment; weights decay, decoupled.
 */
public record Adafactor(double weightDecay) implements Optimiser {

    /** ε₁, added to the squared gradient. */
    private static final double EPSILON = 1e-30;
    /** β₂ₜ = 1 − t to the power of this. */
    private static final double DECAY_EXPONENT = -0.8;
    /** d. */
    private static final double CLIPPING = 1;

    /** β₂ₜ. */
    private static final String KEPT = "adafactor_beta2";
    /** 1 − β₂ₜ. */
    private static final String TAKEN = "adafactor_beta2_rest";

    public Adafactor {
        Optimiser.requireDecay(weightDecay);
    }

    @Override
    public Map<String, Shape> slots(Shape shape) {
        Map<String, Shape> slots = new LinkedHashMap<>();
        if (shape.numDimensions() == 2) {
            slots.put("adafactor_vr", Shape.of(shape.get(0)));
            slots.put("adafactor_vc", Shape.of(shape.get(1)));
        } else {
            slots.put("adafactor_v", shape);
        }
        return slots;
    }

    @Override
    public Map<String, Double> scalars(double rate, long step) {
        double taken = Math.pow(step + 1.0, DECAY_EXPONENT);
        return Optimiser.scalars(LEARNING_RATE, rate, KEPT, 1 - taken, TAKEN, taken);
    }

    @Override
    public Op update(Target target) {
        Ops tf = target.tf();
        StepNumbers numbers = target.numbers();
        Operand<TFloat32> g = target.gradient();
        Operand<TFloat32> kept = numbers.kept(KEPT);
        Operand<TFloat32> taken = numbers.rate(TAKEN, 1);
        Operand<TFloat32> squares = tf.math.add(tf.math.square(g), numbers.constant(EPSILON));       // [R, C] or [N]
        Operand<TFloat32> direction;
        Op moved;
        if (target.slots().size() == 2) {
            Variable rows = target.slots().get(0);
            Variable columns = target.slots().get(1);
            Operand<TFloat32> r = target.moved(rows, kept, tf.math.mean(squares, tf.constant(1)), taken);    // [R]
            Operand<TFloat32> c = target.moved(columns, kept, tf.math.mean(squares, tf.constant(0)), taken); // [C]
            Operand<TFloat32> share = tf.math.div(r, tf.math.mean(r, tf.constant(0)));                // [R]
            Operand<TFloat32> byRow = tf.expandDims(tf.math.rsqrt(share), tf.constant(1));            // [R, 1]
            direction = tf.math.mul(tf.math.mul(g, byRow), tf.math.rsqrt(c));                         // [R, C]
            moved = tf.withControlDependencies(
                    tf.assignVariableOp(rows.handle(), r), tf.assignVariableOp(columns.handle(), c)).noOp();
        } else {
            Variable whole = target.slots().get(0);
            Operand<TFloat32> v = target.moved(whole, kept, squares, taken);                                 // [N]
            direction = tf.math.mul(g, tf.math.rsqrt(v));                                             // [N]
            moved = tf.assignVariableOp(whole.handle(), v);
        }
        Operand<TFloat32> scale = tf.math.reciprocal(excess(target, direction));                      // []
        Operand<TFloat32> rate = tf.math.mulNoNan(scale, target.rate(LEARNING_RATE));                 // []
        Operand<TFloat32> step = tf.math.mulNoNan(direction, rate);
        Op weight = target.decayed().assignSubVariableOp(target.variable().handle(), step);
        return tf.withControlDependencies(moved, weight).noOp();
    }

    /** max(1, RMS(u) / d). */
    private static Operand<TFloat32> excess(Target target, Operand<TFloat32> direction) {
        Ops tf = target.tf();
        double halves = 2.0 / target.variable().shape().size();
        Operand<TFloat32> meanSquare = tf.math.mul(tf.nn.l2Loss(direction), target.numbers().constant(halves));
        Operand<TFloat32> excess = tf.math.div(tf.math.sqrt(meanSquare), target.numbers().constant(CLIPPING));
        return tf.math.maximum(target.numbers().constant(1), excess);
    }
}
