package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graphbert.graph.Clip;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One optimiser step: every variable's update, and the number of the steps.
 *
 * @param scalars to be fed, by their names
 */
record Updates(Map<String, Operand<TFloat32>> scalars, Op all) {

    /**
     * Adds them to the graph; a step whose gradients' norm is not finite counts and changes nothing else.
     *
     * @param learned the variables of the gradients, in their order
     */
    static Updates create(Ops tf, Variables variables, Optimiser optimiser, List<Learned> learned, Clip clip) {
        StepNumbers numbers = new StepNumbers(tf, clip.finite());
        List<Op> updates = new ArrayList<>();
        for (int i = 0; i < learned.size(); i++) {
            Variable w = learned.get(i).variable();
            List<Variable> slots = new ArrayList<>();
            optimiser.slots(w.shape()).forEach((suffix, shape) -> slots.add(variables.slot(w, suffix, shape)));
            updates.add(optimiser.update(
                    new Optimiser.Target(tf, numbers, learned.get(i), slots, clip.gradients().get(i))));
        }
        updates.add(tf.assignAddVariableOp(variables.globalStep().handle(), tf.constant(1L)));
        return new Updates(numbers.placeholders(), tf.withControlDependencies(updates).noOp());
    }
}
