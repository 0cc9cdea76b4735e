package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.graphbert.config.Activation;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Precision;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Output;

/** What each option does to the variables, and to the inputs and outputs. */
class EncoderOptionsTest {

    /** H 16, N 4, D 4, I 40, longest 32, V 50. */
    private static final ModelConfig PLAIN =
            new ModelConfig(50, 16, 3, 4, 40, Activation.GELU, 0.1, 0.1, 32, 2, 0.02, 1e-12);

    @Test
    void preLayerNormMovesTheLayerNorms() {
        Change change = change(new EncoderOptions(true, PositionEmbedding.ABSOLUTE, false, true, null, null));
        Set<String> gone = new TreeSet<>(norm("bert/embeddings/LayerNorm", 16));
        Set<String> come = new TreeSet<>(norm("bert/encoder/LayerNorm", 16));
        for (int layer = 0; layer < 3; layer++) {
            gone.addAll(norm("bert/encoder/layer_" + layer + "/attention/output/LayerNorm", 16));
            gone.addAll(norm("bert/encoder/layer_" + layer + "/output/LayerNorm", 16));
            come.addAll(norm("bert/encoder/layer_" + layer + "/attention/LayerNorm", 16));
            come.addAll(norm("bert/encoder/layer_" + layer + "/intermediate/LayerNorm", 16));
        }
        assertEquals(new Change(gone, come), change);
    }

    @Test
    void relativePositionsHaveATableOfDistancesInEachLayer() {
        for (PositionEmbedding kind : List.of(PositionEmbedding.RELATIVE_KEY, PositionEmbedding.RELATIVE_KEY_QUERY)) {
            Change change = change(new EncoderOptions(false, kind, false, true, null, null));
            assertEquals(Set.of("bert/embeddings/position_embeddings [32, 16]"), change.gone());
            assertEquals(perLayer("attention/self/distance_embedding [63, 4]"), change.come());
        }
    }

    @Test
    void rotaryPositionsHaveNoVariables() {
        Change change = change(new EncoderOptions(false, PositionEmbedding.ROTARY, false, true, null, null));
        assertEquals(new Change(Set.of("bert/embeddings/position_embeddings [32, 16]"), Set.of()), change);
    }

    @Test
    void theGateIsASecondProjection() {
        Change change = change(new EncoderOptions(false, PositionEmbedding.ABSOLUTE, true, true, null, null));
        Set<String> come = perLayer("intermediate/linear/kernel [16, 40]");
        come.addAll(perLayer("intermediate/linear/bias [40]"));
        assertEquals(new Change(Set.of(), come), change);
    }

    @Test
    void withoutPairHeadNothingOfItIsThere() {
        EncoderOptions options = new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, false, null, null);
        assertEquals(
                new Change(
                        Set.of("bert/pooler/dense/kernel [16, 16]", "bert/pooler/dense/bias [16]",
                                "cls/seq_relationship/output_weights [2, 16]", "cls/seq_relationship/output_bias [2]"),
                        Set.of()),
                change(options));
        try (Graph graph = new Graph()) {
            Tower tower = Tower.training(
                    graph, new Variables(graph), PLAIN.withOptions(options), 1, new Inputs.BatchSizes(2, 8, 2, 3), Precision.FLOAT32);
            assertNull(tower.pooledOutput());
            assertNull(tower.nextSentenceLogits());
            assertNull(tower.losses().nextSentenceLoss());
            assertNull(tower.inputs().nextSentenceLabels());
            assertEquals(Set.of("input_ids", "segment_ids", "masked_lm_positions", "masked_lm_ids", "masked_lm_weights",
                    "pair_ids", "position_ids", "dropout_key"), placeholders(graph));
        }
    }

    @Test
    void packedPairsNeedPositionsOnlyForATableOfThem() {
        for (PositionEmbedding kind : PositionEmbedding.values()) {
            try (Graph graph = new Graph()) {
                EncoderOptions options = new EncoderOptions(false, kind, false, true, null, null);
                Tower.training(
                        graph, new Variables(graph), PLAIN.withOptions(options), 1, new Inputs.BatchSizes(2, 8, 2, 3),
                        Precision.FLOAT32);
                assertEquals(kind == PositionEmbedding.ABSOLUTE, placeholders(graph).contains("position_ids"), kind.key());
            }
        }
    }

    @Test
    void factorisedTablesAreNarrow() {
        Change change = change(new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, 6, null));
        Set<String> gone = new TreeSet<>(norm("bert/embeddings/LayerNorm", 16));
        Set<String> come = new TreeSet<>(norm("bert/embeddings/LayerNorm", 6));
        gone.addAll(norm("cls/predictions/transform/LayerNorm", 16));
        come.addAll(norm("cls/predictions/transform/LayerNorm", 6));
        gone.addAll(Set.of("bert/embeddings/word_embeddings [50, 16]", "bert/embeddings/token_type_embeddings [2, 16]",
                "bert/embeddings/position_embeddings [32, 16]", "cls/predictions/transform/dense/kernel [16, 16]",
                "cls/predictions/transform/dense/bias [16]"));
        come.addAll(Set.of("bert/embeddings/word_embeddings [50, 6]", "bert/embeddings/token_type_embeddings [2, 6]",
                "bert/embeddings/position_embeddings [32, 6]", "cls/predictions/transform/dense/kernel [16, 6]",
                "cls/predictions/transform/dense/bias [6]", "bert/encoder/embedding_hidden_mapping_in/kernel [6, 16]",
                "bert/encoder/embedding_hidden_mapping_in/bias [16]"));
        assertEquals(new Change(gone, come), change);
    }

    @Test
    void layersOfAGroupShareTheirVariables() {
        Change one = change(new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, null, 1));
        Set<String> perLayer = names(PLAIN).stream().filter(n -> n.contains("/layer_")).collect(Collectors.toSet());
        assertEquals(perLayer, one.gone());
        assertEquals(16, one.come().size());
        assertEquals(perLayer.stream().map(n -> n.replaceFirst("layer_\\d", "group_0")).collect(Collectors.toSet()), one.come());
        // Three layers in two groups: 0 and 1, 2 alone (ALBERT's floor(layer · groups / layers)).
        Change two = change(new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, null, 2));
        assertEquals(32, two.come().size());
        assertEquals(List.of(0, 0, 1), List.of(0, 1, 2).stream()
                .map(PLAIN.withOptions(new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, true, null, 2))::group)
                .toList());
    }

    @Test
    void withoutOptionsNothingOfThemIsInTheGraph() {
        try (Graph graph = new Graph()) {
            Tower.training(graph, new Variables(graph), PLAIN, 1, new Inputs.BatchSizes(2, 8, 2), Precision.FLOAT32);
            Set<String> kinds = new TreeSet<>();
            graph.operations().forEachRemaining(operation -> kinds.add(operation.type()));
            for (String kind : List.of("Cos", "Sin", "ReverseV2", "ShapeN", "Shape")) {
                assertFalse(kinds.contains(kind), kind);
            }
            // Query, key and value of the first layers are one product: 4 of a layer, 5 of the last, 2 of [CLS], 2 of the masked,
            // 1 of the segments.
            long products = 0;
            for (var all = graph.operations(); all.hasNext();) {
                products += all.next().type().equals("MatMul") ? 1 : 0;
            }
            assertEquals(2 * 4 + 5 + 2 + 2 + 1, products);
        }
    }

    /** Combinations build, in turn of fixed sizes, packed and of free sizes, and the loss depends on every variable. */
    @Test
    void optionsCombine() {
        List<Inputs.BatchSizes> kinds = List.of(
                new Inputs.BatchSizes(2, 8, 2),
                new Inputs.BatchSizes(2, 8, 2, 3),
                new Inputs.BatchSizes(Inputs.FREE, Inputs.FREE, Inputs.FREE));
        List<ModelConfig> combinations = combinations(PLAIN);
        assertEquals(128, combinations.size());
        // Steps of 13 pass through all values of each option.
        for (int i = 0; i < combinations.size(); i += 13) {
            try (Graph graph = new Graph()) {
                Variables variables = new Variables(graph);
                Losses losses =
                        Tower.training(graph, variables, combinations.get(i), 1, kinds.get(i % kinds.size()), Precision.FLOAT32)
                                .losses();
                List<Output<?>> sums = new ArrayList<>(List.of(losses.maskedLmLoss().asOutput()));
                if (losses.paired()) {
                    sums.add(losses.nextSentenceLoss().asOutput());
                }
                Output<?>[] reads = variables.trainable().stream().map(v -> v.value().asOutput()).toArray(Output[]::new);
                for (Output<?> gradient : graph.addGradients("gradients", sums.toArray(Output[]::new), reads, null)) {
                    assertNotNull(gradient);
                }
            }
        }
    }

    static List<ModelConfig> combinations(ModelConfig plain) {
        List<ModelConfig> all = new ArrayList<>();
        List<Boolean> both = List.of(false, true);
        for (boolean first : both) {
            for (PositionEmbedding positions : PositionEmbedding.values()) {
                for (boolean gated : both) {
                    for (boolean pairs : both) {
                        for (boolean factorised : both) {
                            for (boolean shared : both) {
                                all.add(plain.withOptions(new EncoderOptions(
                                        first, positions, gated, pairs, factorised ? 6 : null, shared ? 2 : null)));
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    private record Change(Set<String> gone, Set<String> come) {}

    private static Change change(EncoderOptions options) {
        Set<String> gone = names(PLAIN);
        Set<String> come = names(PLAIN.withOptions(options));
        Set<String> plain = Set.copyOf(gone);
        gone.removeAll(come);
        come.removeAll(plain);
        return new Change(gone, come);
    }

    private static Set<String> norm(String path, int width) {
        return Set.of(path + "/gamma [" + width + "]", path + "/beta [" + width + "]");
    }

    private static Set<String> perLayer(String name) {
        return new TreeSet<>(List.of("bert/encoder/layer_0/" + name, "bert/encoder/layer_1/" + name, "bert/encoder/layer_2/" + name));
    }

    private static Set<String> names(ModelConfig config) {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower.training(graph, variables, config, 1, new Inputs.BatchSizes(2, 8, 2), Precision.FLOAT32);
            return variables.trainable().stream().map(v -> v.name() + " " + v.shape())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> placeholders(Graph graph) {
        Set<String> names = new TreeSet<>();
        graph.operations().forEachRemaining(operation -> {
            if (operation.type().equals("Placeholder")) {
                names.add(operation.name().replaceFirst(".*/", ""));
            }
        });
        return names;
    }
}
