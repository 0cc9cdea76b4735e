package org.graphbert.evaluate;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;
import org.graphbert.evaluate.Bands.Band;
import org.graphbert.evaluate.CalibrationBins.Calibration;
import org.graphbert.evaluate.score.ConfusionMatrix;

/**
 * A model's figures on a data set, and what they are made of.
 *
 * @param overall the means over all
 * @param accuracyAt5 how often the original token is among the five likeliest
 * @param maskedLmCalibration of the likeliest token at each masked position
 * @param byMaskKind what the model saw in the token's place: masked, random or kept; null where no tokenizer says which token
 *     is [MASK]
 * @param byFrequency by how often the token occurs in the training corpus; null where there are no counts
 * @param byPosition by where in the sequence it stands
 * @param pairConfusion null, as their calibration, where records are one segment or the model has no pair head
 * @param pairCalibration of the likelier label
 * @param pseudoPerplexity null where it was not asked for
 */
public record DetailedEvaluation(
        @JsonUnwrapped Evaluation overall,
        @JsonProperty("masked_lm_accuracy_at_5") double accuracyAt5,
        Calibration maskedLmCalibration,
        Map<String, TokenFigures> byMaskKind,
        List<Band> byFrequency,
        List<Band> byPosition,
        @JsonProperty("next_sentence_confusion") ConfusionMatrix pairConfusion,
        @JsonProperty("next_sentence_calibration") Calibration pairCalibration,
        PseudoPerplexity pseudoPerplexity) {

    /** The same with what single sentences gave. */
    public DetailedEvaluation with(PseudoPerplexity sentences) {
        return new DetailedEvaluation(overall, accuracyAt5, maskedLmCalibration, byMaskKind, byFrequency, byPosition,
                pairConfusion, pairCalibration, sentences);
    }
}
