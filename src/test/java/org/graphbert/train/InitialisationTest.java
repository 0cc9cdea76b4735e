package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Metrics;
import org.graphbert.evaluate.Sums;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;

/** An untrained model knows nothing: every token of the vocabulary is as likely as any other, and so are both labels. */
class InitialisationTest {

    private static final Path CONFIGS = Path.of("config");

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "mini", "small", "medium", "base"})
    void lossesAreThoseOfAGuess(String size) throws IOException {
        requireGuess(ModelConfig.read(CONFIGS.resolve("bert-" + size + ".json")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden_act: gelu_new", "hidden_act: relu", "hidden_act: silu", "pre_layer_norm: true",
            "position_embedding_type: relative_key", "position_embedding_type: relative_key_query",
            "position_embedding_type: rotary", "gated_feed_forward: true", "pair_head: false", "embedding_size: 64",
            "num_hidden_groups: 1"})
    void lossesAreThoseOfAGuessWithAnyOption(String option) throws IOException {
        var node = Json.readObject(CONFIGS.resolve("bert-tiny.json"));
        String[] keyAndValue = option.split(": ");
        node.set(keyAndValue[0], Json.MAPPER.readTree(
                keyAndValue[1].matches("true|false|\\d+") ? keyAndValue[1] : '"' + keyAndValue[1] + '"'));
        requireGuess(ModelConfig.of(option, node));
    }

    private static void requireGuess(ModelConfig model) {
        Batch batch = balanced(Tiny.batch(model, 16, 48, 8, 1));
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower tower = Tower.inference(graph, variables, model, 1);
            try (Session session = new Session(graph);
                    Feed feed = new Feed().batch(tower.inputs(), batch)) {
                session.runner().addTarget(variables.initialise()).run().close();
                try (Result result = feed.to(Sums.request(session.runner(), tower.losses())).run()) {
                    Metrics metrics = Sums.of(batch, tower.losses(), result).metrics();
                    double guess = Math.log(model.vocabSize());
                    assertEquals(guess, metrics.maskedLmLoss(), 0.03 * guess, "masked-LM loss beside ln V");
                    if (model.options().pairHead()) {
                        assertEquals(Math.log(2), metrics.nextSentenceLoss(), 0.1 * Math.log(2), "beside ln 2");
                    } else {
                        assertNull(metrics.nextSentenceLoss());
                    }
                }
            }
        }
    }

    /** With each label in half of the pairs: what a model prefers by chance then weighs little. */
    private static Batch balanced(Batch batch) {
        return new Batch(batch.size(), batch.sequenceLength(), batch.predictions(), batch.inputIds(), batch.inputMask(),
                batch.segmentIds(), batch.maskedLmPositions(), batch.maskedLmIds(), batch.maskedLmWeights(),
                IntStream.range(0, batch.size()).map(b -> b % 2).toArray(), batch.records());
    }
}
