package org.graphbert.evaluate.score;

/**
 * Precision, recall and F1 from counts; 0 where nothing is to divide by, as scikit-learn and seqeval have it unless told
 * otherwise (zero_division).
 *
 * @param correct how many of the predicted are right
 * @param predicted how many were predicted
 * @param gold how many there are to be found
 */
public record Ratios(long correct, long predicted, long gold) {

    public Ratios {
        if (correct < 0 || correct > Math.min(predicted, gold)) {
            throw new IllegalArgumentException(correct + " right of " + predicted + " predicted and " + gold + " to be found");
        }
    }

    public Ratios plus(Ratios other) {
        return new Ratios(correct + other.correct, predicted + other.predicted, gold + other.gold);
    }

    public double precision() {
        return predicted == 0 ? 0 : (double) correct / predicted;
    }

    public double recall() {
        return gold == 0 ? 0 : (double) correct / gold;
    }

    /** The harmonic mean of both. */
    public double f1() {
        return predicted + gold == 0 ? 0 : 2.0 * correct / (predicted + gold);
    }
}
