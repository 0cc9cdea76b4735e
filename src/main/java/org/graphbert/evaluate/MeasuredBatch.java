package org.graphbert.evaluate;

/**
 * What a model made of a batch, token by token. B sequences, P predictions a sequence.
 *
 * @param sums over the batch
 * @param losses [B·P] −ln p(original token)
 * @param ranks [B·P] how many other tokens are no less likely than the original
 * @param confidences [B·P] p(the likeliest token)
 * @param firstLabel [B] the probability of a pair's first label (IsNext, InOrder); null where there are no pairs, or no head
 *     for them
 */
public record MeasuredBatch(Sums sums, float[] losses, float[] ranks, float[] confidences, double[] firstLabel) {}
