package org.graphbert.interop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Hugging Face's BertForPreTraining calls the variables of google-research/bert, and back. The tensors of its BertModel
 * alone go without the prefix "bert."; old files write gamma and beta for a LayerNorm's weight and bias. A Linear's weight is
 * [out, in] and our kernel [in, out], so these are transposed on the way; embeddings and the pair head's weights are not.
 */
public final class HuggingFaceNames {

    /** The output's matrix, which is the token embeddings' and in most files left out. */
    static final String TIED_WEIGHT = "cls.predictions.decoder.weight";
    /** The output's bias under its second name. */
    static final String TIED_BIAS = "cls.predictions.decoder.bias";
    /** Learnt vectors of places. */
    static final String POSITIONS = "bert/embeddings/position_embeddings";

    private static final String ENCODER = "bert.";
    private static final Pattern LAYER = Pattern.compile("(?<=encoder\\.layer\\.|encoder/layer_)\\d+(?=[./])");
    /** Stands for a layer's number in the tables. */
    private static final String ANY = "*";
    private static final String THE_LAYERS = "encoder.layer." + ANY + ".";

    private static final List<String> EMBEDDINGS = List.of(
            "embeddings.word_embeddings", "embeddings.position_embeddings", "embeddings.token_type_embeddings",
            THE_LAYERS + "attention.self.distance_embedding");
    private static final List<String> DENSE = List.of(
            THE_LAYERS + "attention.self.query", THE_LAYERS + "attention.self.key", THE_LAYERS + "attention.self.value",
            THE_LAYERS + "attention.output.dense", THE_LAYERS + "intermediate.dense", THE_LAYERS + "output.dense",
            "pooler.dense", "cls.predictions.transform.dense");
    private static final List<String> LAYER_NORMS = List.of(
            "embeddings.LayerNorm", THE_LAYERS + "attention.output.LayerNorm", THE_LAYERS + "output.LayerNorm",
            "cls.predictions.transform.LayerNorm");

    private static final Map<String, Twin> VARIABLES = new HashMap<>();
    private static final Map<String, Twin> TENSORS = new HashMap<>();

    static {
        EMBEDDINGS.forEach(module -> add(module + ".weight", variable(module), false));
        for (String module : DENSE) {
            add(module + ".weight", variable(module) + "/kernel", true);
            add(module + ".bias", variable(module) + "/bias", false);
        }
        for (String module : LAYER_NORMS) {
            add(module + ".weight", variable(module) + "/gamma", false);
            add(module + ".bias", variable(module) + "/beta", false);
            VARIABLES.put(module + ".gamma", new Twin(variable(module) + "/gamma", false));
            VARIABLES.put(module + ".beta", new Twin(variable(module) + "/beta", false));
        }
        add("cls.predictions.bias", "cls/predictions/output_bias", false);
        add("cls.seq_relationship.weight", "cls/seq_relationship/output_weights", false);
        add("cls.seq_relationship.bias", "cls/seq_relationship/output_bias", false);
    }

    private HuggingFaceNames() {}

    /**
     * The same tensor in the other world.
     *
     * @param transposed whether its two dimensions change places on the way there
     */
    public record Twin(String name, boolean transposed) {

        /** A shape, turned if need be; one without two dimensions stays as it is, to be named so where it does not fit. */
        List<Long> shape(List<Long> before) {
            return turns(before) ? List.of(before.get(1), before.get(0)) : before;
        }

        /**
         * Values of that shape, turned if need be.
         *
         * @param shape before the turn
         * @param values row-major
         */
        float[] values(List<Long> shape, float[] values) {
            return turns(shape) ? Matrix.transposed(values, shape.get(0).intValue(), shape.get(1).intValue()) : values;
        }

        private boolean turns(List<Long> shape) {
            return transposed && shape.size() == 2;
        }

        private Twin ofLayer(String number) {
            return new Twin(name.replace(ANY, number), transposed);
        }
    }

    /** The variable that a tensor of a BertModel, BertForMaskedLM or BertForPreTraining is; empty if it is none. */
    public static Optional<Twin> variableOf(String tensor) {
        return tensor.startsWith(ENCODER + "cls.") ? Optional.empty() : look(VARIABLES, withoutPrefix(tensor));
    }

    /** The tensor of a BertForPreTraining that a variable is; empty if it has none. */
    public static Optional<Twin> tensorOf(String variable) {
        return look(TENSORS, variable);
    }

    /** Without the prefix that a model with heads puts before its encoder's tensors. */
    static String withoutPrefix(String tensor) {
        return tensor.startsWith(ENCODER) ? tensor.substring(ENCODER.length()) : tensor;
    }

    private static Optional<Twin> look(Map<String, Twin> table, String name) {
        Matcher layer = LAYER.matcher(name);
        if (name.contains(ANY)) {
            return Optional.empty();
        }
        if (!layer.find()) {
            return Optional.ofNullable(table.get(name));
        }
        return Optional.ofNullable(table.get(layer.replaceFirst(ANY))).map(twin -> twin.ofLayer(layer.group()));
    }

    private static void add(String tensor, String variable, boolean transposed) {
        VARIABLES.put(tensor, new Twin(variable, transposed));
        TENSORS.put(variable, new Twin(tensor.startsWith("cls.") ? tensor : ENCODER + tensor, transposed));
    }

    /** encoder.layer.*.output is bert/encoder/layer_&#42;/output. */
    private static String variable(String module) {
        String path = module.replace("layer.", "layer_").replace('.', '/');
        return module.startsWith("cls.") ? path : "bert/" + path;
    }
}
