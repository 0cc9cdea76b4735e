package org.graphbert.train;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Metrics;
import org.graphbert.train.TrainingSession.StepResult;

/** What becomes of steps whose loss or gradient is not finite: they end the run, or their updates are skipped. */
final class StepGuard {

    /** So many in a row are not the fault of a few records. */
    static final int MOST_IN_A_ROW = 50;

    private final boolean skips;
    private final Consumer<String> warnings;
    private int inARow;

    /**
     * As the configuration has it.
     *
     * @param onNan stop or skip
     * @param warnings told of the first of skipped updates in a row
     */
    StepGuard(String onNan, Consumer<String> warnings) {
        this.skips = onNan.equals("skip");
        this.warnings = warnings;
    }

    /**
     * Looks at a step. The graph has skipped its update already if it was not finite, so the weights are those that it met.
     *
     * @param step its number, from 0
     * @param microBatches of this process
     * @param whole the same with those of other processes
     * @throws Failure (diverged) that names the step, the records and the first variable affected
     */
    void see(
            long step, StepResult result, List<Batch> microBatches, Supplier<Batch> whole, PhasePlan phase, TrainingSession session) {
        Metrics m = result.sums().metrics();
        see(result.sums().finite(), result.applied(), result.lossScale(), () -> String.format(Locale.ROOT,
                "step %d: masked LM loss %s%s, gradient norm %s%s, on %s", step + 1,
                m.maskedLmLoss(), m.nextSentenceLoss() == null ? "" : ", pair loss " + m.nextSentenceLoss(), result.gradientNorm(),
                session.firstNonFinite(step, microBatches).map(found -> "; " + found.words()).orElse(""),
                records(whole.get(), phase)));
    }

    /**
     * The same of any step.
     *
     * @param finite whether its loss was
     * @param applied whether the weights followed
     * @param lossScale what its loss was multiplied by
     * @param what names the step, what of it is not finite, and its records
     * @throws Failure (diverged) that says so
     */
    void see(boolean finite, boolean applied, double lossScale, Supplier<String> what) {
        if (applied && finite) {
            inARow = 0;
            return;
        }
        // A scaled loss is tried with a smaller scale; that is how its scale is found.
        if (finite && lossScale > 1) {
            return;
        }
        inARow++;
        boolean goesOn = skips && !applied;
        if (goesOn && inARow > 1 && inARow < MOST_IN_A_ROW) {
            return;
        }
        if (goesOn && inARow < MOST_IN_A_ROW) {
            warnings.accept(what.get() + "; its update is skipped");
            return;
        }
        throw Failure.diverged("%s; %s; checkpoints before it are intact", what.get(), goesOn
                ? "the updates of " + inARow + " steps in a row were skipped: lower the learning rate"
                : "lower the learning rate or look at these records" + (skips ? "" : ", or skip such updates with --on-nan skip"));
    }

    /** The records of a batch, and the files that they are in. */
    private static String records(Batch batch, PhasePlan phase) {
        long[] records = LongStream.of(batch.records()).filter(record -> record >= 0).toArray();
        String files = LongStream.of(records)
                .mapToObj(record -> phase.data().file(record).getFileName().toString())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "records %s of %s (in %s)", Arrays.toString(records), phase.data().path(), files);
    }
}
