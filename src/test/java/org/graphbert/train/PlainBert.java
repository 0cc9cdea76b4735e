package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;

/**
 * The paper's equations in plain Java and float64, one text at a time, without padding: what the graph must compute. Its
 * options as their papers have them, {@link EncoderOptions} says which.
 */
final class PlainBert {

    private final ModelConfig config;
    private final EncoderOptions options;
    private final PlainWeights weights;
    private long bends;

    /**
     * A model.
     *
     * @param weights by google-research/bert's names, row-major
     */
    PlainBert(ModelConfig config, Map<String, double[]> weights) {
        this.config = config;
        this.options = config.options();
        this.weights = new PlainWeights(config, weights);
    }

    /**
     * What the encoder makes of a text.
     *
     * @param hiddenStates [tokens][H] what the first layer sees and what each layer gives
     * @param output [tokens][H] what the heads see
     */
    record Encoded(List<double[][]> hiddenStates, double[][] output) {}

    /**
     * The losses of a batch.
     *
     * @param maskedLm Σ weight · −ln p over the predictions
     * @param nextSentence Σ −ln p over the pairs; 0 without the pair head
     */
    record Losses(double maskedLm, double nextSentence) {}

    Losses losses(Batch batch) {
        double maskedLm = 0;
        double nextSentence = 0;
        bends = 0;
        for (PlainText text : PlainText.of(batch)) {
            double[][] x = encode(batch, text).output();
            for (int p = 0; p < batch.predictions(); p++) {
                int i = text.row() * batch.predictions() + p;
                int token = text.token(batch.maskedLmPositions()[i]);
                if (batch.maskedLmWeights()[i] > 0 && token >= 0) {
                    double loss = PlainMath.crossEntropy(maskedLm(x[token]), batch.maskedLmIds()[i]);
                    maskedLm += batch.maskedLmWeights()[i] * loss;
                }
            }
            if (options.pairHead() && batch.paired()) {
                int label = batch.nextSentenceLabels()[text.label()];
                nextSentence += PlainMath.crossEntropy(nextSentence(pooled(x)), label);
            }
        }
        return new Losses(maskedLm, nextSentence);
    }

    /** What a head makes of a text, as the encoder leaves it: rows of logits. */
    @FunctionalInterface
    interface Rows {
        double[][] of(PlainBert plain, double[][] output);
    }

    /**
     * The logits of a head over a batch's texts, one after the other, without padding.
     */
    List<double[][]> rows(Batch batch, Rows head) {
        return PlainText.of(batch).stream().map(text -> head.of(this, encode(batch, text).output())).toList();
    }

    /** Forgets the units of earlier losses. */
    void begin() {
        bends = 0;
    }

    /** The joint loss of a batch: mean masked-LM loss by weight and, with the pair head, mean next-sentence loss. */
    double loss(Batch batch, double weightEpsilon) {
        Losses sums = losses(batch);
        double pairs = sums.nextSentence() == 0 ? 0 : sums.nextSentence() / batch.pairs();
        return sums.maskedLm() / (batch.weight() + weightEpsilon) + pairs;
    }

    /** Which units of ReLU were on in the last loss, as a hash: between two of the same the loss has no bend. */
    long bends() {
        return bends;
    }

    Encoded encode(Batch batch, PlainText text) {
        double[][] x = embeddings(batch, text);
        List<double[][]> states = new ArrayList<>();
        states.add(x);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            x = layer(path(i), x, text.places());
            states.add(x);
        }
        return new Encoded(states, options.preLayerNorm() ? weights.layerNorm("bert/encoder", x) : x);
    }

    private double[][] embeddings(Batch batch, PlainText text) {
        int e = options.embeddingSize() == null ? config.hiddenSize() : options.embeddingSize();
        String at = "bert/embeddings";
        double[][] x = new double[text.length()][e];
        for (int i = 0; i < x.length; i++) {
            add(x[i], weights.get(at + "/word_embeddings"), text.of(batch.inputIds(), batch, i));
            add(x[i], weights.get(at + "/token_type_embeddings"), text.of(batch.segmentIds(), batch, i));
            switch (options.positions()) {
                case ABSOLUTE -> add(x[i], weights.get(at + "/position_embeddings"), text.places()[i]);
                case RELATIVE_KEY, RELATIVE_KEY_QUERY, ROTARY -> { } // the attention's
            }
        }
        x = options.preLayerNorm() ? x : weights.layerNorm(at, x);
        return options.embeddingSize() == null ? x : weights.dense("bert/encoder/embedding_hidden_mapping_in", x);
    }

    private static void add(double[] x, double[] table, int row) {
        for (int j = 0; j < x.length; j++) {
            x[j] += table[row * x.length + j];
        }
    }

    /** Neighbours share a group: the layer's number by L/G layers a group, the fraction cut off. */
    private String path(int layer) {
        return options.hiddenGroups() == null
                ? "bert/encoder/layer_" + layer
                : "bert/encoder/group_" + layer * options.hiddenGroups() / config.numHiddenLayers();
    }

    private double[][] layer(String at, double[][] x, int[] places) {
        PlainAttention attention = new PlainAttention(weights, at + "/attention/self", places);
        double[][] y = new double[x.length][];
        if (options.preLayerNorm()) {
            double[][] context = attention.context(weights.layerNorm(at + "/attention", x));
            for (int s = 0; s < x.length; s++) {
                double[] attended = PlainMath.plus(x[s], weights.dense(at + "/attention/output/dense", context[s]));
                double[] fed = feedForward(at, weights.layerNorm(at + "/intermediate", attended));
                y[s] = PlainMath.plus(attended, fed);
            }
        } else {
            double[][] context = attention.context(x);
            for (int s = 0; s < x.length; s++) {
                double[] sum = PlainMath.plus(x[s], weights.dense(at + "/attention/output/dense", context[s]));
                double[] attended = weights.layerNorm(at + "/attention/output", sum);
                y[s] = weights.layerNorm(at + "/output", PlainMath.plus(attended, feedForward(at, attended)));
            }
        }
        return y;
    }

    private double[] feedForward(String at, double[] x) {
        double[] wide = activated(weights.dense(at + "/intermediate/dense", x));
        if (options.gatedFeedForward()) {
            double[] linear = weights.dense(at + "/intermediate/linear", x);
            for (int i = 0; i < wide.length; i++) {
                wide[i] *= linear[i];
            }
        }
        return weights.dense(at + "/output/dense", wide);
    }

    private double[] activated(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = PlainMath.activation(config.hiddenAct(), x[i]);
            bends = 31 * bends + (x[i] > 0 ? 1 : 0);
        }
        return y;
    }

    /** Masked-LM logits from a token's output. */
    double[] maskedLm(double[] x) {
        double[] features = activated(weights.dense("cls/predictions/transform/dense", x));
        features = weights.layerNorm("cls/predictions/transform", features);
        return PlainMath.product(
                weights.get("bert/embeddings/word_embeddings"), features, weights.get("cls/predictions/output_bias"));
    }

    /** The pooler's view of a text's output. */
    double[] pooled(double[][] x) {
        double[] pooled = weights.dense("bert/pooler/dense", x[0]);
        for (int j = 0; j < pooled.length; j++) {
            pooled[j] = Math.tanh(pooled[j]);
        }
        return pooled;
    }

    /** Pair logits from the pooler's view. */
    double[] nextSentence(double[] pooled) {
        return PlainMath.product(weights.get("cls/seq_relationship/output_weights"), pooled,
                weights.get("cls/seq_relationship/output_bias"));
    }

    /** A task's dense layer, without dropout. */
    double[] output(String path, double[] x) {
        return PlainMath.product(weights.get(path + "output_weights"), x, weights.get(path + "output_bias"));
    }
}
