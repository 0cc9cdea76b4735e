package org.graphbert.graph;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The encoder with a task's head, for an export: no dropout, no targets, all sizes free. B batch, S sequence, H hidden, C
 * classes or tags.
 *
 * @param inputs of either width, as {@link Inputs#WIDE} says
 * @param sequenceOutput [B, S, H]
 * @param pooledOutput [B, H]; null under a head that sees no pooler
 * @param answers by name: logits and probabilities [B, C] of classes and [B, S, C] of tags, value [B] of a number,
 *     start_logits and end_logits [B, S] of a span
 */
public record TaskAnswers(
        Inputs inputs,
        Operand<TFloat32> sequenceOutput,
        Operand<TFloat32> pooledOutput,
        Map<String, Operand<TFloat32>> answers) {

    /** Builds it, with operations in the scope "serving" and the outputs in "outputs". */
    public static TaskAnswers build(Graph graph, Variables variables, ModelConfig config, TaskHead head) {
        Ops tf = Ops.create(graph).withSubScope("serving");
        Place<?> model = Place.root(tf, variables, Dropout.off(), TaskTower.under(head, config), 0);
        Inputs inputs = Inputs.unlabelledTexts(tf);
        Encoder encoder = Encoder.build(model, inputs, true);
        Operand<TFloat32> logits = head.logits(model, encoder, inputs);                       // [R, C]
        Ops outputs = Ops.create(graph).withSubScope("outputs");
        return new TaskAnswers(
                inputs, encoder.sequenceOutput(), encoder.pooledOutput(), answers(outputs, inputs, head, logits));
    }

    private static Map<String, Operand<TFloat32>> answers(
            Ops tf, Inputs inputs, TaskHead head, Operand<TFloat32> logits) {
        Map<String, Operand<TFloat32>> answers = new LinkedHashMap<>();
        if (head instanceof TaskHead.Value) {
            answers.put("value", tf.withName("value").reshape(logits, tf.array(-1)));         // [B]
        } else if (head instanceof TaskHead.Span) {
            Sizes sizes = Sizes.of(tf, inputs.inputIds());
            Operand<TFloat32> ends = tf.reshape(
                    logits, tf.stack(List.of(tf.constant(-1), tf.constant(2), sizes.length()))); // [B, 2, S]
            answers.put("start_logits", tf.withName("start_logits").gather(ends, tf.constant(0), tf.constant(1))); // [B, S]
            answers.put("end_logits", tf.withName("end_logits").gather(ends, tf.constant(1), tf.constant(1)));     // [B, S]
        } else {
            Operand<TFloat32> rows = logits;                                                  // [B, C]
            if (head instanceof TaskHead.Tags tags) {
                rows = tf.reshape(logits, Sizes.of(tf, inputs.inputIds()).batchByLength(tags.tags())); // [B, S, C]
            }
            answers.put("logits", tf.withName("logits").identity(rows));
            answers.put("probabilities", tf.withName("probabilities").nn.softmax(rows));
        }
        return answers;
    }
}
