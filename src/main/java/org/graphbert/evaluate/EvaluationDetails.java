package org.graphbert.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.graphbert.config.Batch;
import org.graphbert.evaluate.score.ConfusionMatrix;

/** Gathers, batch by batch, what an evaluation's figures are made of. */
public final class EvaluationDetails {

    private static final String MASKED = "masked";
    private static final String RANDOM = "random";
    private static final String KEPT = "kept";
    private static final double HALF = 0.5;

    private final OptionalInt mask;
    private final Optional<long[]> counts;
    private final TokenFigures.Sum all = new TokenFigures.Sum();
    private final Map<String, TokenFigures.Sum> kinds = new LinkedHashMap<>();
    private final Bands frequencies = Bands.ofCounts();
    private final Bands positions;
    private final CalibrationBins tokens = new CalibrationBins();
    private final ConfusionMatrix confusion;
    private final CalibrationBins pairs = new CalibrationBins();

    /**
     * Of nothing yet.
     *
     * @param length S, of the longest sequence
     * @param mask the id of [MASK], if it is known
     * @param counts of each token in the training corpus, if they are known; a token beyond them never occurs
     * @param pairLabels the two labels of a pair; empty where there are no pairs
     */
    public EvaluationDetails(int length, OptionalInt mask, Optional<long[]> counts, List<String> pairLabels) {
        this.mask = mask;
        this.counts = counts;
        positions = Bands.ofPositions(length);
        for (String kind : List.of(MASKED, RANDOM, KEPT)) {
            kinds.put(kind, new TokenFigures.Sum());
        }
        confusion = ConfusionMatrix.of(pairLabels);
    }

    /** One batch more. */
    public void add(Batch batch, MeasuredBatch measured) {
        for (int i = 0; i < batch.maskedLmIds().length; i++) {
            if (batch.maskedLmWeights()[i] > 0) {
                add(batch, i, measured.losses()[i], measured.ranks()[i]);
                tokens.add(measured.confidences()[i], measured.ranks()[i] < 1);
            }
        }
        if (measured.firstLabel() != null) {
            for (int i = 0; i < batch.size(); i++) {
                double first = measured.firstLabel()[i];
                int likelier = first >= HALF ? 0 : 1;
                confusion.add(batch.nextSentenceLabels()[i], likelier);
                pairs.add(Math.max(first, 1 - first), likelier == batch.nextSentenceLabels()[i]);
            }
        }
    }

    private void add(Batch batch, int prediction, double loss, double rank) {
        int id = batch.maskedLmIds()[prediction];
        int position = batch.maskedLmPositions()[prediction];
        int seen = batch.inputIds()[prediction / batch.predictions() * batch.sequenceLength() + position];
        all.add(loss, rank);
        positions.add(position, loss, rank);
        // A random token that happens to be the original looks like one that was kept, to the model too.
        kinds.get(seen == id ? KEPT : seen == mask.orElse(id) ? MASKED : RANDOM).add(loss, rank);
        frequencies.add(counts.map(c -> id < c.length ? c[id] : 0).orElse(0L), loss, rank);
    }

    /** What came of it. */
    public DetailedEvaluation with(Evaluation overall) {
        Map<String, TokenFigures> byKind = new LinkedHashMap<>();
        kinds.forEach((kind, sum) -> byKind.put(kind, sum.means()));
        boolean paired = confusion.total() > 0;
        return new DetailedEvaluation(
                overall,
                all.means().accuracyAt5(),
                tokens.result(),
                mask.isPresent() ? byKind : null,
                counts.isPresent() ? frequencies.means() : null,
                positions.means(),
                paired ? confusion : null,
                paired ? pairs.result() : null,
                null);
    }
}
