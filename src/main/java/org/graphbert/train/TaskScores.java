package org.graphbert.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.evaluate.task.TaskPart;
import org.graphbert.graph.TaskHead;

/**
 * What the weights as they are make of a part of a task.
 *
 * @param logits of each example, without padding
 * @param scores by name, the loss first; empty where the right answers are not known
 */
record TaskScores(float[][][] logits, Map<String, Double> scores) {

    static final String LOSS = "loss";

    /** The batches of a part, to be gone through again and again. */
    record Batches(TaskPart part, List<TaskBatch> each) {

        static Batches of(TaskPart part, int batchSize) {
            return new Batches(part, part.encoded().each(batchSize));
        }
    }

    /**
     * Runs all examples.
     *
     * @param stop asked between batches: a signal should not wait for all of them
     * @return empty if it was stopped
     */
    static Optional<TaskScores> of(FineTuningSession session, TaskHead head, Batches batches, BooleanSupplier stop) {
        TaskPart part = batches.part();
        float[][][] logits = new float[part.encoded().size()][][];
        FineTuningSession.Sums sums = FineTuningSession.Sums.NONE;
        for (TaskBatch batch : batches.each()) {
            if (stop.getAsBoolean()) {
                return Optional.empty();
            }
            sums = sums.plus(session.evaluate(
                    batch, flat -> part.encoded().unpad(batch, flat, logits, head instanceof TaskHead.Span)));
        }
        Map<String, Double> scores = new LinkedHashMap<>();
        if (part.labelled()) {
            scores.put(LOSS, sums.meanLoss());
            scores.putAll(part.scores(logits));
        }
        return Optional.of(new TaskScores(logits, scores));
    }
}
