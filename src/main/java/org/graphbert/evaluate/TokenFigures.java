package org.graphbert.evaluate;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Means over some masked tokens: the loss in nats, accuracies from 0 to 1.
 *
 * @param tokens how many; of none the means are 0
 * @param perplexity e to the loss
 * @param accuracyAt1 how often the original token is the likeliest
 * @param accuracyAt5 how often it is among the five likeliest
 */
public record TokenFigures(
        long tokens,
        double loss,
        double perplexity,
        @JsonProperty("accuracy") double accuracyAt1,
        @JsonProperty("accuracy_at_5") double accuracyAt5) {

    private static final int FIVE = 5;

    /** Gathers them. */
    static final class Sum {

        private long tokens;
        private double loss;
        private long first;
        private long amongFive;

        /**
         * One more token.
         *
         * @param rank how many other tokens are no less likely
         */
        void add(double negativeLog, double rank) {
            tokens++;
            loss += negativeLog;
            first += rank < 1 ? 1 : 0;
            amongFive += rank < FIVE ? 1 : 0;
        }

        TokenFigures means() {
            double n = Math.max(1, tokens);
            return new TokenFigures(tokens, loss / n, tokens == 0 ? 0 : Math.exp(loss / n), first / n, amongFive / n);
        }
    }
}
