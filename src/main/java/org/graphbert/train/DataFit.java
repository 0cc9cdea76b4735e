package org.graphbert.train;

import java.util.Optional;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.PairTask;

/**
 * Whether data sets fit a model and each other, checked before anything long starts.
 *
 * @param first the data set that the others are held against
 */
record DataFit(ModelConfig model, DataSet first) {

    /** All data sets of a phase. */
    void require(PhasePlan phase) {
        phase.sets().forEach(this::requireSameTask);
        phase.sets().forEach(this::requireSameTokenizer);
        phase.sets().forEach(this::requireLength);
        int length = phase.data().maxSeqLength();
        int batchSize = phase.phase().batchSize();
        if ((long) phase.microBatch() * length * model.hiddenSize() > Integer.MAX_VALUE) {
            throw Failure.usage(
                    "batch_size %d of %d tokens and hidden size %d is more than a tensor takes; "
                            + "lower batch_size, or raise accumulation_steps",
                    batchSize, length, model.hiddenSize());
        }
    }

    private void requireLength(DataSet set) {
        if (set.maxSeqLength() > model.maxPositionEmbeddings()) {
            throw Failure.usage(
                    "%s has sequences of %d tokens, the model has max_position_embeddings %d; "
                            + "prepare shorter ones with --max-seq-length %d",
                    set.path(), set.maxSeqLength(), model.maxPositionEmbeddings(), model.maxPositionEmbeddings());
        }
    }

    /** One head learns one thing, and is measured on it; without a head there is nothing to mix up. */
    private void requireSameTask(DataSet other) {
        if (model.options().pairHead() && PairTask.of(other) != PairTask.of(first)) {
            throw Failure.usage("%s was prepared with --pairs %s, %s with --pairs %s; prepare both with the same",
                    other.path(), PairTask.of(other), first.path(), PairTask.of(first));
        }
    }

    private void requireSameTokenizer(DataSet other) {
        Optional<String> ours = Plan.tokenizerChecksum(first);
        Optional<String> theirs = Plan.tokenizerChecksum(other);
        if (ours.isPresent() && theirs.isPresent() && !ours.equals(theirs)) {
            throw Failure.usage(
                    "%s was prepared with another tokenizer (checksum %.12s) than %s (%.12s); prepare both with the same",
                    other.path(), theirs.get(), first.path(), ours.get());
        }
    }
}
