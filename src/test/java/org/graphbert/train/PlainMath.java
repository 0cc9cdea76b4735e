package org.graphbert.train;

import org.graphbert.config.Activation;

/** The functions of the paper's equations in float64, each as its definition has it. */
final class PlainMath {

    /** Where 1 − |erf| is below half a unit in the last place of 1. */
    private static final double ERF_IS_ONE = 6;

    private PlainMath() {}

    /**
     * The error function for any x: 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!! (Abramowitz and Stegun 7.1.6), whose terms all
     * have one sign, so that nothing cancels.
     */
    static double erf(double x) {
        if (Math.abs(x) >= ERF_IS_ONE) {
            return Math.signum(x);
        }
        double term = x;
        double sum = x;
        for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    static double activation(Activation kind, double x) {
        return switch (kind) {
            case GELU -> x * (1 + erf(x / Math.sqrt(2))) / 2;
            case GELU_NEW -> x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))) / 2;
            case RELU -> Math.max(0, x);
            case SILU -> x / (1 + Math.exp(-x));
        };
    }

    static double[] softmax(double[] x) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : x) {
            max = Math.max(max, value);
        }
        double sum = 0;
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = Math.exp(x[i] - max);
            sum += y[i];
        }
        for (int i = 0; i < x.length; i++) {
            y[i] /= sum;
        }
        return y;
    }

    static double crossEntropy(double[] logits, int label) {
        return -Math.log(softmax(logits)[label]);
    }

    static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < b.length; i++) {
            sum[i] += b[i];
        }
        return sum;
    }

    /** (x − mean) / √(variance + epsilon) · gamma + beta. */
    static double[] layerNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
        double mean = 0;
        for (double value : x) {
            mean += value / x.length;
        }
        double variance = 0;
        for (double value : x) {
            variance += (value - mean) * (value - mean) / x.length;
        }
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * gamma[i] + beta[i];
        }
        return y;
    }

    /** x · kernel + bias, the kernel [in, out] row-major. */
    static double[] dense(double[] x, double[] kernel, double[] bias) {
        double[] y = bias.clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * kernel[i * y.length + j];
            }
        }
        return y;
    }

    /** table · x + bias, the table [out, in] row-major. */
    static double[] product(double[] table, double[] x, double[] bias) {
        double[] y = bias.clone();
        for (int i = 0; i < y.length; i++) {
            for (int j = 0; j < x.length; j++) {
                y[i] += table[i * x.length + j] * x[j];
            }
        }
        return y;
    }
}
