package org.graphbert.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.RunConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Loader;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.Masking;
import org.graphbert.data.PairTask;
import org.graphbert.data.Prefetch;
import org.graphbert.distribute.Place;
import org.graphbert.graph.Flops;
import org.graphbert.text.Tokenizers;

/**
 * One phase of a run, resolved against its data; a run without phases is one.
 *
 * @param phase with nothing left open
 * @param span the part of the run that it is; null until that is known
 * @param replicas that each step's batch is divided among
 * @param place of this process among those that have them
 */
record PhasePlan(Phase phase, Span span, DataSet data, Optional<DataSet> evalData, Loader loader, int replicas, Place place)
        implements AutoCloseable {

    /**
     * A part of a run. Where steps are counted, positions are steps; in a budget of time they are its microseconds.
     *
     * @param number from 1
     * @param phases how many there are
     * @param begin the position where it begins
     * @param end the position where it is done
     * @param timed whether positions are microseconds
     * @param optimization with the schedule that holds in it; its warm-up is in positions
     * @param own whether that is a schedule over this part alone, or over the whole run
     * @param schedule the same, ready to be asked
     */
    record Span(
            int number, int phases, long begin, long end, boolean timed, OptimizerConfig optimization, boolean own,
            LearningRate schedule) {

        static final double MICROS = 1e6;

        /** The learning rate at a position. */
        double rate(long position) {
            return schedule.at(own ? position - begin : position);
        }

        /** Its last second of a budget. */
        double endSeconds() {
            return end / MICROS;
        }
    }

    /**
     * Opens the data of a phase; its steps are still to be told.
     *
     * @param number of the phase, from 0
     * @param replicas that each step's batch is divided among
     * @param place of this process among those that have them
     */
    static PhasePlan open(Phase phase, RunConfig config, int number, int replicas, Place place) {
        DataSet data = DataSet.open(Path.of(phase.data()));
        Optional<DataSet> evalData = Optional.empty();
        try {
            evalData = Optional.ofNullable(phase.evalData()).map(Path::of).map(DataSet::open);
            return new PhasePlan(phase, null, data, evalData, loader(data, phase, config, number), replicas, place);
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

    /** The same as that part of a run. */
    PhasePlan as(Span part) {
        return new PhasePlan(phase, part, data, evalData, loader, replicas, place);
    }

    int number() {
        return span.number();
    }

    /** How many sequences a replica computes at a time. */
    int microBatch() {
        return phase.batchSize() / parts();
    }

    /** How many of these a step is divided into. */
    int parts() {
        return phase.accumulationSteps() * replicas;
    }

    /** How many of the replicas this process has. */
    int ownReplicas() {
        return replicas / place.workers();
    }

    /** This process's part of each batch, from a step of the phase on. */
    Prefetch batches(long step) {
        int own = phase.batchSize() / place.workers();
        return loader.start(step, place.task() * own, own);
    }

    /** So many batches, as one replica computes them that evaluates alone: the same records whatever their number; null for all. */
    Integer evaluationBatches(Integer given) {
        return given == null ? null : Integer.valueOf(Math.multiplyExact(given, replicas));
    }

    /** All data sets, for what must hold of each. */
    List<DataSet> sets() {
        List<DataSet> sets = new ArrayList<>(List.of(data));
        evalData.ifPresent(sets::add);
        return sets;
    }

    TrainingGraph.Sizes sizes() {
        return new TrainingGraph.Sizes(
                microBatch(),
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

    /** A batch; one that holds ids beyond the model is refused. */
    Batch requireIds(Batch batch, ModelConfig model) {
        batch.requireIds(data.path(), model.vocabSize(), model.typeVocabSize());
        return batch;
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

    /** Its data, the size of its steps and its schedule, a line each; where it is one of several, a heading before them. */
    List<String> describe(ModelConfig model, boolean dynamicMasking) {
        List<String> lines = new ArrayList<>();
        if (span.phases() > 1) {
            lines.add(text("Phase %d of %d: %s, sequences of %d tokens from %s", span.number(), span.phases(),
                    span.timed()
                            ? Pace.time(span.begin() / Span.MICROS) + " to " + Pace.time(span.endSeconds())
                            : text("steps %,d to %,d", span.begin() + 1, span.end()),
                    data.maxSeqLength(), data.path()));
        }
        int batchSize = phase.batchSize();
        long steps = span.end() - span.begin();
        lines.add(text("Data:  %s, %,d records of %d tokens; ", data.path(), data.size(), data.maxSeqLength()) + (span.timed()
                ? text("%,.1f steps of %d are an epoch, as many as there is time for", 1 / loader.epochs(1), batchSize)
                : text("%,d steps of %d are %.1f epochs", steps, batchSize, loader.epochs(steps))));
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
        boolean first = span.own() || span.number() == 1;
        lines.add(text("Step:  %,d tokens, %.1f GFLOP; %smasking %s", (long) batchSize * data.maxSeqLength(), flops / 1e9,
                first ? rateText() : "", dynamicMasking ? "dynamic" : "static"));
        return lines;
    }

    private String rateText() {
        long warmup = span.schedule().warmupSteps();
        return text("learning rate to %.2e over %s, then %s; ", span.schedule().peak(),
                span.timed() ? Pace.time(warmup / Span.MICROS) : text("%,d steps", warmup), span.optimization().schedule());
    }

    static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }

    @Override
    public void close() {
        sets().forEach(DataSet::close);
    }
}
