package org.graphbert.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.graphbert.distribute.Buckets;
import org.graphbert.distribute.Collectives;
import org.graphbert.graph.Clip;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Reachable;
import org.graphbert.graph.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * How the weights of a graph follow a loss: its gradients, summed over micro-batches and replicas where there are several,
 * clipped, and the optimiser's step. Pre-training and fine-tuning learn by this one.
 *
 * @param optimiser whose update this is
 * @param learned the variables that the gradients are of, and what holds for each
 * @param scalars float32 [] each, to be fed: what the optimiser takes of {@link Optimiser#scalars}
 * @param gradients d(loss)/d(variable) of this replica's batch, in the order of the variables that learn
 * @param lossScale what keeps the gradients of float16 within its range; null where they need nothing
 * @param gradientNorm float32 [], the global norm that the optimiser sees before clipping
 * @param accumulate adds a batch's gradients to the accumulators; null without accumulation
 * @param update one optimiser step, from a batch's gradients or the accumulated ones; where their norm is not finite, it counts
 *     the step and changes nothing else
 */
record Learning(
        Optimiser optimiser,
        List<Learned> learned,
        Map<String, Operand<TFloat32>> scalars,
        List<Operand<TFloat32>> gradients,
        LossScale lossScale,
        Operand<TFloat32> gradientNorm,
        Op accumulate,
        Op update) {

    /**
     * What a step takes beside a loss and an optimiser.
     *
     * @param scaled whether the loss is scaled for the gradients' sake
     * @param accumulated whether gradients are summed over several micro-batches before an update
     * @param collectives sums over the replicas that learn as one
     */
    record Step(boolean scaled, boolean accumulated, Collectives collectives) {

        /** Of one replica. */
        Step(boolean scaled, boolean accumulated) {
            this(scaled, accumulated, Collectives.alone());
        }
    }

    /**
     * Adds gradients and update to a graph.
     *
     * @param tf in the optimiser's scope
     * @param loss float32 []
     */
    static Learning create(
            Ops tf, Variables variables, ModelConfig model, Optimisation optimisation, Operand<TFloat32> loss, Step step) {
        Graph graph = (Graph) tf.scope().env();
        List<Learned> learned = optimisation.learned(model, variables.trainable());
        LossScale scale = step.scaled() ? LossScale.create(variables, LossScale.Rule.STANDARD) : null;
        List<Operand<TFloat32>> gradients = scale == null
                ? gradients(graph, loss, learned)
                : scale.unscaled(tf, gradients(graph, scale.scaled(tf, loss), learned));
        Collected collected = step.accumulated() ? Collected.create(tf, variables, learned, gradients) : null;
        if (collected != null) {
            // The update is a run of its own.
            step.collectives().nextRun();
        }
        List<Operand<TFloat32>> summed = Buckets.sum(tf, step.collectives(), collected == null ? gradients : collected.sums(),
                learned.stream().map(l -> l.variable().shape()).toList());
        Clip clip = Clip.byGlobalNorm(tf, summed, optimisation.clipNorm());
        boolean alone = step.collectives().group().alone();
        // With others the step is counted first: as long as it is not, nothing of it has reached a weight (TrainingSession#whole).
        Op counted = Updates.counted(alone ? tf : tf.withControlDependencies(clip.norm()), variables);
        Ops after = alone ? tf : tf.withControlDependencies(counted);
        Updates updates = Updates.create(
                tf, variables, optimisation.optimiser(), learned, alone ? clip : clip.after(tf, counted), counted);
        Op update = updates.all();
        if (scale != null) {
            update = tf.withControlDependencies(update, scale.update(after, clip.finite(), LossScale.Rule.STANDARD)).noOp();
        }
        if (collected != null) {
            update = collected.reset(tf.withControlDependencies(update));
        }
        return new Learning(optimisation.optimiser(), learned, updates.scalars(), gradients, scale, clip.norm(),
                collected == null ? null : collected.add(), update);
    }

    /** d(loss)/d(variable), in that order. */
    @SuppressWarnings("unchecked")
    private static List<Operand<TFloat32>> gradients(Graph graph, Operand<TFloat32> loss, List<Learned> learned) {
        Output<?>[] reads = learned.stream().map(l -> l.variable().value().asOutput()).toArray(Output[]::new);
        Output<?>[] gradients = graph.addGradients(loss.asOutput(), reads);
        return Arrays.stream(gradients).map(g -> (Operand<TFloat32>) g).toList();
    }

    /** What a session may ask for. */
    List<Op> entries() {
        return accumulate == null ? List.of(gradientNorm, update) : List.of(gradientNorm, update, accumulate);
    }

    /**
     * Adds what the update is fed.
     *
     * @param rate the learning rate
     * @param step its number, from 0
     */
    Feed feed(Feed feed, double rate, long step) {
        optimiser.scalars(rate, step).forEach((name, value) -> feed.scalar(scalars.get(name), value));
        return feed;
    }

    /** The same in a copy of the graph, whose variables are these. */
    Learning in(Reachable part, Variables copies) {
        return new Learning(
                optimiser,
                learned.stream().map(l -> l.in(copies)).toList(),
                part.of(scalars),
                part.of(gradients),
                lossScale == null ? null : lossScale.in(copies),
                part.of(gradientNorm),
                part.of(accumulate),
                part.of(update));
    }
}
