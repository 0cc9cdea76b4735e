package org.graphbert.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Precision;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.Scope;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TType;

/**
 * The one door for variables: creates a resource variable under its checkpoint name, initialises it, registers it and
 * returns the read. Each variable is read once in a graph, however many layers and towers use it.
 */
public final class Variables {

    /** Names with one of these in them are not decayed (google-research/bert, optimization.py). */
    private static final List<String> NOT_DECAYED = List.of("LayerNorm", "layer_norm", "bias");

    /** google-research/bert's name of the number of optimiser steps taken. */
    private static final String GLOBAL_STEP = "global_step";

    private final Graph graph;
    /** Made once: each new one walks over all operations that the graph has by then. */
    private final Scope root;
    private final Ops tf;
    private final Map<String, Variable> variables = new LinkedHashMap<>();
    private final Precision stored;
    /** The reads of trainable variables that are stored in another type, as float32. */
    private final Map<String, Operand<TFloat32>> widened = new LinkedHashMap<>();

    public Variables(Graph graph) {
        this(graph, Precision.FLOAT32);
    }

    /**
     * Variables of a model that only answers.
     *
     * @param stored the type in which the trainable ones are kept; what is read of them is widened at each run
     */
    public Variables(Graph graph, Precision stored) {
        this.graph = graph;
        this.stored = stored == Precision.TF32 ? Precision.FLOAT32 : stored; // the same numbers
        this.root = graph.baseScope();
        this.tf = Ops.create(graph).withSubScope("variables");
    }

    /** The same variables in a copy of the graph, for towers to be added to it. */
    public Variables in(Reachable part) {
        Variables copies = new Variables(part.graph());
        variables.values().forEach(v -> copies.variables.put(v.name(), v.in(part)));
        return copies;
    }

    /**
     * One variable.
     *
     * @param name its key in a checkpoint
     * @param trainable whether gradients are taken with respect to it
     * @param handle the resource
     * @param value the read
     * @param initial the initial value
     * @param initialise assigns it
     */
    public record Variable(
            String name,
            Shape shape,
            boolean trainable,
            Operand<? extends TType> handle,
            Operand<? extends TType> value,
            Operand<? extends TType> initial,
            Op initialise) {

        /** Whether weight decay applies: not to LayerNorm and biases. */
        public boolean decayed() {
            return trainable && NOT_DECAYED.stream().noneMatch(name::contains);
        }

        private Variable in(Reachable part) {
            return new Variable(
                    name, shape, trainable, part.of(handle), part.of(value), part.of(initial), part.of(initialise));
        }

        /** The read of a float variable. */
        public Operand<TFloat32> floats() {
            return of(TFloat32.class);
        }

        /** The read of a counter. */
        public Operand<TInt64> integers() {
            return of(TInt64.class);
        }

        @SuppressWarnings("unchecked")
        private <T extends TType> Operand<T> of(Class<T> type) {
            if (value.type() != type) {
                throw new IllegalStateException(name + " holds " + value.type().getSimpleName());
            }
            return (Operand<T>) value;
        }
    }

    /** The initial value of a variable of a given name and shape. */
    @FunctionalInterface
    public interface Initialiser {
        Operand<TFloat32> value(Ops tf, String name, Shape shape);
    }

    /** The trainable variable of that name, created on first use. */
    public Operand<TFloat32> trainable(String name, Shape shape, Initialiser initialiser) {
        Variable known = variables.get(name);
        if (known == null) {
            known = switch (stored) {
                case FLOAT32, TF32 ->
                    create(name, TFloat32.class, DataType.DT_FLOAT, shape, true, initialiser.value(tf, name, shape));
                case BFLOAT16 -> narrow(name, TBfloat16.class, DataType.DT_BFLOAT16, shape, initialiser);
                case FLOAT16 -> narrow(name, TFloat16.class, DataType.DT_HALF, shape, initialiser);
            };
        } else if (!known.shape().equals(shape)) {
            throw new IllegalStateException(name + " has shape " + known.shape() + ", asked for with " + shape);
        }
        return stored == Precision.FLOAT32 ? known.floats() : widened.get(name);
    }

    private <T extends TType> Variable narrow(
            String name, Class<T> type, DataType dataType, Shape shape, Initialiser initialiser) {
        Variable variable = create(
                name, type, dataType, shape, true, tf.dtypes.cast(initialiser.value(tf, name, shape), type));
        widened.put(name, tf.dtypes.cast(variable.value(), TFloat32.class));
        return variable;
    }

    /** A float variable of zeros beside a trainable one: {@code NAME/SUFFIX}, of the same shape. */
    public Variable slot(Variable of, String suffix) {
        return slot(of, suffix, of.shape());
    }

    /** The same of another shape. */
    public Variable slot(Variable of, String suffix, Shape shape) {
        return create(of.name() + "/" + suffix, TFloat32.class, DataType.DT_FLOAT, shape, false, filled(tf, shape, 0));
    }

    /**
     * A tensor of one number. Not by {@code tf.zeros} or an initialiser of the framework: these open a scope each, and
     * TensorFlow Java walks over all operations of the graph to open one, which makes graphs of thousands slow to build.
     */
    static Operand<TFloat32> filled(Ops tf, Shape shape, float value) {
        return tf.fill(tf.constant(shape), tf.constant(value));
    }

    /** The number of optimiser steps taken, int64 [], starting at 0. */
    public Variable globalStep() {
        return counter(GLOBAL_STEP);
    }

    /** A number that no gradient changes, int64 [], starting at 0; created on first use. */
    public Variable counter(String name) {
        Variable known = variables.get(name);
        return known != null
                ? known
                : create(name, TInt64.class, DataType.DT_INT64, Shape.scalar(), false, tf.constant(0L));
    }

    /** A number that no gradient changes, float32 []. */
    public Variable number(String name, float first) {
        return create(name, TFloat32.class, DataType.DT_FLOAT, Shape.scalar(), false, tf.constant(first));
    }

    /** All variables in order of creation. */
    public Collection<Variable> all() {
        return List.copyOf(variables.values());
    }

    /** The variables that training changes by gradients, in order of creation. */
    public List<Variable> trainable() {
        return variables.values().stream().filter(Variable::trainable).toList();
    }

    /** How many numbers the trainable variables hold. */
    public long parameterCount() {
        return trainable().stream().mapToLong(v -> v.shape().size()).sum();
    }

    /** An op that gives every variable its initial value. */
    public Op initialise() {
        List<Op> all = new ArrayList<>();
        variables.values().forEach(v -> all.add(v.initialise()));
        return tf.withControlDependencies(all).withName("initialise").noOp();
    }

    /** The variable of that name. */
    public Variable get(String name) {
        Variable found = variables.get(name);
        if (found == null) {
            throw Failure.usage("no variable named '%s' in this graph", name);
        }
        return found;
    }

    private <T extends TType> Variable create(
            String name, Class<T> type, DataType dataType, Shape shape, boolean trainable, Operand<T> initial) {
        GraphOperation handleOp = (GraphOperation) graph.opBuilder("VarHandleOp", name, root)
                .setAttr("dtype", dataType)
                .setAttr("shape", shape)
                .setAttr("shared_name", name)
                .build();
        Operand<? extends TType> handle = handleOp.output(0);
        Operand<T> value = tf.withName("read").readVariableOp(handle, type);
        Variable variable =
                new Variable(name, shape, trainable, handle, value, initial, tf.assignVariableOp(handle, initial));
        variables.put(name, variable);
        return variable;
    }
}
