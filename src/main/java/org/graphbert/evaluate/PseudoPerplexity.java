package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.graphbert.config.Batch;
import org.graphbert.config.Progress;
import org.graphbert.text.SpecialTokens;

/**
 * What a model makes of whole sentences, where each token is masked in turn and all others are seen (Salazar et al. 2020,
 * Masked Language Model Scoring, 2: pseudo-log-likelihood and PPPL).
 *
 * @param sentences how many
 * @param tokens how many of theirs, without [CLS] and [SEP]
 * @param loss the mean over the tokens of −ln p(token | the rest of its sentence)
 * @param perplexity e to the loss
 */
public record PseudoPerplexity(long sentences, long tokens, double loss, double perplexity) {

    /**
     * Measures it.
     *
     * @param sentences token ids without [CLS] and [SEP], none empty; those of like lengths go together
     * @param batchSize sequences at once
     */
    public static PseudoPerplexity of(
            List<int[]> sentences, SpecialTokens special, int batchSize, Function<Batch, MeasuredBatch> model, Progress progress) {
        long total = sentences.stream().mapToLong(sentence -> sentence.length).sum();
        progress.start("masking each token in turn", total, "tokens");
        Iterator<int[]> byLength = sentences.stream().sorted((a, b) -> Integer.compare(a.length, b.length)).iterator();
        List<Scorer.Query> queries = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        double sum = 0;
        long done = 0;
        while (byLength.hasNext()) {
            int[] sentence = byLength.next();
            for (int i = 0; i < sentence.length; i++) {
                queries.add(masked(sentence, i, special));
                labels.add(sentence[i]);
                if (queries.size() == batchSize || i == sentence.length - 1 && !byLength.hasNext()) {
                    sum += model.apply(batch(queries, labels)).sums().maskedLmLoss();
                    done += queries.size();
                    queries.clear();
                    labels.clear();
                    progress.at(done, "");
                }
            }
        }
        progress.done();
        double loss = sum / Math.max(1, total);
        return new PseudoPerplexity(sentences.size(), total, loss, Math.exp(loss));
    }

    private static Scorer.Query masked(int[] sentence, int masked, SpecialTokens special) {
        Scorer.Query query = Scorer.Query.of(special, sentence);
        int position = masked + 1; // behind [CLS]
        query.inputIds()[position] = special.mask();
        return new Scorer.Query(query.inputIds(), query.segmentIds(), new int[] {position});
    }

    private static Batch batch(List<Scorer.Query> queries, List<Integer> labels) {
        PaddedQueries padded = PaddedQueries.of(queries);
        int size = padded.batch();
        float[] weights = new float[size];
        Arrays.fill(weights, 1);
        return new Batch(size, padded.length(), 1, padded.inputIds(), padded.inputMask(), padded.segmentIds(), padded.positions(),
                labels.stream().mapToInt(Integer::intValue).toArray(), weights, new int[size], new long[size], false, null);
    }
}
