package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The activations that BERT configurations name. */
public enum Activation {
    /** x · Φ(x), with the error function (Hendrycks and Gimpel 2016); the reference's. */
    GELU("gelu"),
    /** The tanh approximation of GELU. */
    GELU_NEW("gelu_new"),
    RELU("relu"),
    /** x · σ(x). */
    SILU("silu");

    private final String key;

    Activation(String key) {
        this.key = key;
    }

    @JsonValue
    public String key() {
        return key;
    }

    static Activation of(Object where, String key) {
        for (Activation activation : values()) {
            if (activation.key.equals(key)) {
                return activation;
            }
        }
        String known = Arrays.stream(values()).map(Activation::key).collect(Collectors.joining(", "));
        throw Failure.usage("%s: hidden_act is '%s', expected one of %s", where, key, known);
    }
}
