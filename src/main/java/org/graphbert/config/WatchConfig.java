package org.graphbert.config;

/**
 * What a run tells of itself.
 *
 * @param evalEvery steps between evaluations on held-out data
 * @param evalBatches how many batches an evaluation reads; null for all
 * @param logEvery steps between lines of metrics.jsonl
 * @param tensorboard whether event files are written
 * @param histogramsEvery steps between histograms of the weights; null for none
 */
public record WatchConfig(long evalEvery, Integer evalBatches, long logEvery, boolean tensorboard, Long histogramsEvery) {

    public WatchConfig {
        Bounds.atLeastOne("eval_every", evalEvery);
        Bounds.atLeastOne("eval_batches", evalBatches == null ? 1 : evalBatches);
        Bounds.atLeastOne("log_every", logEvery);
        Bounds.atLeastOne("histograms_every", histogramsEvery == null ? 1 : histogramsEvery);
    }
}
