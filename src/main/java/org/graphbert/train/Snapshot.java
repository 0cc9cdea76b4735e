package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TString;

/**
 * The values of variables at one time, which later steps leave as they are. On the CPU taking one copies nothing: the
 * tensors are the variables' own buffers, and an update that finds its variable's buffer in other hands puts a copy of it
 * in its place first (TensorFlow's PrepareToUpdateVariable). So a snapshot costs the memory of all variables from the next
 * step on until it is closed.
 */
final class Snapshot implements AutoCloseable {

    /**
     * On the thread that asks, beside the training's own, which must find theirs free. Not on a GPU: the values are the
     * host's already.
     */
    private static final ConfigProto HERE =
            ConfigProto.newBuilder().setInterOpParallelismThreads(-1).putDeviceCount("GPU", 0).build();

    private final List<Variable> variables;
    private final Result values;

    /**
     * Takes over tensors.
     *
     * @param values of the variables, in their order
     */
    Snapshot(List<Variable> variables, Result values) {
        this.variables = variables;
        this.values = values;
    }

    /** As they are now. */
    static Snapshot of(Session session, List<Variable> variables) {
        Session.Runner runner = session.runner();
        variables.forEach(v -> runner.fetch(v.value()));
        return new Snapshot(variables, runner.run());
    }

    /** Writes a TensorFlow V2 checkpoint, the same as {@link org.graphbert.graph.Saver}'s of these variables. */
    void save(String prefix) {
        try (Graph graph = new Graph();
                TString filename = TString.scalarOf(prefix)) {
            Ops tf = Ops.create(graph);
            Operand<TString> to = tf.placeholder(TString.class);
            String[] names = variables.stream().map(Variable::name).toArray(String[]::new);
            String[] whole = new String[names.length];
            Arrays.fill(whole, "");
            List<Operand<?>> fed = new ArrayList<>();
            variables.forEach(v -> fed.add(tf.placeholder(v.value().type(), Placeholder.shape(v.shape()))));
            Op save = tf.train.save(to, tf.array(names), tf.array(whole), fed);
            try (Session session = new Session(graph, HERE)) {
                Session.Runner runner = session.runner().feed(to, filename).addTarget(save);
                for (int i = 0; i < names.length; i++) {
                    runner.feed(fed.get(i), values.get(i));
                }
                runner.run().close();
            }
        }
    }

    @Override
    public void close() {
        values.close();
    }
}
