package org.graphbert.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The pre-training model over one set of placeholders: encoder, heads and their losses. Towers of one graph share
 * its variables. B batch, S sequence, P predictions, K pairs of a sequence (1 unless packed), H hidden, V vocabulary.
 *
 * @param inputs the placeholders
 * @param dropoutKey int64 [], to be fed with another value each step; null in an inference tower, and
 *     where a training graph drops nothing
 * @param hiddenStates the first layer's input and each layer's output, [B·S, H]; without the last one's in a training tower
 * @param sequenceOutput [B, S, H]; null in a training tower, whose last layer goes no further than the losses see
 * @param pooledOutput [B·K, H]; null without a pair head
 * @param maskedLmLogits [B·P, V]
 * @param nextSentenceLogits [B·K, 2]; null without a pair head
 * @param losses null in a tower without labels
 */
public record Tower(
        Inputs inputs,
        Operand<TInt64> dropoutKey,
        List<Operand<TFloat32>> hiddenStates,
        Operand<TFloat32> sequenceOutput,
        Operand<TFloat32> pooledOutput,
        Operand<TFloat32> maskedLmLogits,
        Operand<TFloat32> nextSentenceLogits,
        Losses losses) {

    /**
     * A tower with dropout.
     *
     * @param seed of the initial weights
     * @param sizes of its batches; what is fixed here lets TensorFlow prepare more
     */
    public static Tower training(
            Graph graph, Variables variables, ModelConfig config, long seed, Inputs.BatchSizes sizes, Precision precision) {
        Ops tf = Ops.create(graph).withSubScope("training");
        Operand<TInt64> key = tf.withName("dropout_key").placeholder(
                TInt64.class, Placeholder.shape(Shape.scalar()));
        Inputs inputs = Inputs.create(tf, config, sizes);
        return build(Place.root(tf, variables, Dropout.keyed(key), config, seed, precision), inputs, key);
    }

    /** A tower without dropout, for batches of any size. */
    public static Tower inference(Graph graph, Variables variables, ModelConfig config, long seed) {
        return inference(graph, variables, config, seed, new Inputs.BatchSizes(Inputs.FREE, Inputs.FREE, Inputs.FREE));
    }

    /** A tower without dropout, for batches of these sizes. */
    public static Tower inference(
            Graph graph, Variables variables, ModelConfig config, long seed, Inputs.BatchSizes sizes) {
        Ops tf = Ops.create(graph).withSubScope(sizes.packed() ? "packed_inference" : "inference");
        return build(Place.root(tf, variables, Dropout.off(), config, seed), Inputs.create(tf, config, sizes), null);
    }

    /** A tower without dropout and without losses, for an export. */
    public static Tower serving(Graph graph, Variables variables, ModelConfig config) {
        Ops tf = Ops.create(graph).withSubScope("serving");
        return build(Place.root(tf, variables, Dropout.off(), config, 0), Inputs.unlabelled(tf), null);
    }

    private static Tower build(Place<?> model, Inputs inputs, Operand<TInt64> dropoutKey) {
        Encoder encoder = Encoder.build(model, inputs, dropoutKey == null);
        Place<?> cls = model.sub("cls");
        Operand<TFloat32> maskedLm = MaskedLmHead.logits(cls, encoder.masked(), encoder.embeddings().table());
        Operand<TFloat32> nextSentence = encoder.pooledOutput() == null
                ? null
                : NextSentenceHead.logits(cls, encoder.pooledOutput());
        return new Tower(
                inputs,
                dropoutKey,
                encoder.states(),
                encoder.sequenceOutput(),
                encoder.pooledOutput(),
                maskedLm,
                nextSentence,
                inputs.maskedLmIds() == null
                        ? null
                        : Losses.build(model.tf(), dropoutKey != null, inputs, maskedLm, model.config().vocabSize(), nextSentence));
    }

    /** All that it computes. */
    public List<Operand<TFloat32>> outputs() {
        List<Operand<TFloat32>> outputs = new ArrayList<>(hiddenStates);
        Stream.of(sequenceOutput, pooledOutput, maskedLmLogits, nextSentenceLogits)
                .filter(Objects::nonNull)
                .forEach(outputs::add);
        if (losses != null) {
            outputs.addAll(losses.all());
        }
        return outputs;
    }

    /** The same in a copy of the graph; a dropout key that nothing needs, without dropout, is null there. */
    public Tower in(Reachable part) {
        return new Tower(
                inputs.in(part),
                part.of(dropoutKey),
                part.of(hiddenStates),
                part.of(sequenceOutput),
                part.of(pooledOutput),
                part.of(maskedLmLogits),
                part.of(nextSentenceLogits),
                losses == null ? null : losses.in(part));
    }
}
