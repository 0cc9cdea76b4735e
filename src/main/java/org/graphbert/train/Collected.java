package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Gradients summed over the micro-batches of one step, in a variable beside each that learns. They are zero between
 * steps, so no checkpoint needs them.
 *
 * @param accumulators one for each variable that learns
 * @param add adds a micro-batch's gradients
 * @param sums what has been added
 */
record Collected(List<Variable> accumulators, Op add, List<Operand<TFloat32>> sums) {

    private static final String SUFFIX = "gradient_sum";

    static Collected create(
            Ops tf, Variables variables, List<Learned> learned, List<Operand<TFloat32>> gradients) {
        List<Variable> accumulators =
                learned.stream().map(l -> variables.slot(l.variable(), SUFFIX)).toList();
        List<Op> added = new ArrayList<>();
        List<Operand<TFloat32>> sums = new ArrayList<>();
        for (int i = 0; i < accumulators.size(); i++) {
            added.add(tf.assignAddVariableOp(accumulators.get(i).handle(), gradients.get(i)));
            sums.add(accumulators.get(i).floats());
        }
        return new Collected(accumulators, tf.withControlDependencies(added).noOp(), sums);
    }

    /** Sets the sums to zero; the scope brings what must have happened before. */
    Op reset(Ops afterUpdate) {
        List<Op> zeroed = new ArrayList<>();
        accumulators.forEach(a -> zeroed.add(afterUpdate.assignVariableOp(
                a.handle(), afterUpdate.fill(afterUpdate.constant(a.shape()), afterUpdate.constant(0f)))));
        return afterUpdate.withControlDependencies(zeroed).noOp();
    }

    /** Whether a variable is such a sum. */
    static boolean holds(Variable variable) {
        return variable.name().endsWith("/" + SUFFIX);
    }
}
