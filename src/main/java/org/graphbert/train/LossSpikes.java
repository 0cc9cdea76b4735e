package org.graphbert.train;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Warns of a loss that stands out of the last steps'. What is usual is their median, and by how much they differ their median
 * distance from it, both of which the spike itself hardly moves. It decides nothing, so what it has seen is not kept: it
 * begins anew with each process.
 */
final class LossSpikes {

    private static final int WINDOW = 200;
    /** Fewer do not say what is usual. */
    private static final int FEWEST = 50;
    private static final double DEVIATIONS = 6;
    /** Of normal values, the standard deviation is so many times the median distance from the median. */
    private static final double SIGMA = 1.4826;

    private final double[] last = new double[WINDOW];
    private int seen;
    private long quietUntil;

    /**
     * A step's loss; a warning if it stands out, and then none for as many steps as are looked at.
     *
     * @param done the number of steps with this one
     */
    Optional<String> see(long done, double loss) {
        if (!Double.isFinite(loss)) {
            return Optional.empty();
        }
        Optional<String> warning = Optional.empty();
        if (seen >= FEWEST && done >= quietUntil) {
            double[] losses = Arrays.copyOf(last, Math.min(seen, WINDOW));
            double usual = median(losses);
            double deviation = SIGMA * median(Arrays.stream(losses).map(l -> Math.abs(l - usual)).toArray());
            if (loss > usual + DEVIATIONS * deviation) {
                quietUntil = done + WINDOW;
                warning = Optional.of(String.format(Locale.ROOT,
                        "step %,d: loss %.3f, of the %,d steps before it %.3f ± %.3f (median, deviation): a spike; if the loss does not "
                                + "come back, lower the learning rate",
                        done, loss, losses.length, usual, deviation));
            }
        }
        last[seen++ % WINDOW] = loss;
        return warning;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
