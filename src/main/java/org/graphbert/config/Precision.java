package org.graphbert.config;

/** What the encoder and the heads compute in; weights, statistics, softmax, LayerNorm and losses are float32 always. */
public enum Precision {
    FLOAT32,
    BFLOAT16,
    /** With a loss that is scaled, for its gradients are too small for this type otherwise (Micikevicius et al. 2018). */
    FLOAT16;

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
