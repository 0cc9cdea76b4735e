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

    /** What pairs alone teach; the first of these is a matrix, the gradient of which is zero only where there are none. */
    private static final String PAIR_WEIGHTS = "cls/seq_relationship/output_weights";
    private static final List<String> PAIR_HEAD = List.of("cls/seq_relationship/", "bert/pooler/");

    /**
     * Adds them to the graph; a step whose gradients' norm is not finite counts and changes nothing else.
     *
     * @param learned the variables of the gradients, in their order
     */
    static Updates create(Ops tf, Variables variables, Optimiser optimiser, List<Learned> learned, Clip clip) {
        return create(tf, variables, optimiser, learned, clip, counted(tf, variables));
    }

    /**
     * The same where the step is counted otherwise.
     *
     * @param counted counts it
     */
    static Updates create(Ops tf, Variables variables, Optimiser optimiser, List<Learned> learned, Clip clip, Op counted) {
        StepNumbers numbers = new StepNumbers(tf, clip.finite());
        StepNumbers ofPairs = ofPairs(numbers, learned, clip);
        List<Op> updates = new ArrayList<>();
        for (int i = 0; i < learned.size(); i++) {
            Variable w = learned.get(i).variable();
            List<Variable> slots = new ArrayList<>();
            optimiser.slots(w.shape()).forEach((suffix, shape) -> slots.add(variables.slot(w, suffix, shape)));
            StepNumbers own = PAIR_HEAD.stream().anyMatch(w.name()::startsWith) ? ofPairs : numbers;
            updates.add(optimiser.update(new Optimiser.Target(tf, own, learned.get(i), slots, clip.gradients().get(i))));
        }
        updates.add(counted);
        return new Updates(numbers.placeholders(), tf.withControlDependencies(updates).noOp());
    }

    /** One step more. */
    static Op counted(Ops tf, Variables variables) {
        return tf.assignAddVariableOp(variables.globalStep().handle(), tf.constant(1L));
    }

    /**
     * Records without pairs leave the pair head as it is, as google-research/bert's optimiser leaves variables without a gradient.
     * Weight decay would take it to zero, by LAMB within some thousand steps, and what is fine-tuned through its pooler with it.
     */
    private static StepNumbers ofPairs(StepNumbers numbers, List<Learned> learned, Clip clip) {
        for (int i = 0; i < learned.size(); i++) {
            if (learned.get(i).variable().name().equals(PAIR_WEIGHTS)) {
                return numbers.whereTaught(clip.gradients().get(i));
            }
        }
        return numbers;
    }
}
