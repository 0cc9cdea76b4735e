package org.graphbert.config;

/**
 * When the state is saved and how much of it is kept.
 *
 * @param checkpointEvery steps between checkpoints
 * @param keepCheckpoints how many of the newest are kept
 * @param keepEvery those of every so many steps are kept for good; null for none
 * @param keepBest whether the one of the lowest held-out masked-LM loss is kept
 */
public record CheckpointConfig(long checkpointEvery, int keepCheckpoints, Long keepEvery, boolean keepBest) {

    public CheckpointConfig {
        Bounds.atLeastOne("checkpoint_every", checkpointEvery);
        Bounds.atLeastOne("keep_checkpoints", keepCheckpoints);
        Bounds.atLeastOne("keep_every", keepEvery == null ? 1 : keepEvery);
    }
}
