package org.graphbert.report;

import java.util.ArrayList;
import java.util.List;

/**
 * Round numbers along an axis.
 *
 * @param values in ascending order, within the range that was asked for
 * @param decimals that tell them apart
 */
record Ticks(List<Double> values, int decimals) {

    private static final double[] STEPS = {1, 2, 2.5, 5, 10};
    private static final double[] WITHIN_DECADE = {1, 2, 5};

    /** Equally far apart: multiples of 1, 2, 2.5 or 5 times a power of ten, no more of them than asked for. */
    static Ticks linear(double low, double high, int most) {
        if (!(high > low)) {
            return new Ticks(List.of(low), decimals(low));
        }
        double rough = (high - low) / most;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = 10 * power;
        for (double candidate : STEPS) {
            if (candidate * power >= rough * (1 - 1e-9)) {
                step = candidate * power;
                break;
            }
        }
        List<Double> values = new ArrayList<>();
        long last = (long) Math.floor(high / step + 1e-9);
        for (long k = (long) Math.ceil(low / step - 1e-9); k <= last; k++) {
            values.add(k * step);
        }
        return new Ticks(values, decimals(step));
    }

    /** 1, 2 and 5 times powers of ten; where the range holds hardly one of these, equally far apart after all. */
    static Ticks logarithmic(double low, double high, int most) {
        List<Double> values = new ArrayList<>();
        for (int exponent = (int) Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++) {
            for (double digit : WITHIN_DECADE) {
                double value = digit * Math.pow(10, exponent);
                if (value >= low && value <= high) {
                    values.add(value);
                }
            }
        }
        if (values.size() > most) {
            values.removeIf(value -> Math.abs(Math.log10(value) - Math.rint(Math.log10(value))) > 1e-9);
        }
        return values.size() < 3 ? linear(low, high, most) : new Ticks(values, decimals(values.get(0)));
    }

    /** How many decimals a multiple of this number may have. */
    private static int decimals(double step) {
        for (int decimals = 0; decimals < 12; decimals++) {
            double scaled = step * Math.pow(10, decimals);
            if (Math.abs(scaled - Math.rint(scaled)) < 1e-6 * Math.max(1, Math.abs(scaled))) {
                return decimals;
            }
        }
        return 12;
    }
}
