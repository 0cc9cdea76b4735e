package org.graphbert.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.train.PlainOptimiser.Kind;

/**
 * For tests: the optimisers in float64, each as its paper's algorithm has it, on variables that are rows of columns.
 *
 * @param weights by their names, changed in place
 * @param columns of each variable; its rows are as many as there are then, and a vector is one row
 */
record PlainOptimiser(
        Kind kind, Map<String, double[]> weights, Map<String, Integer> columns, Map<String, double[]> state) {

    /** What an optimiser does to one variable. */
    interface Kind {
        /** What of the weight goes, over the rate, but for decoupled decay. */
        double[] direction(PlainOptimiser of, String name, double[] g, long t, double decay);

        /** Whether the decay is none of the direction's. */
        default boolean decoupled() {
            return true;
        }
    }

    static PlainOptimiser of(Kind kind, Map<String, double[]> weights, Map<String, Integer> columns) {
        Map<String, double[]> copies = new LinkedHashMap<>();
        weights.forEach((name, values) -> copies.put(name, values.clone()));
        return new PlainOptimiser(kind, copies, columns, new HashMap<>());
    }

    static double norm(Iterable<double[]> gradients) {
        double squares = 0;
        for (double[] gradient : gradients) {
            squares += squares(gradient);
        }
        return Math.sqrt(squares);
    }

    private static double squares(double[] values) {
        return Arrays.stream(values).map(x -> x * x).sum();
    }

    /**
     * One update.
     *
     * @param gradients of the variables that learn
     * @param rates times the rate
     * @param t from 1
     */
    void step(Map<String, double[]> gradients, double clip, double rate, Map<String, double[]> rates, long t) {
        double norm = norm(gradients.values());
        gradients.forEach((name, gradient) -> {
            double[] clipped = Arrays.stream(gradient).map(x -> norm > clip ? x * clip / norm : x).toArray();
            double decay = rates.get(name)[1];
            double[] direction = kind.direction(this, name, clipped, t, decay);
            double[] w = weights.get(name);
            for (int i = 0; i < w.length; i++) {
                w[i] -= rate * rates.get(name)[0] * (direction[i] + (kind.decoupled() ? decay * w[i] : 0));
            }
        });
    }

    double[] state(String name, String suffix, int size) {
        return state.computeIfAbsent(name + "/" + suffix, key -> new double[size]);
    }

    private double[] moments(String name, double[] g, double beta1, double beta2, double epsilon, Long t) {
        double[] m = state(name, "adam_m", g.length);
        double[] v = state(name, "adam_v", g.length);
        double[] direction = new double[g.length];
        for (int i = 0; i < g.length; i++) {
            m[i] = beta1 * m[i] + (1 - beta1) * g[i];
            v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
            double mHat = t == null ? m[i] : m[i] / (1 - Math.pow(beta1, t));
            double vHat = t == null ? v[i] : v[i] / (1 - Math.pow(beta2, t));
            direction[i] = mHat / (Math.sqrt(vHat) + epsilon);
        }
        return direction;
    }

    static Kind of(Optimiser optimiser) {
        if (optimiser instanceof AdamW a) {
            return (of, name, g, t, decay) ->
                    of.moments(name, g, a.beta1(), a.beta2(), a.epsilon(), a.biasCorrection() ? t : null);
        }
        if (optimiser instanceof Lamb l) {
            return lamb(l);
        }
        if (optimiser instanceof Sgd s) {
            return s.momentum() == 0 ? (of, name, g, t, decay) -> g : (of, name, g, t, decay) -> {
                double[] b = of.state(name, "momentum", g.length);
                for (int i = 0; i < g.length; i++) {
                    b[i] = s.momentum() * b[i] + g[i];
                }
                return b;
            };
        }
        return (of, name, g, t, decay) -> adafactor(of, name, g, 1 - Math.pow(t, -0.8));
    }

    private static Kind lamb(Lamb l) {
        return new Kind() {
            @Override
            public double[] direction(PlainOptimiser of, String name, double[] g, long t, double decay) {
                double[] u = of.moments(name, g, l.beta1(), l.beta2(), l.epsilon(), l.biasCorrection() ? t : null);
                if (decay == 0) {
                    return u;
                }
                double[] w = of.weights.get(name);
                for (int i = 0; i < u.length; i++) {
                    u[i] += decay * w[i];
                }
                double weight = norm(List.of(w));
                double update = norm(List.of(u));
                double trust = weight > 0 && update > 0 ? weight / update : 1;
                return Arrays.stream(u).map(x -> trust * x).toArray();
            }

            @Override
            public boolean decoupled() {
                return false;
            }
        };
    }

    private static double[] adafactor(PlainOptimiser of, String name, double[] g, double beta) {
        int columns = of.columns.get(name);
        double[] u = new double[g.length];
        if (columns == g.length) {
            double[] v = of.state(name, "adafactor_v", g.length);
            for (int i = 0; i < g.length; i++) {
                v[i] = beta * v[i] + (1 - beta) * (g[i] * g[i] + 1e-30);
                u[i] = g[i] / Math.sqrt(v[i]);
            }
        } else {
            int rows = g.length / columns;
            double[] r = of.state(name, "adafactor_vr", rows);
            double[] c = of.state(name, "adafactor_vc", columns);
            double[] rowSums = new double[rows];
            double[] columnSums = new double[columns];
            for (int i = 0; i < g.length; i++) {
                rowSums[i / columns] += g[i] * g[i] + 1e-30;
                columnSums[i % columns] += g[i] * g[i] + 1e-30;
            }
            for (int i = 0; i < rows; i++) {
                r[i] = beta * r[i] + (1 - beta) * rowSums[i] / columns;
            }
            for (int j = 0; j < columns; j++) {
                c[j] = beta * c[j] + (1 - beta) * columnSums[j] / rows;
            }
            double mean = Arrays.stream(r).average().orElseThrow();
            for (int i = 0; i < g.length; i++) {
                u[i] = g[i] / Math.sqrt(r[i / columns] * c[i % columns] / mean);
            }
        }
        double excess = Math.max(1, Math.sqrt(squares(u) / u.length));
        return Arrays.stream(u).map(x -> x / excess).toArray();
    }
}
