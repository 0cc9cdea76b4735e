package org.graphbert.train;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TString;

/** Variables of a session out of checkpoints. */
final class Restoring {

    private Restoring() {}

    /**
     * Takes every variable from a checkpoint of this graph; gradient sums, which no checkpoint holds, begin at zero.
     *
     * @throws Failure (data) if it lacks one, or has one of another shape
     */
    static void whole(Session session, Saver saver, Variables variables, String prefix) {
        try (TString filename = TString.scalarOf(prefix)) {
            Session.Runner runner = session.runner().feed(saver.filename(), filename).addTarget(saver.restore());
            variables.all().stream().filter(Collected::holds).forEach(v -> runner.addTarget(v.initialise()));
            runner.run().close();
        } catch (TensorFlowException e) {
            throw Failure.data("%s: cannot be restored: %s", prefix, e.getMessage().lines().findFirst().orElse("").strip(), e);
        }
    }

    /** Takes some variables from another checkpoint, which must hold them all; the graph gets operations for it. */
    static void some(Session session, Graph graph, List<Variable> variables, String prefix) {
        Ops tf = Ops.create(graph).withSubScope("initial_weights");
        Operand<TString> filename = tf.placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        Op restore = Saver.restore(tf, filename, variables);
        try (TString value = TString.scalarOf(prefix)) {
            session.runner().feed(filename, value).addTarget(restore).run().close();
        }
    }
}
