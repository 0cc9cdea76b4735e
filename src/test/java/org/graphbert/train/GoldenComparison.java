package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.Metrics;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What a session computes on a batch beside what an independent implementation does. */
final class GoldenComparison {

    private static final float FORWARD = 1e-5f;

    private GoldenComparison() {}

    /**
     * Hidden states, what the heads see and say, and the losses, of both towers. The training tower's last layer goes no
     * further than the heads look: what they say shows it to be right.
     *
     * @param expected by name; without a pair head none of its outputs
     */
    static void forward(JsonNode expected, TrainingSession session, Batch batch) {
        for (Tower tower : List.of(session.graph().evaluation(), session.graph().training())) {
            boolean whole = tower == session.graph().evaluation();
            List<JsonNode> nodes = new ArrayList<>();
            expected.get("hidden_states").forEach(nodes::add);
            assertEquals(nodes.size() - (whole ? 0 : 1), tower.hiddenStates().size(), "hidden states");
            nodes = new ArrayList<>(nodes.subList(0, tower.hiddenStates().size()));
            List<Operand<TFloat32>> operands = new ArrayList<>(tower.hiddenStates());
            Map<String, Operand<TFloat32>> others = new TreeMap<>(Map.of("masked_lm_logits", tower.maskedLmLogits()));
            if (whole) {
                others.put("sequence_output", tower.sequenceOutput());
            }
            if (expected.has("next_sentence_logits")) {
                others.put("pooled_output", tower.pooledOutput());
                others.put("next_sentence_logits", tower.nextSentenceLogits());
            } else {
                assertNull(tower.pooledOutput());
                assertNull(tower.nextSentenceLogits());
            }
            for (Map.Entry<String, Operand<TFloat32>> other : others.entrySet()) {
                nodes.add(expected.get(other.getKey()));
                operands.add(other.getValue());
            }
            List<float[]> found = Sessions.fetchAll(session, tower, batch, operands);
            for (int i = 0; i < nodes.size(); i++) {
                assertArrayEquals(Golden.floats(nodes.get(i)), found.get(i), FORWARD, operands.get(i).toString());
            }
        }
        Metrics metrics = session.evaluate(batch).metrics();
        assertEquals(expected.get("masked_lm_loss").asDouble(), metrics.maskedLmLoss(), FORWARD);
        if (expected.has("next_sentence_loss")) {
            assertEquals(expected.get("next_sentence_loss").asDouble(), metrics.nextSentenceLoss(), FORWARD);
        } else {
            assertNull(metrics.nextSentenceLoss());
        }
    }

    /**
     * The norm and the first values of every variable's gradient.
     *
     * @param expected for each variable l2 and head
     */
    static void gradients(JsonNode expected, TrainingSession session, Batch batch) {
        List<Variable> variables = session.graph().variables().trainable();
        assertEquals(expected.size(), variables.size(), "number of variables");
        List<float[]> gradients = Sessions.gradients(session, batch);
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i).name();
            assertTrue(expected.has(name), "the reference has no variable " + name);
            double l2 = expected.get(name).get("l2").asDouble();
            double norm = Sessions.norm(gradients.get(i));
            // Where a key's bias shifts all scores of a row alike, its true gradient is zero; what is found is rounding.
            if (name.endsWith("key/bias") && l2 < 1e-6) {
                assertTrue(norm < 1e-6, name + ": gradient norm " + norm);
                continue;
            }
            double tolerance = 1e-6 + 1e-4 * l2;
            assertEquals(l2, norm, tolerance, name + ": norm");
            float[] head = Golden.floats(expected.get(name).get("head"));
            for (int j = 0; j < head.length; j++) {
                assertEquals(head[j], gradients.get(i)[j], tolerance, name + "[" + j + "]");
            }
        }
    }
}
