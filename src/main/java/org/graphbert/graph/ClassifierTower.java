package org.graphbert.graph;

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
 * The encoder with a classification head, in float32: texts in, classes out. Its sums are sums over the batch, as those of {@link
 * Losses}. B batch, S sequence, C classes.
 *
 * @param inputs ids, mask and segments, [B, S]
 * @param labels int32 [B] the right classes
 * @param dropoutKey int64 [], another for each step; null in an inference tower, and where a training graph drops nothing
 * @param logits [B, C]
 * @param loss [] Σ −ln p(label)
 * @param correct [] Σ [the likeliest class is the label]
 */
public record ClassifierTower(
        Inputs inputs,
        Operand<TInt32> labels,
        Operand<TInt64> dropoutKey,
        Operand<TFloat32> logits,
        Operand<TFloat32> loss,
        Operand<TFloat32> correct) {

    /**
     * A tower with dropout.
     *
     * @param config of a model with a pooler (pair_head): what it classifies by
     * @param texts [B, S], each size free or not
     * @param seed of the initial weights
     */
    public static ClassifierTower training(
            Graph graph, Variables variables, ModelConfig config, int classes, Shape texts, long seed) {
        Ops tf = Ops.create(graph).withSubScope("training");
        Operand<TInt64> key = tf.withName("dropout_key").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
        return build(Place.root(tf, variables, Dropout.keyed(key), config, seed, Precision.FLOAT32), classes, texts, key);
    }

    /** A tower without dropout. */
    public static ClassifierTower inference(
            Graph graph, Variables variables, ModelConfig config, int classes, Shape texts, long seed) {
        Ops tf = Ops.create(graph).withSubScope("inference");
        return build(Place.root(tf, variables, Dropout.off(), config, seed, Precision.FLOAT32), classes, texts, null);
    }

    private static ClassifierTower build(Place<?> model, int classes, Shape texts, Operand<TInt64> dropoutKey) {
        if (!model.config().options().pairHead()) {
            throw new IllegalArgumentException("a classifier of a model without a pooler");
        }
        Ops tf = model.tf();
        Inputs inputs = Inputs.ofTexts(tf, texts);
        Operand<TInt32> labels =
                tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(texts.get(0))));
        Encoder encoder = Encoder.build(model, inputs, false);
        Operand<TFloat32> logits = ClassificationHead.logits(model, encoder.pooledOutput(), classes);     // [B, C]
        return new ClassifierTower(
                inputs,
                labels,
                dropoutKey,
                logits,
                Losses.sum(tf, Losses.crossEntropy(tf, logits, labels, classes)),                         // []
                Losses.sum(tf, Losses.hits(tf, logits, labels)));                                         // []
    }

    /** The same in a copy of the graph; a dropout key that nothing needs, without dropout, is null there. */
    public ClassifierTower in(Reachable part) {
        return new ClassifierTower(
                inputs.in(part), part.of(labels), part.of(dropoutKey), part.of(logits), part.of(loss), part.of(correct));
    }
}
