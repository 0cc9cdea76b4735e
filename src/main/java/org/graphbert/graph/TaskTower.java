package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The encoder with a task's head: texts in, rows of logits out. Its sums are sums over the batch, as those of {@link Losses}.
 * B batch, S sequence, R rows, C logits of a row, as the {@link TaskHead} has them.
 *
 * @param inputs ids, mask and segments, [B, S]
 * @param dropoutKey int64 [], another for each step; null in an inference tower, and where a training graph drops nothing
 * @param logits [R, C]
 * @param loss [] Σ weight · −ln p(label), or Σ weight · (value − number)²
 * @param correct [] Σ weight · [the likeliest class is the label]; null where targets are numbers
 */
public record TaskTower(
        Inputs inputs,
        Targets targets,
        Operand<TInt64> dropoutKey,
        Operand<TFloat32> logits,
        Operand<TFloat32> loss,
        Operand<TFloat32> correct) {

    /**
     * What the rows should say.
     *
     * @param labels int32 [R] the right classes; null where targets are numbers
     * @param values float32 [R] the right numbers; null where targets are classes
     * @param weights float32 [R] how much a row counts; 0 for none, such as a place of padding
     */
    public record Targets(Operand<TInt32> labels, Operand<TFloat32> values, Operand<TFloat32> weights) {

        private static Targets create(Ops tf, TaskHead head, Shape texts) {
            boolean free = texts.hasUnknownDimension();
            var shape = Placeholder.shape(Shape.of(free ? Inputs.FREE : texts.get(0) * head.rows(texts.get(1))));
            return new Targets(
                    head.regression() ? null : tf.withName("labels").placeholder(TInt32.class, shape),
                    head.regression() ? tf.withName("values").placeholder(TFloat32.class, shape) : null,
                    tf.withName("weights").placeholder(TFloat32.class, shape));
        }

        private Targets in(Reachable part) {
            return new Targets(part.of(labels), part.of(values), part.of(weights));
        }
    }

    /** The model under a head: with a pooler if the head sees one, without if it does not. */
    public static ModelConfig under(TaskHead head, ModelConfig config) {
        return config.withOptions(head.pooled() ? config.options().withPairHead() : config.options().withoutPairHead());
    }

    /**
     * A tower with dropout.
     *
     * @param texts [B, S], each size free or not
     * @param seed of the initial weights
     */
    public static TaskTower training(
            Graph graph, Variables variables, ModelConfig config, TaskHead head, Shape texts, Precision precision, long seed) {
        Ops tf = Ops.create(graph).withSubScope("training");
        Operand<TInt64> key = tf.withName("dropout_key").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
        return build(Place.root(tf, variables, Dropout.keyed(key), under(head, config), seed, precision), head, texts, key);
    }

    /** A tower without dropout, in float32. */
    public static TaskTower inference(
            Graph graph, Variables variables, ModelConfig config, TaskHead head, Shape texts, long seed) {
        Ops tf = Ops.create(graph).withSubScope("inference");
        return build(Place.root(tf, variables, Dropout.off(), under(head, config), seed), head, texts, null);
    }

    private static TaskTower build(Place<?> model, TaskHead head, Shape texts, Operand<TInt64> dropoutKey) {
        Ops tf = model.tf();
        Inputs inputs = Inputs.ofTexts(tf, texts);
        Targets targets = Targets.create(tf, head, texts);
        Encoder encoder = Encoder.build(model, inputs, !head.pooled());
        Operand<TFloat32> logits = head.logits(model, encoder, inputs);                                  // [R, C]
        Operand<TFloat32> losses = head.losses(tf, logits, targets);                                     // [R]
        Operand<TFloat32> hits = head.regression() ? null : Losses.hits(tf, logits, targets.labels());   // [R]
        return new TaskTower(
                inputs,
                targets,
                dropoutKey,
                logits,
                Losses.sum(tf, tf.math.mul(losses, targets.weights())),                                  // []
                hits == null ? null : Losses.sum(tf, tf.math.mul(hits, targets.weights())));             // []
    }

    /** All that it computes. */
    public List<Operand<TFloat32>> outputs() {
        List<Operand<TFloat32>> outputs = new ArrayList<>(List.of(logits, loss));
        if (correct != null) {
            outputs.add(correct);
        }
        return outputs;
    }

    /** The same in a copy of the graph; a dropout key that nothing needs, without dropout, is null there. */
    public TaskTower in(Reachable part) {
        return new TaskTower(
                inputs.in(part), targets.in(part), part.of(dropoutKey), part.of(logits), part.of(loss), part.of(correct));
    }
}
