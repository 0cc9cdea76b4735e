package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.distribute.Collectives;
import org.graphbert.distribute.Group;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Losses;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * Everything that training runs, as one graph: a training tower, an inference tower over the same variables, what makes the
 * joint loss less, and the saver. There is nothing in it that none of its entry points needs.
 *
 * @param compute how it is to be computed: the training tower; the inference tower is float32, as what evaluates and
 *     serves its weights later
 * @param training the tower with dropout
 * @param evaluation the tower without
 * @param learning of the joint loss of a global batch
 * @param maskedLmWeight float32 [], to be fed: what the masked-LM loss of the global batch is divided by; of several replicas
 *     each is fed its part
 * @param examples float32 [], to be fed: what the next-sentence loss of the global batch is divided by, the number of its
 *     pairs, or its part; infinity leaves that loss out; null without a pair head
 * @param globalSums the sums of the losses over all replicas; null of one alone, where they are the tower's
 * @param initialise gives every variable its initial value
 */
record TrainingGraph(
        Graph graph,
        Compute compute,
        Variables variables,
        Tower training,
        Tower evaluation,
        Learning learning,
        Operand<TFloat32> maskedLmWeight,
        Operand<TFloat32> examples,
        GlobalSums globalSums,
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
        return build(model, sizes, optimisation, compute, seed, Group.ALONE);
    }

    /** The graph of one of several replicas. */
    static TrainingGraph build(
            ModelConfig model, Sizes sizes, Optimisation optimisation, Compute compute, long seed, Group group) {
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        Tower training = Tower.training(graph, variables, model, seed, sizes.ofBatch(), compute.precision());
        Tower evaluation = Tower.inference(graph, variables, model, seed);
        Ops tf = Ops.create(graph).withSubScope("optimiser");
        Operand<TFloat32> weight = scalar(tf, "masked_lm_weight");
        Losses sums = training.losses();
        Operand<TFloat32> examples = sums.paired() ? scalar(tf, "examples") : null;
        Collectives collectives = new Collectives(group);
        List<Operand<TFloat32>> global = collectives.sums(
                tf, "global_batch", sums.paired() ? List.of(weight, examples) : List.of(weight));
        Operand<TFloat32> maskedLm = tf.math.div(sums.maskedLmLoss(), global.get(0));
        Operand<TFloat32> loss = sums.paired()
                ? tf.math.add(maskedLm, tf.math.div(sums.nextSentenceLoss(), global.get(1)))
                : maskedLm;
        GlobalSums globalSums = group.alone() ? null : GlobalSums.create(tf, collectives, sums);
        Learning learning = Learning.create(tf, variables, model, optimisation, loss,
                new Learning.Step(compute.precision() == Precision.FLOAT16, sizes.accumulated(), collectives));
        try (TrainingGraph whole = new TrainingGraph(
                graph, compute, variables, training, evaluation, learning, weight, examples, globalSums,
                Saver.create(graph, saved(variables)), variables.initialise())) {
            return whole.in(Reachable.from(graph, whole.entries()));
        }
    }

    /** Of these, what a checkpoint holds. */
    static List<Variable> saved(Variables variables) {
        return variables.all().stream().filter(v -> !Collected.holds(v)).toList();
    }

    /** What a checkpoint holds: all variables but the sums of gradients, which are zero between steps. */
    List<Variable> saved() {
        return saved(variables);
    }

    /** How many numbers learn and decay. */
    long decayed() {
        return numbers(learning.learned().stream().filter(l -> l.weightDecay() > 0));
    }

    /** How many numbers a rule keeps from learning. */
    long frozen() {
        return variables.parameterCount() - numbers(learning.learned().stream());
    }

    private static long numbers(Stream<Learned> of) {
        return of.mapToLong(l -> l.variable().shape().size()).sum();
    }

    /** All that a run may ask for. */
    List<Op> entries() {
        List<Op> entries = stepEntries();
        entries.addAll(List.of(saver.save(), saver.restore()));
        entries.addAll(evaluation.outputs());
        return entries;
    }

    /** Those of the steps alone; another replica saves and evaluates. */
    List<Op> stepEntries() {
        List<Op> entries = new ArrayList<>(learning.entries());
        entries.add(initialise);
        entries.addAll(training.outputs());
        if (globalSums != null) {
            entries.add(globalSums.all());
        }
        return entries;
    }

    /** The same in a copy of the graph. */
    TrainingGraph in(Reachable part) {
        return in(part, evaluation.in(part), saver.in(part));
    }

    /** The same in a copy of what steps need; without evaluation and saver. */
    TrainingGraph stepsIn(Reachable part) {
        return in(part, null, null);
    }

    private TrainingGraph in(Reachable part, Tower evaluating, Saver saving) {
        Variables copies = variables.in(part);
        return new TrainingGraph(
                part.graph(),
                compute,
                copies,
                training.in(part),
                evaluating,
                learning.in(part, copies),
                part.of(maskedLmWeight),
                part.of(examples),
                globalSums == null ? null : globalSums.in(part),
                saving,
                part.of(initialise));
    }

    static Operand<TFloat32> scalar(Ops tf, String name) {
        return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    }

    @Override
    public void close() {
        graph.close();
    }
}
