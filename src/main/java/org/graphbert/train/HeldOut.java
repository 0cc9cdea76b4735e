package org.graphbert.train;

import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Progress;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.Unigram;

/**
 * Evaluations of a phase on its held-out data.
 *
 * @param data empty where the phase has none
 * @param maxBatches of an evaluation; null for all
 */
record HeldOut(Optional<DataSet> data, PhasePlan phase, ModelConfig model, Integer maxBatches) {

    HeldOut(PhasePlan phase, ModelConfig model, Integer maxBatches) {
        this(phase.evalData(), phase, model, phase.evaluationBatches(maxBatches));
    }

    /**
     * The weights as they are.
     *
     * @param stop asked between batches: a signal should not wait for all of them
     * @return empty if it was stopped
     */
    Optional<Evaluation> of(TrainingSession session, BooleanSupplier stop) {
        DataSet set = data.orElseThrow();
        Iterator<Batch> batches = Loader.sequential(set, phase.microBatch());
        Evaluation evaluation = Evaluation.of(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return !stop.getAsBoolean() && batches.hasNext();
                    }

                    @Override
                    public Batch next() {
                        return batches.next();
                    }
                },
                set.size(),
                maxBatches,
                set.unigramCounts().map(Unigram::new),
                batch -> {
                    phase.requireIds(batch, model);
                    return session.evaluate(batch);
                },
                Progress.SILENT);
        return stop.getAsBoolean() ? Optional.empty() : Optional.of(evaluation);
    }

    /** What an evaluation was made on. */
    Checkpoints.Measured measured(Evaluation evaluation) {
        DataSet set = data.orElseThrow();
        return new Checkpoints.Measured(set.path().toString(), set.checksum().orElse(null), evaluation.examples());
    }

    /** An evaluation in one line. */
    String line(long step, Evaluation evaluation) {
        return String.format(Locale.ROOT, "step %,d, held-out: masked LM loss %.3f, accuracy %.3f%s%s",
                step, evaluation.maskedLmLoss(), evaluation.maskedLmAccuracy(),
                evaluation.metrics().pairs("; %s loss %.3f, accuracy %.3f", PairTask.of(data.orElseThrow()).words()),
                evaluation.unigramCrossEntropy() == null
                        ? ""
                        : String.format(Locale.ROOT, "; unigram %.3f", evaluation.unigramCrossEntropy()));
    }
}
