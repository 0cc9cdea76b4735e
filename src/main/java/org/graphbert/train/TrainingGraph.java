package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Clip;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Losses;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Everything that training runs, as one graph: a training tower, an inference tower over the same variables, the
 * gradients of the joint loss, their clipping, the optimiser and the saver. There is nothing in it that none of its entry
 * points needs.
 *
 * @param compute how it is to be computed: the training tower; the inference tower is float32, as what evaluates and
 *     serves its weights later
 * @param optimiser whose update this is
 * @param training the tower with dropout
 * @param evaluation the tower without
 * @param learned the variables that the gradients are of, and what holds for each
 * @param scalars float32 [] each, to be fed: what the optimiser takes of {@link Optimiser#scalars}
 * @param maskedLmWeight float32 [], to be fed: what the masked-LM loss of the global batch is divided by
 * @param examples float32 [], to be fed: what the next-sentence loss of the global batch is divided by, the number of its
 *     pairs; infinity leaves that loss out; null without a pair head
 * @param gradients d(loss)/d(variable) of this batch, in the order of the variables that learn
 * @param lossScale what keeps the gradients of float16 within its range; null where they need nothing
 * @param gradientNorm float32 [], the global norm that the optimiser sees before clipping; where it is not finite, the update
 *     counts the step and changes nothing else
 * @param accumulate adds this batch's gradients to the accumulators; null without accumulation
 * @param update one optimiser step, from this batch's gradients or the accumulated ones
 * @param initialise gives every variable its initial value
 */
record TrainingGraph(
        Graph graph,
        Compute compute,
        Optimiser optimiser,
        Variables variables,
        Tower training,
        Tower evaluation,
        List<Learned> learned,
        Map<String, Operand<TFloat32>> scalars,
        Operand<TFloat32> maskedLmWeight,
        Operand<TFloat32> examples,
        List<Operand<TFloat32>> gradients,
        LossScale lossScale,
        Operand<TFloat32> gradientNorm,
        Op accumulate,
        Op update,
        Saver saver,
        Op initialise) implements AutoCloseable {

    /**
     * The sizes that a training graph is built for.
     *
     * @param batch examples of a micro-batch
     * @param length S
     * @param predictions P
     * @param places K, the places for pairs in a packed sequence; 0 where a sequence is one pair
     * @param accumulated whether gradients are summed over several micro-batches before an update
     */
    record Sizes(int batch, int length, int predictions, int places, boolean accumulated) {

        /** Of sequences that are one pair each. */
        Sizes(int batch, int length, int predictions, boolean accumulated) {
            this(batch, length, predictions, 0, accumulated);
        }

        Inputs.BatchSizes ofBatch() {
            return new Inputs.BatchSizes(batch, length, predictions, places);
        }
    }

    static TrainingGraph build(ModelConfig model, Sizes sizes, Optimisation optimisation, Compute compute, long seed) {
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        Tower training = Tower.training(graph, variables, model, seed, sizes.ofBatch(), compute.precision());
        Tower evaluation = Tower.inference(graph, variables, model, seed);
        Ops tf = Ops.create(graph).withSubScope("optimiser");
        Operand<TFloat32> weight = scalar(tf, "masked_lm_weight");
        Losses sums = training.losses();
        Operand<TFloat32> examples = sums.paired() ? scalar(tf, "examples") : null;
        Operand<TFloat32> maskedLm = tf.math.div(sums.maskedLmLoss(), weight);
        Operand<TFloat32> loss =
                sums.paired() ? tf.math.add(maskedLm, tf.math.div(sums.nextSentenceLoss(), examples)) : maskedLm;
        List<Learned> learned = optimisation.learned(model, variables.trainable());
        LossScale scale = compute.precision() == Precision.FLOAT16
                ? LossScale.create(variables, LossScale.Rule.STANDARD)
                : null;
        List<Operand<TFloat32>> gradients = scale == null
                ? gradients(graph, loss, learned)
                : scale.unscaled(tf, gradients(graph, scale.scaled(tf, loss), learned));

        Op accumulate = null;
        List<Operand<TFloat32>> total = gradients;
        Collected collected = null;
        if (sizes.accumulated()) {
            collected = Collected.create(tf, variables, learned, gradients);
            accumulate = collected.add();
            total = collected.sums();
        }
        Clip clip = Clip.byGlobalNorm(tf, total, optimisation.clipNorm());
        Updates updates = Updates.create(tf, variables, optimisation.optimiser(), learned, clip);
        Op update = updates.all();
        if (scale != null) {
            update = tf.withControlDependencies(update, scale.update(tf, clip.finite(), LossScale.Rule.STANDARD)).noOp();
        }
        if (collected != null) {
            update = collected.reset(tf.withControlDependencies(update));
        }
        try (TrainingGraph whole = new TrainingGraph(
                graph,
                compute,
                optimisation.optimiser(),
                variables,
                training,
                evaluation,
                learned,
                updates.scalars(),
                weight,
                examples,
                gradients,
                scale,
                clip.norm(),
                accumulate,
                update,
                Saver.create(graph, saved(variables)),
                variables.initialise())) {
            return whole.in(Reachable.from(graph, whole.entries()));
        }
    }

    private static List<Variable> saved(Variables variables) {
        return variables.all().stream().filter(v -> !Collected.holds(v)).toList();
    }

    /** What a checkpoint holds: all variables but the sums of gradients, which are zero between steps. */
    List<Variable> saved() {
        return saved(variables);
    }

    /** How many numbers learn and decay. */
    long decayed() {
        return numbers(learned.stream().filter(l -> l.weightDecay() > 0));
    }

    /** How many numbers a rule keeps from learning. */
    long frozen() {
        return variables.parameterCount() - numbers(learned.stream());
    }

    private static long numbers(Stream<Learned> of) {
        return of.mapToLong(l -> l.variable().shape().size()).sum();
    }

    /** All that a run may ask for. */
    List<Op> entries() {
        List<Op> entries = new ArrayList<>(List.of(gradientNorm, update, saver.save(), saver.restore(), initialise));
        if (accumulate != null) {
            entries.add(accumulate);
        }
        entries.addAll(training.outputs());
        entries.addAll(evaluation.outputs());
        return entries;
    }

    private TrainingGraph in(Reachable part) {
        Variables copies = variables.in(part);
        return new TrainingGraph(
                part.graph(),
                compute,
                optimiser,
                copies,
                training.in(part),
                evaluation.in(part),
                learned.stream().map(l -> l.in(copies)).toList(),
                part.of(scalars),
                part.of(maskedLmWeight),
                part.of(examples),
                part.of(gradients),
                lossScale == null ? null : lossScale.in(copies),
                part.of(gradientNorm),
                part.of(accumulate),
                part.of(update),
                saver.in(part),
                part.of(initialise));
    }

    static Operand<TFloat32> scalar(Ops tf, String name) {
        return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    }

    /** d(loss)/d(variable), in that order. */
    @SuppressWarnings("unchecked")
    static List<Operand<TFloat32>> gradients(
            Graph graph, Operand<TFloat32> loss, List<Learned> learned) {
        Output<?>[] reads = learned.stream().map(l -> l.variable().value().asOutput()).toArray(Output[]::new);
        Output<?>[] gradients = graph.addGradients(loss.asOutput(), reads);
        return Arrays.stream(gradients).map(g -> (Operand<TFloat32>) g).toList();
    }

    @Override
    public void close() {
        graph.close();
    }
}
