package org.graphbert.serve;

import java.util.List;
import java.util.Map;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.evaluate.Scorer;

/** Answers queries through the queue of a served model, each by itself, so that those of like lengths go together. */
final class BatchedScorer implements Scorer {

    private final ServedModel model;

    BatchedScorer(ServedModel model) {
        this.model = model;
    }

    @Override
    public float[][][] maskedLm(List<Query> queries) {
        List<Map<String, Values>> answers = ask(SavedModelExport.MASKED_LM, queries);
        float[][][] logits = new float[answers.size()][][];
        for (int i = 0; i < logits.length; i++) {
            Values values = answers.get(i).get("logits");                                      // [1, P, V]
            int[] shape = values.shape();
            logits[i] = new float[shape[1]][];
            Values byPosition = new Values(new int[] {shape[1], shape[2]}, values.data());      // [P, V]
            for (int p = 0; p < logits[i].length; p++) {
                logits[i][p] = byPosition.row(p);
            }
        }
        return logits;
    }

    @Override
    public double[] isNext(List<Query> queries) {
        Scorer.requirePairHead(model.loaded().config());
        return ask(SavedModelExport.NEXT_SENTENCE, queries).stream()
                .mapToDouble(answer -> PaddedQueries.isNext(answer.get("logits").data())[0])   // [1, 2]
                .toArray();
    }

    @Override
    public int maxLength() {
        return model.loaded().config().maxPositionEmbeddings();
    }

    private List<Map<String, Values>> ask(String signature, List<Query> queries) {
        return model.callAll(queries.stream().map(query -> Call.of(signature, query)).toList());
    }

    /** The model stays open: it is others' too. */
    @Override
    public void close() {}
}
