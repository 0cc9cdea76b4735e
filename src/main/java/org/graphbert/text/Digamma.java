package org.graphbert.text;

/** The digamma function: the derivative of the logarithm of the gamma function. */
final class Digamma {

    /** From here on the asymptotic series is exact to a double's precision. */
    private static final double LARGE = 10;

    private Digamma() {}

    /**
     * ψ(x) for x > 0: by ψ(x) = ψ(x + 1) - 1 / x up to 10, then by its asymptotic series (Abramowitz and Stegun 1964,
     * 6.3.5 and 6.3.18).
     */
    static double of(double x) {
        double result = 0;
        double large = x;
        while (large < LARGE) {
            result -= 1 / large++;
        }
        double square = 1 / (large * large);
        double series = square * (1.0 / 12 - square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240
                - square * (1.0 / 132 - square * (691.0 / 32760 - square / 12))))));
        return result + Math.log(large) - 0.5 / large - series;
    }
}
