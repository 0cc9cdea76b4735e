package org.graphbert.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A model's variables in a session, to be given values and written to a checkpoint; nothing is computed with them. */
public final class ModelVariables implements AutoCloseable {

    private final Graph graph = new Graph();
    private final Variables variables = new Variables(graph);
    private final Map<String, Variable> byName = new LinkedHashMap<>();
    private final Saver saver;
    private final Session session;
    private final Ops tf;

    /**
     * Makes the variables; none has a value.
     *
     * @param seed of the initial values
     */
    public ModelVariables(ModelConfig config, long seed) {
        Tower.inference(graph, variables, config, seed);
        variables.trainable().forEach(variable -> byName.put(variable.name(), variable));
        saver = Saver.create(graph, byName.values());
        tf = Ops.create(graph).withSubScope("given");
        session = new Session(graph);
    }

    /** The shapes by name, in order of creation. */
    public Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        byName.forEach((name, variable) -> {
            List<Long> shape = new ArrayList<>();
            for (long size : variable.shape().asArray()) {
                shape.add(size);
            }
            shapes.put(name, shape);
        });
        return shapes;
    }

    /** Gives some variables the values that training would begin with. */
    public void initialise(List<String> names) {
        Session.Runner runner = session.runner();
        names.forEach(name -> runner.addTarget(byName.get(name).initialise()));
        if (!names.isEmpty()) {
            runner.run().close();
        }
    }

    /** Gives a variable its values, row-major. */
    public void set(String name, float[] values) {
        Variable variable = byName.get(name);
        Shape shape = variable.shape();
        Operand<TFloat32> given = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        Op assign = tf.assignVariableOp(variable.handle(), given);
        try (TFloat32 tensor = TFloat32.tensorOf(shape, DataBuffers.of(values, true, false))) {
            session.runner().feed(given, tensor).addTarget(assign).run().close();
        }
    }

    /**
     * Takes all variables from a checkpoint.
     *
     * @throws Failure (data) if it lacks one
     */
    public void restore(String prefix) {
        try (TString from = TString.scalarOf(prefix)) {
            session.runner().feed(saver.filename(), from).addTarget(saver.restore()).run().close();
        } catch (TensorFlowException e) {
            throw Failure.data("%s: cannot restore the model from this checkpoint: %s",
                    prefix, e.getMessage().lines().findFirst().orElse("").strip(), e);
        }
    }

    /** Writes all variables to a checkpoint, under their names and nothing beside them. */
    public void save(String prefix) {
        try (TString to = TString.scalarOf(prefix)) {
            session.runner().feed(saver.filename(), to).fetch(saver.save()).run().close();
        }
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
