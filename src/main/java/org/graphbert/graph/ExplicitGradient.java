package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.IdentityN;
import org.tensorflow.types.TFloat32;

/**
 * Functions whose gradients are written out. TensorFlow's own are those of the operations one by one, each another pass over
 * the memory, with a sum wherever two meet; a formula for the whole takes half the passes or fewer.
 *
 * <p>The function's value goes, behind a stop of gradients, with its inputs through an operation that has no gradient in
 * TensorFlow's registry: there the formula is asked.
 */
final class ExplicitGradient {

    /**
     * d(loss)/d(input) for each input, from d(loss)/d(value). TensorFlow has the graph locked meanwhile: a formula may add
     * operations to it but ask it nothing, a shape for instance, or waits for ever.
     */
    @FunctionalInterface
    interface Backward {
        List<Operand<TFloat32>> of(Ops tf, Operand<TFloat32> gradient);
    }

    /** The formulas of graphs under construction, by the operation that asks, until {@link #forget}. */
    private static final Map<Graph, Map<String, Backward>> FORMULAS = new ConcurrentHashMap<>();

    static {
        TensorFlow.registerCustomGradient(IdentityN.OP_NAME, ExplicitGradient::backward);
    }

    private ExplicitGradient() {}

    /**
     * A value with its gradient.
     *
     * @param value computed from the inputs
     * @param inputs what gradients are wanted of
     */
    static Operand<TFloat32> of(Ops tf, Operand<TFloat32> value, List<Operand<TFloat32>> inputs, Backward backward) {
        List<Operand<?>> all = new ArrayList<>();
        all.add(tf.stopGradient(value));
        all.addAll(inputs);
        IdentityN joint = tf.identityN(all);
        Graph graph = (Graph) tf.scope().env();
        FORMULAS.computeIfAbsent(graph, g -> new ConcurrentHashMap<>()).put(joint.op().name(), backward);
        return joint.output().get(0).expect(TFloat32.class);
    }

    /** Forgets the formulas of a graph that gets no more gradients. */
    static void forget(Graph graph) {
        FORMULAS.remove(graph);
    }

    private static List<Operand<?>> backward(Ops tf, GraphOperation operation, List<Output<?>> gradients) {
        Backward formula = FORMULAS.getOrDefault(operation.env(), Map.of()).get(operation.name());
        if (formula == null) {
            throw new IllegalStateException(operation.name() + " has no gradient here");
        }
        Operand<TFloat32> gradient = gradients.get(0).expect(TFloat32.class);
        List<Operand<?>> all = new ArrayList<>();
        // The stop of gradients takes whatever it is given.
        all.add(gradient);
        all.addAll(formula.of(tf, gradient));
        return all;
    }
}
