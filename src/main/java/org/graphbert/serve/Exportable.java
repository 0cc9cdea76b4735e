package org.graphbert.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TNumber;
import org.tensorflow.types.family.TType;

/**
 * A model to be exported.
 *
 * @param facts what its head is
 * @param prefix the checkpoint, in float32
 */
public record Exportable(ModelConfig config, ExportFacts facts, String prefix, Tokenizer tokenizer) {

    /** Half-way from the largest half, 65504, to the power of two above it, and so rounded up to infinity. */
    private static final float HALF_OVERFLOW = 65520;

    /** What it is served by. */
    ServedGraph graph(Graph graph, Precision stored) {
        return facts.head() == ExportFacts.Head.PRETRAINING
                ? ServedGraph.pretraining(graph, config, stored)
                : ServedGraph.task(graph, config, facts, stored);
    }

    /**
     * Restores the checkpoint into a session on a copy of the graph, which keeps what is only done here out of the export,
     * narrows the weights to the types of the variables, and hands the session on.
     *
     * @throws Failure (data) if the checkpoint cannot be restored
     */
    void restored(GraphDef definition, Collection<Variable> variables, Use use) {
        try (Graph copy = new Graph()) {
            copy.importGraphDef(definition);
            Ops tf = Ops.create(copy).withSubScope("from_checkpoint");
            List<Variable> all = List.copyOf(variables);
            String[] names = all.stream().map(Variable::name).toArray(String[]::new);
            String[] whole = new String[names.length];
            Arrays.fill(whole, "");
            List<Class<? extends TType>> types = new ArrayList<>();
            all.forEach(variable -> types.add(TFloat32.class));
            List<Output<?>> read =
                    tf.train.restore(tf.constant(prefix), tf.array(names), tf.array(whole), types).tensors();
            List<Op> assigned = new ArrayList<>();
            List<Operand<TFloat32>> largest = new ArrayList<>();
            for (int i = 0; i < names.length; i++) {
                Class<? extends TType> type = all.get(i).value().type();
                Output<?> value = read.get(i);
                Operand<? extends TType> narrowed = type == TFloat32.class ? value : tf.dtypes.cast(value, numeric(type));
                if (type == TFloat16.class) {
                    Operand<TFloat32> flat = tf.reshape(floats(value), tf.array(-1));
                    largest.add(tf.max(tf.math.abs(flat), tf.array(0)));
                }
                assigned.add(tf.assignVariableOp(copy.operation(all.get(i).handle().op().name()).output(0), narrowed));
            }
            Op restore = tf.withControlDependencies(assigned).withName("all").noOp();
            try (Session session = new Session(copy)) {
                try {
                    session.runner().addTarget(restore).run().close();
                } catch (TensorFlowException e) {
                    throw Failure.data("%s: cannot restore the model from this checkpoint: %s", prefix, firstLine(e), e);
                }
                requireHalf(names, session, largest);
                use.of(session);
            }
        }
    }

    private void requireHalf(String[] names, Session session, List<Operand<TFloat32>> largest) {
        if (largest.isEmpty()) {
            return;
        }
        Session.Runner runner = session.runner();
        largest.forEach(runner::fetch);
        try (Result result = runner.run()) {
            for (int i = 0; i < names.length; i++) {
                float value = ((TFloat32) result.get(i)).getFloat();
                if (value >= HALF_OVERFLOW && Float.isFinite(value)) {
                    throw Failure.usage("%s has a value of %s, which is beyond float16; choose --dtype bfloat16 or float32",
                            names[i], value);
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static Operand<TFloat32> floats(Output<?> output) {
        return (Operand<TFloat32>) (Operand<?>) output;
    }

    /** What is done with a session that holds the model. */
    @FunctionalInterface
    interface Use {
        void of(Session session);
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends TNumber> numeric(Class<? extends TType> type) {
        return (Class<? extends TNumber>) type;
    }

    /** Writes the variables as the graph has them. */
    void writeVariables(GraphDef definition, Collection<Variable> variables, String to) {
        restored(definition, variables, session -> {
            SaverDef saver = Saver.definition();
            try (TString path = TString.scalarOf(to)) {
                session.runner().feed(saver.getFilenameTensorName(), path).fetch(saver.getSaveTensorName()).run().close();
            } catch (TensorFlowException e) {
                throw Failure.data("%s: the variables cannot be written: %s; make room and export again", to, firstLine(e), e);
            }
        });
    }

    private static String firstLine(TensorFlowException e) {
        return e.getMessage().lines().findFirst().orElse("").strip();
    }
}
