package org.graphbert.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.TaskAnswers;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The graph of an export. B batch, S sequence, P predictions, H hidden, V vocabulary.
 *
 * @param inputs each of int32, with an int64 placeholder beside it ({@link Inputs#WIDE})
 * @param outputs of each signature, by name
 * @param standard the signature that is meant where none is named
 */
record ServedGraph(
        Graph graph, Variables variables, Inputs inputs, Map<String, Map<String, Operand<TFloat32>>> outputs, String standard) {

    /** A pre-trained model: masked_lm, features and, where it has a head for pairs, next_sentence. */
    static ServedGraph pretraining(Graph graph, ModelConfig config, Precision stored) {
        Variables variables = new Variables(graph, stored);
        Tower tower = Tower.serving(graph, variables, config);
        Ops tf = Ops.create(graph).withSubScope("outputs");
        Inputs inputs = tower.inputs();
        Map<String, Map<String, Operand<TFloat32>>> outputs = new LinkedHashMap<>();
        Operand<TFloat32> logits = tf.withName("masked_lm_logits")
                .reshape(
                        tower.maskedLmLogits(),
                        tf.concat(
                                List.of(tf.shape(inputs.maskedLmPositions()), tf.array(config.vocabSize())),
                                tf.constant(0)));                                              // [B, P, V]
        outputs.put(SavedModelExport.MASKED_LM, Map.of("logits", logits));
        Map<String, Operand<TFloat32>> encoded = new LinkedHashMap<>();
        encoded.put("sequence_output", tower.sequenceOutput());                                // [B, S, H]
        if (config.options().pairHead()) {
            Operand<TFloat32> probabilities =
                    tf.withName("next_sentence_probabilities").nn.softmax(tower.nextSentenceLogits()); // [B, 2]
            outputs.put(
                    SavedModelExport.NEXT_SENTENCE,
                    Map.of("logits", tower.nextSentenceLogits(), "probabilities", probabilities));
            encoded.put("pooled_output", tower.pooledOutput());                                // [B, H]
        }
        outputs.put(SavedModelExport.FEATURES, encoded);
        return new ServedGraph(graph, variables, inputs, outputs, SavedModelExport.FEATURES);
    }

    /** A fine-tuned model: its head's own signature, and features. */
    static ServedGraph task(Graph graph, ModelConfig config, ExportFacts facts, Precision stored) {
        Variables variables = new Variables(graph, stored);
        TaskAnswers task = TaskAnswers.build(graph, variables, config, facts.taskHead());
        Map<String, Operand<TFloat32>> encoded = new LinkedHashMap<>();
        encoded.put("sequence_output", task.sequenceOutput());                                 // [B, S, H]
        if (task.pooledOutput() != null) {
            encoded.put("pooled_output", task.pooledOutput());                                 // [B, H]
        }
        Map<String, Map<String, Operand<TFloat32>>> outputs = new LinkedHashMap<>();
        outputs.put(facts.head().toString(), task.answers());
        outputs.put(SavedModelExport.FEATURES, encoded);
        return new ServedGraph(graph, variables, task.inputs(), outputs, facts.head().toString());
    }

    /** The inputs of a signature, by name. */
    Map<String, Operand<?>> inputs(String signature, boolean wide) {
        Map<String, Operand<?>> operands = new LinkedHashMap<>();
        operands.put(Call.INPUT_IDS, inputs.inputIds());
        operands.put(Call.INPUT_MASK, inputs.inputMask());
        operands.put(Call.SEGMENT_IDS, inputs.segmentIds());
        if (signature.equals(SavedModelExport.MASKED_LM)) {
            operands.put(Call.POSITIONS, inputs.maskedLmPositions());
        }
        if (wide) {
            operands.replaceAll((name, narrow) -> graph.operation(narrow.op().name() + Inputs.WIDE).output(0));
        }
        return operands;
    }
}
