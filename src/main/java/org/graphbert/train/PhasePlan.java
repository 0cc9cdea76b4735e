package org.graphbert.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.Masking;
import org.graphbert.data.PairTask;
import org.graphbert.graph.Flops;
import org.graphbert.text.Tokenizers;

/**
 * One phase of a run, resolved against its data; a run without phases is one.
 *
 * @param phase with nothing left open
 * @param begin the number of steps before it
 * @param end the number of steps when it is done
 */
record PhasePlan(Phase phase, long begin, long end, DataSet data, Optional<DataSet> evalData, Loader loader)
        implements AutoCloseable {

    /**
     * Opens the data of a phase; its steps are still to be told.
     *
     * @param number of the phase, from 0
     */
    static PhasePlan open(Phase phase, RunConfig config, int number) {
        DataSet data = DataSet.open(Path.of(phase.data()));
        Optional<DataSet> evalData = Optional.empty();
        try {
            evalData = Optional.ofNullable(phase.evalData()).map(Path::of).map(DataSet::open);
            return new PhasePlan(phase, 0, 0, data, evalData, loader(data, phase, config, number));
        } catch (RuntimeException e) {
            data.close();
            evalData.ifPresent(DataSet::close);
            throw e;
        }
    }

    private static Loader loader(DataSet data, Phase phase, RunConfig config, int number) {
        // A phase over the data of an earlier one would else begin with the same batches again.
        Loader loader = Loader.of(data, phase.batchSize(), config.seed() + number);
        if (config.dynamicMasking()) {
            Path tokenizer = data.tokenizerDirectory()
                    .or(() -> Optional.ofNullable(config.tokenizer()).map(Path::of))
                    .orElseThrow(() -> Failure.usage("dynamic_masking needs the tokenizer, and %s has no manifest.json; name it "
                            + "with --tokenizer", data.path()));
            // Files of google-research/bert do not say how they were masked: as BERT does it.
            MaskOptions masks = data.manifest().map(m -> m.request().recipe().masks()).orElseGet(
                    () -> MaskOptions.standard(data.maxSeqLength()).withMaxPredictions(data.maxPredictions()));
            loader = loader.withDynamicMasking(Masking.of(masks, Tokenizers.load(tokenizer, null)));
        }
        return config.pack() ? loader.packed() : loader;
    }

    PhasePlan within(long first, long behind) {
        return new PhasePlan(phase, first, behind, data, evalData, loader);
    }

    /** All data sets, for what must hold of each. */
    List<DataSet> sets() {
        List<DataSet> sets = new ArrayList<>(List.of(data));
        evalData.ifPresent(sets::add);
        return sets;
    }

    TrainingGraph.Sizes sizes() {
        return new TrainingGraph.Sizes(
                phase.batchSize() / phase.accumulationSteps(),
                data.maxSeqLength(),
                loader.predictions(),
                loader.places(),
                phase.accumulationSteps() > 1);
    }

    /** FLOPs of an optimiser step. */
    double stepFlops(ModelConfig model) {
        return Flops.trainingStep(
                model, phase.batchSize(), data.maxSeqLength(), loader.predictions(), Math.max(1, loader.places()));
    }

    /** Refuses a batch that holds ids beyond the model. */
    void requireIds(Batch batch, ModelConfig model) {
        batch.requireIds(data.path(), model.vocabSize(), model.typeVocabSize());
    }

    /** What the pair head learns, in words. */
    String pairTask() {
        return PairTask.of(data).words();
    }

    RunRecord.Data record() {
        return new RunRecord.Data(
                data.size(),
                data.maxSeqLength(),
                PairTask.of(data).toString(),
                data.checksum().orElse(null),
                Plan.tokenizerChecksum(data).orElse(null));
    }

    /** Its data and the size of its steps, a line each. */
    List<String> describe(ModelConfig model, String rate, String masking) {
        List<String> lines = new ArrayList<>();
        int batchSize = phase.batchSize();
        lines.add(text(
                "Data:  %s, %,d records of %d tokens; %,d steps of %d are %.1f epochs",
                data.path(), data.size(), data.maxSeqLength(), end - begin, batchSize, loader.epochs(end - begin)));
        if (loader.places() > 0) {
            lines.add(text(
                    "Pack:  %,d sequences of up to %d records, %.2f on average; %.1f%% of the positions are padding, not %.1f%%",
                    loader.sequences(), loader.places(), (double) data.size() / loader.sequences(),
                    100 * loader.padding(), 100 * loader.unpackedPadding()));
        }
        if (PairTask.of(data) == PairTask.NONE) {
            lines.add("Pairs: none in these records; the masked language model alone is trained");
        } else if (!model.options().pairHead()) {
            lines.add("Pairs: not learnt, the model has no head for them (pair_head false); the masked language model alone is trained");
        }
        double flops = stepFlops(model);
        lines.add(text("Step:  %,d tokens, %.1f GFLOP; %smasking %s",
                (long) batchSize * data.maxSeqLength(), flops / 1e9, rate, masking));
        return lines;
    }

    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    @Override
    public void close() {
        sets().forEach(DataSet::close);
    }
}
