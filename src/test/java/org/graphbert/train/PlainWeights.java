package org.graphbert.train;

import java.util.Map;
import org.graphbert.config.ModelConfig;

/**
 * Weights by google-research/bert's names, row-major, and the layers that they make in {@link PlainMath}.
 *
 * @param values may be changed from outside: a layer reads them each time
 */
record PlainWeights(ModelConfig config, Map<String, double[]> values) {

    double[] get(String name) {
        double[] found = values.get(name);
        if (found == null) {
            throw new AssertionError("the equations ask for " + name + ", which the graph has not");
        }
        return found;
    }

    double[] dense(String at, double[] x) {
        return PlainMath.dense(x, get(at + "/kernel"), get(at + "/bias"));
    }

    double[][] dense(String at, double[][] rows) {
        double[][] y = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            y[i] = dense(at, rows[i]);
        }
        return y;
    }

    double[] layerNorm(String at, double[] x) {
        return PlainMath.layerNorm(
                x, get(at + "/LayerNorm/gamma"), get(at + "/LayerNorm/beta"), config.layerNormEps());
    }

    double[][] layerNorm(String at, double[][] rows) {
        double[][] y = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            y[i] = layerNorm(at, rows[i]);
        }
        return y;
    }
}
