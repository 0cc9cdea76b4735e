package org.graphbert.train;

import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;

/**
 * The paper's equations in plain Java and float64, one example at a time, without padding: what the graph must compute.
 * Weights by google-research/bert's names, row-major.
 */
final class PlainBert {

    private final ModelConfig config;
    private final Map<String, double[]> weights;

    PlainBert(ModelConfig config, Map<String, double[]> weights) {
        this.config = config;
        this.weights = weights;
    }

    /** The joint loss of a batch: mean masked-LM loss by weight and mean next-sentence loss. */
    double loss(Batch batch, double weightEpsilon) {
        double maskedLm = 0;
        double nextSentence = 0;
        for (int b = 0; b < batch.size(); b++) {
            double[][] x = encode(batch, b);
            for (int p = 0; p < batch.predictions(); p++) {
                int i = b * batch.predictions() + p;
                if (batch.maskedLmWeights()[i] > 0) {
                    double[] logits = maskedLm(x[batch.maskedLmPositions()[i]]);
                    maskedLm += batch.maskedLmWeights()[i] * crossEntropy(logits, batch.maskedLmIds()[i]);
                }
            }
            nextSentence += crossEntropy(nextSentence(x), batch.nextSentenceLabels()[b]);
        }
        return maskedLm / (batch.weight() + weightEpsilon) + nextSentence / batch.size();
    }

    /** The last layer's output at the tokens of example b; padding does not exist here. */
    double[][] encode(Batch batch, int b) {
        int tokens = 0;
        while (tokens < batch.sequenceLength() && batch.inputMask()[b * batch.sequenceLength() + tokens] == 1) {
            tokens++;
        }
        int h = config.hiddenSize();
        double[][] x = new double[tokens][h];
        for (int s = 0; s < tokens; s++) {
            int id = batch.inputIds()[b * batch.sequenceLength() + s];
            int type = batch.segmentIds()[b * batch.sequenceLength() + s];
            for (int j = 0; j < h; j++) {
                x[s][j] = w("bert/embeddings/word_embeddings")[id * h + j]
                        + w("bert/embeddings/token_type_embeddings")[type * h + j]
                        + w("bert/embeddings/position_embeddings")[s * h + j];
            }
            x[s] = layerNorm("bert/embeddings", x[s]);
        }
        for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
            x = layer("bert/encoder/layer_" + layer, x);
        }
        return x;
    }

    private double[][] layer(String at, double[][] x) {
        double[][] context = attention(at + "/attention/self", x);
        double[][] y = new double[x.length][];
        for (int s = 0; s < x.length; s++) {
            double[] attended = layerNorm(
                    at + "/attention/output", plus(dense(at + "/attention/output/dense", context[s]), x[s]));
            double[] wide = dense(at + "/intermediate/dense", attended);
            for (int i = 0; i < wide.length; i++) {
                wide[i] = gelu(wide[i]);
            }
            y[s] = layerNorm(at + "/output", plus(dense(at + "/output/dense", wide), attended));
        }
        return y;
    }

    private double[][] attention(String at, double[][] x) {
        int length = x.length;
        int d = config.headSize();
        double[][] context = new double[length][config.hiddenSize()];
        for (int head = 0; head < config.numAttentionHeads(); head++) {
            for (int i = 0; i < length; i++) {
                double[] q = dense(at + "/query", x[i]);
                double[] scores = new double[length];
                for (int j = 0; j < length; j++) {
                    double[] k = dense(at + "/key", x[j]);
                    for (int f = head * d; f < (head + 1) * d; f++) {
                        scores[j] += q[f] * k[f] / Math.sqrt(d);
                    }
                }
                double[] probabilities = softmax(scores);
                for (int j = 0; j < length; j++) {
                    double[] v = dense(at + "/value", x[j]);
                    for (int f = head * d; f < (head + 1) * d; f++) {
                        context[i][f] += probabilities[j] * v[f];
                    }
                }
            }
        }
        return context;
    }

    double[] maskedLm(double[] x) {
        double[] features = dense("cls/predictions/transform/dense", x);
        for (int i = 0; i < features.length; i++) {
            features[i] = gelu(features[i]);
        }
        features = layerNorm("cls/predictions/transform", features);
        double[] logits = w("cls/predictions/output_bias").clone();
        double[] table = w("bert/embeddings/word_embeddings");
        for (int v = 0; v < logits.length; v++) {
            for (int j = 0; j < features.length; j++) {
                logits[v] += table[v * features.length + j] * features[j];
            }
        }
        return logits;
    }

    double[] nextSentence(double[][] x) {
        double[] pooled = dense("bert/pooler/dense", x[0]);
        double[] logits = w("cls/seq_relationship/output_bias").clone();
        double[] output = w("cls/seq_relationship/output_weights");
        for (int c = 0; c < logits.length; c++) {
            for (int j = 0; j < pooled.length; j++) {
                logits[c] += output[c * pooled.length + j] * Math.tanh(pooled[j]);
            }
        }
        return logits;
    }

    private double[] w(String name) {
        return weights.get(name);
    }

    private double[] dense(String at, double[] x) {
        double[] kernel = w(at + "/kernel");
        double[] y = w(at + "/bias").clone();
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < y.length; j++) {
                y[j] += x[i] * kernel[i * y.length + j];
            }
        }
        return y;
    }

    private double[] layerNorm(String at, double[] x) {
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
            y[i] = (x[i] - mean) / Math.sqrt(variance + config.layerNormEps()) * w(at + "/LayerNorm/gamma")[i]
                    + w(at + "/LayerNorm/beta")[i];
        }
        return y;
    }

    private static double[] plus(double[] a, double[] b) {
        double[] sum = a.clone();
        for (int i = 0; i < b.length; i++) {
            sum[i] += b[i];
        }
        return sum;
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

    private static double crossEntropy(double[] logits, int label) {
        return -Math.log(softmax(logits)[label]);
    }

    /** x · Φ(x), the error function by its Taylor series, which converges fast for the small x of these tests. */
    static double gelu(double x) {
        double z = x / Math.sqrt(2);
        double term = z;
        double sum = z;
        for (int n = 1; Math.abs(term) > 1e-18; n++) {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return x * (1 + 2 / Math.sqrt(Math.PI) * sum) / 2;
    }
}
