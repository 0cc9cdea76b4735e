package org.graphbert.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/**
 * Ops that write variables to a TensorFlow V2 checkpoint and read them back, under the names that TensorFlow's own
 * savers use, so that a SavedModel made from the graph can be loaded by all of them.
 *
 * @param filename string [], the checkpoint's prefix, to be fed
 * @param save writes
 * @param restore assigns
 */
public record Saver(Operand<TString> filename, Operand<TString> save, Op restore) {

    private static final String SCOPE = "save";

    /** Ops for these variables; a graph has one of these. */
    public static Saver create(Graph graph, Collection<Variable> variables) {
        Ops tf = Ops.create(graph).withSubScope(SCOPE);
        Operand<TString> filename =
                tf.withName("filename").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
        String[] names = variables.stream().map(Variable::name).toArray(String[]::new);
        Operand<TString> keys = tf.array(names);
        // An empty slice specification means the whole tensor.
        Operand<TString> whole = tf.array(empty(names.length));
        List<Operand<?>> values = new ArrayList<>();
        variables.forEach(v -> values.add(v.value()));
        Op write = tf.train.save(filename, keys, whole, values);
        Operand<TString> saved =
                tf.withControlDependencies(write).withName("control_dependency").identity(filename);
        return new Saver(filename, saved, restore(tf, filename, List.copyOf(variables)));
    }

    /** Ops, not named as a SavedModel's, that read some variables from another checkpoint. */
    public static Op restore(Ops tf, Operand<TString> filename, List<Variable> variables) {
        String[] names = variables.stream().map(Variable::name).toArray(String[]::new);
        List<Class<? extends TType>> types = new ArrayList<>();
        variables.forEach(v -> types.add(v.value().type()));
        List<Output<?>> read =
                tf.train.restore(filename, tf.array(names), tf.array(empty(names.length)), types).tensors();
        List<Op> assigned = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            assigned.add(tf.assignVariableOp(variables.get(i).handle(), read.get(i)));
        }
        return tf.withControlDependencies(assigned).withName("restore_all").noOp();
    }

    /** How TensorFlow's loaders find these ops. */
    public static SaverDef definition() {
        return SaverDef.newBuilder()
                .setFilenameTensorName(SCOPE + "/filename:0")
                .setSaveTensorName(SCOPE + "/control_dependency:0")
                .setRestoreOpName(SCOPE + "/restore_all")
                .setVersion(SaverDef.CheckpointFormatVersion.V2)
                .build();
    }

    private static String[] empty(int length) {
        String[] strings = new String[length];
        Arrays.fill(strings, "");
        return strings;
    }

    /** The same in a copy of the graph. */
    public Saver in(Reachable part) {
        return new Saver(part.of(filename), part.of(save), part.of(restore));
    }
}
