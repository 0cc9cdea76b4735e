package org.graphbert.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Activation;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Precision;
import org.graphbert.config.VariableRule;
import org.graphbert.distribute.Group;

/** For tests: a training graph of every kind that a configuration can ask for, tiny, each built when it is asked for. */
final class GraphVariants {

    private static final int BATCH = 3;
    private static final int LENGTH = 10;
    private static final int PREDICTIONS = 4;
    private static final int PLACES = 2;

    /**
     * A graph to be built.
     *
     * @param model with dropout
     */
    record Variant(
            ModelConfig model, TrainingGraph.Sizes sizes, Optimisation optimisation, Precision precision, Group group) {

        Variant(ModelConfig model, TrainingGraph.Sizes sizes, Optimisation optimisation, Precision precision) {
            this(model, sizes, optimisation, precision, Group.ALONE);
        }

        Variant(ModelConfig model, TrainingGraph.Sizes sizes) {
            this(model, sizes, Precision.FLOAT32);
        }

        Variant(ModelConfig model, TrainingGraph.Sizes sizes, Precision precision) {
            this(model, sizes, Optimisation.reference(), precision);
        }

        Variant(ModelConfig model, TrainingGraph.Sizes sizes, Optimisation optimisation) {
            this(model, sizes, optimisation, Precision.FLOAT32);
        }

        TrainingGraph build() {
            return TrainingGraph.build(model, sizes, optimisation, new Compute(precision, false), 1, group);
        }
    }

    private GraphVariants() {}

    /** All kinds by their names. */
    static Map<String, Variant> all() {
        Map<String, Variant> variants = new LinkedHashMap<>();
        ModelConfig plain = model(Activation.GELU);
        variants.put("accumulated", new Variant(plain, accumulated()));
        variants.put("packed", new Variant(plain, packed()));
        // No multiple of the four elements that a word of random bits decides.
        variants.put("odd sizes", new Variant(plain, new TrainingGraph.Sizes(BATCH, LENGTH - 1, PREDICTIONS, false)));
        for (String optimizer : List.of("lamb", "adafactor", "sgd")) {
            variants.put(optimizer, new Variant(plain, sizes(), Optimisation.of(optimizer)));
        }
        variants.put("sgd without momentum", new Variant(plain, sizes(), new Optimisation(new Sgd(0, 0.01), 1, 0.8, List.of())));
        variants.put("adamw with bias_correction", new Variant(plain, sizes(),
                new Optimisation(new AdamW(0.9, 0.999, 1e-6, 0.01, true), 1, 1, List.of(new VariableRule("^cls/", 2.0, 0.1)))));
        for (Activation activation : Activation.values()) {
            variants.put(activation.key(), new Variant(model(activation), sizes()));
        }
        options().forEach((name, options) -> variants.put(name, new Variant(plain.withOptions(options), sizes())));
        EncoderOptions rotary = options().get(PositionEmbedding.ROTARY.key());
        variants.put("rotary, packed", new Variant(plain.withOptions(rotary), packed()));
        for (Precision half : List.of(Precision.BFLOAT16, Precision.FLOAT16)) {
            variants.put(half.toString(), new Variant(plain, accumulated(), half));
            variants.put("all, " + half, new Variant(plain.withOptions(options().get("all")), sizes(), half));
            variants.put("rotary, packed, " + half, new Variant(plain.withOptions(rotary), packed(), half));
        }
        return variants;
    }

    /** Those of one of several replicas. */
    static Map<String, Variant> replicas() {
        Map<String, Variant> replicas = new LinkedHashMap<>();
        for (TrainingGraph.Sizes sizes : List.of(sizes(), accumulated())) {
            replicas.put("replica" + (sizes.accumulated() ? ", accumulated" : ""), new Variant(
                    model(Activation.GELU), sizes, Optimisation.reference(), Precision.FLOAT16, Group.of(2)));
        }
        return replicas;
    }

    /** Each option alone, and all that go together. */
    static Map<String, EncoderOptions> options() {
        Map<String, EncoderOptions> options = new LinkedHashMap<>();
        PositionEmbedding absolute = PositionEmbedding.ABSOLUTE;
        options.put("pre_layer_norm", new EncoderOptions(true, absolute, false, true, null, null));
        for (PositionEmbedding positions : PositionEmbedding.values()) {
            if (positions != absolute) {
                options.put(positions.key(), new EncoderOptions(false, positions, false, true, null, null));
            }
        }
        options.put("gated_feed_forward", new EncoderOptions(false, absolute, true, true, null, null));
        options.put("no pair_head", new EncoderOptions(false, absolute, false, false, null, null));
        options.put("embedding_size", new EncoderOptions(false, absolute, false, true, 6, null));
        options.put("num_hidden_groups", new EncoderOptions(false, absolute, false, true, null, 1));
        options.put("all", new EncoderOptions(true, PositionEmbedding.RELATIVE_KEY_QUERY, true, false, 6, 2));
        return options;
    }

    static TrainingGraph.Sizes sizes() {
        return new TrainingGraph.Sizes(BATCH, LENGTH, PREDICTIONS, false);
    }

    private static TrainingGraph.Sizes accumulated() {
        return new TrainingGraph.Sizes(BATCH, LENGTH, PREDICTIONS, true);
    }

    static TrainingGraph.Sizes packed() {
        return new TrainingGraph.Sizes(BATCH, LENGTH, PREDICTIONS, PLACES, false);
    }

    /** Hidden 16, 2 layers of 2 heads, vocabulary 50. */
    static ModelConfig model(Activation activation) {
        return new ModelConfig(50, 16, 2, 2, 24, activation, 0.1, 0.1, 12, 2, 0.02, 1e-12);
    }
}
