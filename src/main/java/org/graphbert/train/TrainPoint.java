package org.graphbert.train;

import org.graphbert.evaluate.Metrics;

/**
 * What the steps since the point before came to.
 *
 * @param step optimiser steps taken
 * @param phase its number, from 1
 * @param metrics means over these steps
 * @param learningRate of the last of them
 * @param gradientNorm of the last of them, unscaled and before clipping
 * @param lossScale what float16 multiplies the loss with; 1 elsewhere
 * @param tokensPerSecond positions that hold a token, over the time of these steps alone
 * @param teraflopsPerSecond of matrix products, as {@link org.graphbert.graph.Flops} counts them
 */
record TrainPoint(
        long step,
        int phase,
        Metrics metrics,
        double learningRate,
        double gradientNorm,
        double lossScale,
        double tokensPerSecond,
        double teraflopsPerSecond) {}
