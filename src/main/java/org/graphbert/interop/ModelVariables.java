package org.graphbert.interop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** A model's variables in a session, to be given values and written to a checkpoint; nothing is computed with them. */
public final class ModelVariables implements AutoCloseable {

    /** Each run of a session costs milliseconds, and each element fed to it memory: a quarter of a gigabyte at a time. */
    private static final long GROUP_ELEMENTS = 1 << 26;

    private final Graph graph = new Graph();
    private final Variables variables = new Variables(graph);
    private final Map<String, Variable> byName = new LinkedHashMap<>();
    private final Saver saver;
    private final Session session;

    /**
     * Makes the variables; none has a value.
     *
     * @param seed of the initial values
     */
    public ModelVariables(ModelConfig config, long seed) {
        Tower.inference(graph, variables, config, seed);
        variables.trainable().forEach(variable -> byName.put(variable.name(), variable));
        saver = Saver.create(graph, byName.values());
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

    /**
     * Gives variables the values that another model has for them.
     *
     * @return those that hold a number that is not finite
     */
    public List<String> take(List<String> names, ForeignModel from) throws IOException {
        List<String> damaged = new ArrayList<>();
        List<String> group = new ArrayList<>();
        long elements = 0;
        for (String name : names) {
            group.add(name);
            elements += byName.get(name).shape().size();
            if (elements >= GROUP_ELEMENTS) {
                damaged.addAll(assign(group, from));
                group.clear();
                elements = 0;
            }
        }
        if (!group.isEmpty()) {
            damaged.addAll(assign(group, from));
        }
        return damaged;
    }

    /** In the place of their initial values. */
    private List<String> assign(List<String> names, ForeignModel from) throws IOException {
        List<String> damaged = new ArrayList<>();
        try (Feed feed = new Feed()) {
            Session.Runner runner = session.runner();
            for (String name : names) {
                Variable variable = byName.get(name);
                float[] values = from.floats(name);
                if (!allFinite(values)) {
                    damaged.add(name);
                }
                feed.add(variable.initial(), TFloat32.tensorOf(variable.shape(), DataBuffers.of(values, true, false)));
                runner.addTarget(variable.initialise());
            }
            feed.to(runner).run().close();
        }
        return damaged;
    }

    private static boolean allFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
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
                    prefix, reason(e), e);
        }
    }

    /**
     * Writes all variables to a checkpoint, under their names and nothing beside them.
     *
     * @throws Failure (usage) if it cannot be written
     */
    public void save(String prefix) {
        try (TString to = TString.scalarOf(prefix)) {
            session.runner().feed(saver.filename(), to).fetch(saver.save()).run().close();
        } catch (TensorFlowException e) {
            throw Failure.usage("%s: cannot be written: %s; choose a place that may be written, or make room", prefix, reason(e), e);
        }
    }

    /** Without the place in the graph, which TensorFlow adds in further lines. */
    private static String reason(TensorFlowException e) {
        return e.getMessage().lines().findFirst().orElse("").strip();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
