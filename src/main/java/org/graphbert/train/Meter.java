package org.graphbert.train;

import java.util.Locale;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.graphbert.train.TrainingSession.StepResult;

/** What the steps since the last line of the log came to, and how long they took, without what lay between them. */
final class Meter {

    private static final double TERA = 1e12;

    private final PhasePlan phase;
    private final double stepFlops;
    private Sums sums = Sums.NONE;
    private double seconds;
    private int steps;
    private StepResult last;
    private double rate;

    Meter(PhasePlan phase, ModelConfig model) {
        this.phase = phase;
        this.stepFlops = phase.stepFlops(model);
    }

    /** A step at a learning rate, and the time it took. */
    void add(StepResult step, double learningRate, double took) {
        seconds += took;
        steps++;
        if (step.sums().finite()) {
            sums = sums.plus(step.sums());
        }
        last = step;
        rate = learningRate;
    }

    /** Whether there is anything to tell: the losses of steps that were not finite do not count. */
    boolean measured() {
        return sums.examples() > 0;
    }

    /** What they came to, which is then forgotten. */
    TrainPoint read(long done) {
        TrainPoint point = new TrainPoint(
                done, phase.number(), sums.metrics(), rate, last.gradientNorm(), last.lossScale(), sums.tokens() / seconds,
                steps * stepFlops / TERA / seconds);
        sums = Sums.NONE;
        seconds = 0;
        steps = 0;
        return point;
    }

    /** A point in one line. */
    String line(TrainPoint point) {
        Metrics m = point.metrics();
        return String.format(Locale.ROOT, "loss %.3f | masked LM %.3f (%.1f%%)%s | rate %.2e | %,.0f tokens/s",
                m.loss(), m.maskedLmLoss(), 100 * m.maskedLmAccuracy(), m.pairs(" | %1$s %2$.3f (%4$.1f%%)", phase.pairTask()),
                point.learningRate(), point.tokensPerSecond());
    }
}
