package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.graphbert.graph.StaticGraph.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Graphs so small that their memory can be told by hand; every tensor has 1,000 floats unless it is said. */
class StepMemoryTest {

    private static final long KB = 4000;

    private final Graph graph = new Graph();
    private final Ops tf = Ops.create(graph);

    @AfterEach
    void close() {
        graph.close();
    }

    private Operand<TFloat32> input(long... shape) {
        return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(shape)));
    }

    private StepMemory.Use use(Op target, Op loss) {
        return new StepMemory(StaticGraph.of(graph), List.of(target.op().name()), loss.op().name()).use(Tensor::bytes);
    }

    @Test
    void aChainOfElementWiseOpsIsOnePieceOfMemory() {
        Operand<TFloat32> x = tf.math.exp(input(1000));
        for (int i = 0; i < 5; i++) {
            x = tf.math.tanh(tf.reshape(x, tf.array(10, 100)));
        }
        assertEquals(KB, use(x, x).peak());
    }

    @Test
    void whatIsReadLaterIsKept() {
        Operand<TFloat32> x = tf.math.exp(input(1000));
        Operand<TFloat32> y = tf.math.tanh(x);
        Operand<TFloat32> z = tf.math.mul(y, x);
        StepMemory.Use use = use(z, y);
        assertEquals(2 * KB, use.peak());
        assertEquals(2 * KB, use.held());
    }

    @Test
    void aProductNeedsItsInputsAndItsResult() {
        Operand<TFloat32> x = tf.math.exp(input(20, 50));
        Operand<TFloat32> y = tf.math.exp(input(50, 10));
        Operand<TFloat32> product = tf.linalg.matMul(x, y);
        StepMemory.Use use = use(product, product);
        assertEquals(KB + 4 * 500 + 4 * 200, use.peak());
        assertEquals(product.op().name(), use.at());
    }

    /** A variable's own memory does not count, but a copy does: an update while a reader still needs the old value. */
    @Test
    void anUpdateBeforeTheLastReadCopiesTheVariable() {
        Variables variables = new Variables(graph);
        Operand<TFloat32> w = variables.trainable("w", Shape.of(1000), (ops, name, shape) ->
                ops.zeros(ops.constant(shape), TFloat32.class));
        Operand<TFloat32> factor = input(1000);
        Op early = tf.assignSubVariableOp(variables.get("w").handle(), factor);
        Operand<TFloat32> read = tf.withControlDependencies(early).nn.l2Loss(w);
        assertEquals(KB + 4, use(read, read).peak());
        Op late = tf.withControlDependencies(tf.nn.l2Loss(w))
                .assignSubVariableOp(variables.get("w").handle(), factor);
        assertEquals(4, use(late, late).peak());
    }

    @Test
    void namesThatAreNotInTheGraphAreRefused() {
        Operand<TFloat32> x = tf.math.exp(input(1000));
        StaticGraph nodes = StaticGraph.of(graph);
        assertThrows(IllegalArgumentException.class, () -> new StepMemory(nodes, List.of("none"), x.op().name()));
    }
}
