package org.graphbert.serve;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Likely;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.evaluate.Scorer;

/** Answers queries through the queue of a served model, each by itself, so that those of like lengths go together. */
final class BatchedScorer implements Scorer {

    private final ServedModel model;

    BatchedScorer(ServedModel model) {
        this.model = model;
    }

    @Override
    public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
        return model.each(SavedModelExport.MASKED_LM, queries, answer -> {
            float[][] logits = answer.get("logits").rows();                                     // [P, V]
            return Arrays.stream(logits).map(row -> likeliest(row, count, allowed)).toArray(Likely[]::new);
        }).toArray(Likely[][]::new);
    }

    private static Likely likeliest(float[] logits, int count, float[] allowed) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - max);
        }
        double total = max + Math.log(sum);
        // The least likely of those kept stands at the head; of ties the later one goes first.
        PriorityQueue<Integer> kept = new PriorityQueue<>(
                Comparator.<Integer>comparingDouble(id -> logits[id]).thenComparing(Comparator.reverseOrder()));
        for (int id = 0; id < logits.length; id++) {
            boolean named = allowed[id] > Float.NEGATIVE_INFINITY;
            if (named && (kept.size() < count || logits[id] > logits[kept.peek()])) {
                kept.add(id);
                if (kept.size() > count) {
                    kept.poll();
                }
            }
        }
        int[] ids = new int[kept.size()];
        float[] logs = new float[ids.length];
        for (int i = ids.length - 1; i >= 0; i--) {
            ids[i] = kept.poll();
            logs[i] = (float) (logits[ids[i]] - total);
        }
        return new Likely(ids, logs);
    }

    @Override
    public double[] isNext(List<Query> queries) {
        Scorer.requirePairHead(config());
        return model.each(SavedModelExport.NEXT_SENTENCE, queries,
                answer -> PaddedQueries.isNext(answer.get("logits").data())[0])                 // [1, 2]
                .stream().mapToDouble(isNext -> isNext).toArray();
    }

    @Override
    public float[][][] hiddenStates(List<Query> queries, int[] layers) {
        if (Arrays.stream(layers).anyMatch(layer -> layer != config().numHiddenLayers())) {
            throw Failure.usage("an export gives the vectors of its last layer, %d, alone", config().numHiddenLayers());
        }
        float[][] last = model.each(SavedModelExport.FEATURES, queries,
                answer -> answer.get("sequence_output").data()).toArray(float[][]::new);        // [1, S, H]
        float[][][] states = new float[layers.length][][];
        Arrays.fill(states, last);
        return states;
    }

    @Override
    public ModelConfig config() {
        return model.loaded().config();
    }

    /** The model stays open: it is others' too. */
    @Override
    public void close() {}
}
