package org.graphbert.config;

import java.util.Locale;
import java.util.Optional;

/**
 * What the matrix products of the encoder and the heads are computed in. Weights, the residual stream, LayerNorm, activations,
 * the softmax and the losses are float32 always.
 */
public enum Precision {
    FLOAT32,
    /** float32 whose products a GPU's tensor cores (from Ampere on) take 10 bits of mantissa of; elsewhere float32 itself. */
    TF32,
    BFLOAT16,
    /** With a loss that is scaled, for its gradients are too small for this type otherwise (Micikevicius et al. 2018). */
    FLOAT16;

    /** The precision of a name that {@link RunConfig} has let pass. */
    public static Precision of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The same; empty for auto, which leaves it to the device. */
    public static Optional<Precision> given(String name) {
        return name.equals(RunConfig.AUTO) ? Optional.empty() : Optional.of(of(name));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
