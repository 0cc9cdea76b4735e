package org.graphbert.serve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Scorer;

/**
 * What a signature is called with. B rows, S positions, P predictions.
 *
 * @param signature by name
 * @param rows B
 * @param length S
 * @param predictions P; 0 where the signature asks for no masked positions
 * @param inputs by name, row-major: masked_lm_positions [B, P], the others [B, S]
 */
public record Call(String signature, int rows, int length, int predictions, Map<String, int[]> inputs) {

    static final String INPUT_IDS = "input_ids";
    static final String INPUT_MASK = "input_mask";
    static final String SEGMENT_IDS = "segment_ids";
    static final String POSITIONS = "masked_lm_positions";

    public Call {
        if (rows < 1 || length < 1) {
            throw Failure.usage("signature '%s': the inputs have %d rows of %d tokens, expected at least one of each",
                    signature, rows, length);
        }
        for (Map.Entry<String, int[]> input : inputs.entrySet()) {
            int expected = rows * (input.getKey().equals(POSITIONS) ? predictions : length);
            if (input.getValue().length != expected) {
                throw new IllegalArgumentException(input.getKey() + " of " + input.getValue().length + ", expected " + expected);
            }
        }
    }

    /** A call about one sequence without padding. */
    static Call of(String signature, Scorer.Query query) {
        int length = query.inputIds().length;
        int[] mask = new int[length];
        Arrays.fill(mask, 1);
        Map<String, int[]> inputs = new LinkedHashMap<>();
        inputs.put(INPUT_IDS, query.inputIds());
        inputs.put(INPUT_MASK, mask);
        inputs.put(SEGMENT_IDS, query.segmentIds());
        int predictions = query.maskedPositions().length;
        if (predictions > 0) {
            inputs.put(POSITIONS, query.maskedPositions());
        }
        return new Call(signature, 1, length, predictions, inputs);
    }

    /** B·S. */
    int tokens() {
        return rows * length;
    }

    /**
     * Refuses what the model was not made for: one such row would fail all that are answered with it, or be answered with
     * nonsense.
     *
     * @throws Failure (usage) that names the input, the row and the place
     */
    Call require(ModelConfig config) {
        if (length > config.maxPositionEmbeddings()) {
            throw Failure.usage("the inputs have %d tokens a row; this model takes at most %d; shorten them",
                    length, config.maxPositionEmbeddings());
        }
        requireBelow(INPUT_IDS, length, config.vocabSize());
        requireBelow(INPUT_MASK, length, 2);
        requireBelow(SEGMENT_IDS, length, config.typeVocabSize());
        requireBelow(POSITIONS, predictions, length);
        return this;
    }

    private void requireBelow(String name, int width, int bound) {
        int[] values = inputs.get(name);
        if (values == null) {
            return;
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] < 0 || values[i] >= bound) {
                throw Failure.usage("%s: row %d, place %d: found %d, expected 0 to %d", name, i / width, i % width, values[i], bound - 1);
            }
        }
    }

    /** So many of its rows. */
    Call rows(int from, int count) {
        Map<String, int[]> part = new LinkedHashMap<>();
        inputs.forEach((name, values) -> {
            int width = values.length / rows;
            part.put(name, Arrays.copyOfRange(values, from * width, (from + count) * width));
        });
        return new Call(signature, count, length, predictions, part);
    }

    /** Calls of one signature as one, the shorter ones padded: zeros, which input_mask says are none of the text. */
    static Call merged(List<Call> calls) {
        if (calls.size() == 1) {
            return calls.get(0);
        }
        Call first = calls.get(0);
        int rows = calls.stream().mapToInt(Call::rows).sum();
        int length = calls.stream().mapToInt(Call::length).max().orElseThrow();
        int predictions = calls.stream().mapToInt(Call::predictions).max().orElseThrow();
        Map<String, int[]> inputs = new LinkedHashMap<>();
        for (String name : first.inputs.keySet()) {
            int width = name.equals(POSITIONS) ? predictions : length;
            int[] values = new int[rows * width];
            int row = 0;
            for (Call call : calls) {
                int own = call.inputs.get(name).length / call.rows;
                for (int i = 0; i < call.rows; i++) {
                    System.arraycopy(call.inputs.get(name), i * own, values, row++ * width, own);
                }
            }
            inputs.put(name, values);
        }
        return new Call(first.signature, rows, length, predictions, inputs);
    }

    /** Each call's own part of what the merged one was answered with. */
    static List<Map<String, Values>> parted(List<Call> calls, Map<String, Output> outputs, Map<String, Values> answer) {
        if (calls.size() == 1) {
            return List.of(answer);
        }
        List<Map<String, Values>> parts = new ArrayList<>();
        int from = 0;
        for (Call call : calls) {
            Map<String, Values> part = new LinkedHashMap<>();
            for (Map.Entry<String, Values> entry : answer.entrySet()) {
                int places = switch (outputs.get(entry.getKey())) {
                    case BY_ROW -> -1;
                    case BY_POSITION -> call.length;
                    case BY_PREDICTION -> call.predictions;
                };
                part.put(entry.getKey(), entry.getValue().cut(from, call.rows, places));
            }
            parts.add(part);
            from += call.rows;
        }
        return parts;
    }

    /** What the second size of an output is. */
    enum Output {
        /** The same for every call. */
        BY_ROW,
        /** S. */
        BY_POSITION,
        /** P. */
        BY_PREDICTION
    }
}
