package org.graphbert.graph;

import java.util.List;
import org.graphbert.config.Pooling;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What stands on the encoder for a task that it is fine-tuned on: rows of logits, each with a target. How many rows there are,
 * and what a row is, is the head's own. In float32 always: these products are too small to be worth anything less.
 * B batch, S sequence, H hidden, R rows, C logits of a row.
 */
public sealed interface TaskHead {

    /** Whether it sees the pooler's output; else that of the last layer at all positions, and the model needs no pooler. */
    boolean pooled();

    /** Rows of an example of so many positions: R = B · rows. */
    long rows(long length);

    /** Logits of a row of an example of so many positions: C. */
    int classes(int length);

    /** Whether a target is a number; else it is a class. */
    default boolean regression() {
        return false;
    }

    /**
     * The logits, [R, C]; the rows of an example stand together.
     *
     * @param model at the root, where the variables' names begin
     */
    Operand<TFloat32> logits(Place<?> model, Encoder encoder, Inputs inputs);

    /**
     * The classes of a text or of a pair of texts (Devlin et al. 2018, section 4.1; run_classifier.py, create_model): dropout over
     * the pooler's output, or over the mean of the tokens', and one dense layer of run_classifier.py's names, {@code output_weights}
     * [C, H] and {@code output_bias} [C]. A row an example.
     */
    record Classes(int classes, Pooling pooling) implements TaskHead {

        @Override
        public boolean pooled() {
            return pooling == Pooling.CLS;
        }

        @Override
        public long rows(long length) {
            return 1;
        }

        @Override
        public int classes(int length) {
            return classes;
        }

        @Override
        public Operand<TFloat32> logits(Place<?> model, Encoder encoder, Inputs inputs) {
            return output(model, dropped(model, vectors(model, encoder, inputs)), classes);                  // [B, C]
        }
    }

    /** A number for a text or a pair of texts: the same of one output. A row an example. */
    record Value(Pooling pooling) implements TaskHead {

        @Override
        public boolean pooled() {
            return pooling == Pooling.CLS;
        }

        @Override
        public long rows(long length) {
            return 1;
        }

        @Override
        public int classes(int length) {
            return 1;
        }

        @Override
        public boolean regression() {
            return true;
        }

        @Override
        public Operand<TFloat32> logits(Place<?> model, Encoder encoder, Inputs inputs) {
            return output(model, dropped(model, vectors(model, encoder, inputs)), 1);                        // [B, 1]
        }
    }

    /**
     * The tags of tokens (Devlin et al. 2018, section 5.3): dropout over the output at all positions, and one dense layer,
     * {@code cls/tags/output_weights} [C, H] and {@code cls/tags/output_bias} [C]. A row a position.
     */
    record Tags(int tags) implements TaskHead {

        @Override
        public boolean pooled() {
            return false;
        }

        @Override
        public long rows(long length) {
            return length;
        }

        @Override
        public int classes(int length) {
            return tags;
        }

        @Override
        public Operand<TFloat32> logits(Place<?> model, Encoder encoder, Inputs inputs) {
            Operand<TFloat32> kept = dropped(model, positions(model, encoder));                          // [B·S, H]
            return output(model.sub("cls").sub("tags"), kept, tags);                                     // [B·S, C]
        }
    }

    /**
     * Where an answer begins and ends (Devlin et al. 2018, section 4.2; run_squad.py, create_model): one dense layer over the
     * output at all positions, {@code cls/squad/output_weights} [2, H] and {@code cls/squad/output_bias} [2]. Two rows an example,
     * for the first and for the last position of the answer, over the positions: C = S. Padding has no probability; run_squad.py,
     * which pads all to one length, gives it some, and so makes of a text what depends on that length.
     */
    record Span() implements TaskHead {

        private static final int ENDS = 2;
        /** As in the attention's mask. */
        private static final float NEVER = -10_000f;

        @Override
        public boolean pooled() {
            return false;
        }

        @Override
        public long rows(long length) {
            return ENDS;
        }

        @Override
        public int classes(int length) {
            return length;
        }

        @Override
        public Operand<TFloat32> logits(Place<?> model, Encoder encoder, Inputs inputs) {
            Ops tf = model.tf();
            Sizes sizes = Sizes.of(tf, inputs.inputIds());
            Operand<TFloat32> ends =
                    output(model.sub("cls").sub("squad"), positions(model, encoder), ENDS);              // [B·S, 2]
            Operand<TFloat32> byEnd = tf.linalg.transpose(
                    tf.reshape(ends, sizes.batchByLength(ENDS)), tf.array(0, 2, 1));                     // [B, 2, S]
            Operand<TFloat32> mask = tf.dtypes.cast(inputs.inputMask(), TFloat32.class);                 // [B, S]
            Operand<TFloat32> padding = tf.math.mul(tf.math.sub(tf.constant(1f), mask), tf.constant(NEVER)); // [B, S]
            Operand<TFloat32> seen = tf.math.add(byEnd, tf.expandDims(padding, tf.constant(1)));         // [B, 2, S]
            return tf.reshape(seen, tf.stack(List.of(tf.constant(-1), sizes.length())));                 // [B·2, S]
        }
    }

    /** A text's vector: the pooler's, or without one the mean over its tokens. */
    private static Operand<TFloat32> vectors(Place<?> model, Encoder encoder, Inputs inputs) {
        if (encoder.pooledOutput() != null) {
            return encoder.pooledOutput();                                                               // [B, H]
        }
        Ops tf = model.tf();
        Operand<TFloat32> mask = tf.expandDims(
                tf.dtypes.cast(inputs.inputMask(), TFloat32.class), tf.constant(2));                     // [B, S, 1]
        Operand<TFloat32> sum = tf.reduceSum(
                tf.math.mul(encoder.sequenceOutput(), mask), tf.constant(1));                            // [B, H]
        // A row that is all padding has no mean, and no NaN either.
        Operand<TFloat32> tokens = tf.math.maximum(
                tf.reduceSum(mask, tf.constant(1)), tf.constant(1f));                                    // [B, 1]
        return tf.math.div(sum, tokens);                                                                 // [B, H]
    }

    private static Operand<TFloat32> positions(Place<?> model, Encoder encoder) {
        int h = model.config().hiddenSize();
        return model.tf().reshape(encoder.sequenceOutput(), model.tf().array(-1, h));                    // [B·S, H]
    }

    private static Operand<TFloat32> dropped(Place<?> model, Operand<TFloat32> x) {
        return model.dropout().apply(model.tf(), x, model.config().hiddenDropoutProb());                 // as x
    }

    /** x · weightsᵀ + bias, in the places' names; x [M, H] to [M, out]. */
    private static Operand<TFloat32> output(Place<?> place, Operand<TFloat32> x, int out) {
        Ops tf = place.tf();
        Operand<TFloat32> weights = place.weight("output_weights", out, place.config().hiddenSize());    // [out, H]
        Operand<TFloat32> product = tf.linalg.matMul(x, weights, MatMul.transposeB(true));               // [M, out]
        return tf.nn.biasAdd(product, place.zeros("output_bias", out));                                  // [M, out]
    }

    /**
     * What is lost in each row: −ln p(label), or (value − number)² where a target is a number.
     *
     * @param logits [R, C]
     * @return [R]
     */
    default Operand<TFloat32> losses(Ops tf, Operand<TFloat32> logits, TaskTower.Targets targets) {
        if (regression()) {
            Operand<TFloat32> error = tf.math.sub(tf.reshape(logits, tf.array(-1)), targets.values());   // [R]
            return tf.math.square(error);                                                                // [R]
        }
        Operand<TInt32> classes = Sizes.of(tf, logits).length();                                         // []
        return Losses.crossEntropy(tf, logits, targets.labels(), classes);                               // [R]
    }
}
