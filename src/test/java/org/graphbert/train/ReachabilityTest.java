package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.graph.Reachable;
import org.junit.jupiter.api.Test;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** A training graph holds nothing that no run of it can need. */
class ReachabilityTest {

    private static final List<EncoderOptions> OPTIONS = List.of(
            EncoderOptions.NONE,
            new EncoderOptions(true, PositionEmbedding.ROTARY, true, false, 4, 1),
            new EncoderOptions(false, PositionEmbedding.RELATIVE_KEY_QUERY, false, true, null, null));

    @Test
    void everyNodeIsNeededByAnEntryPoint() {
        for (EncoderOptions options : OPTIONS) {
            ModelConfig model = Tiny.model(0.1).withOptions(options);
            for (TrainingGraph.Sizes sizes : List.of(
                    new TrainingGraph.Sizes(2, 12, 3, false),
                    new TrainingGraph.Sizes(2, 12, 3, 2, true))) {
                try (TrainingGraph graph = TrainingGraph.build(model, sizes, Optimisation.reference(), Compute.FLOAT32, 1)) {
                    assertEquals(Set.of(), unneeded(graph), options.named() + " " + sizes);
                }
            }
        }
    }

    /** The test above can fail: an operation more, which nothing needs, is found. */
    @Test
    void aNodeThatNothingNeedsIsFound() {
        try (TrainingGraph graph = TrainingGraph.build(
                Tiny.model(0.1), new TrainingGraph.Sizes(2, 12, 3, false), Optimisation.reference(), Compute.FLOAT32, 1)) {
            Ops tf = Ops.create(graph.graph());
            tf.withName("idle").math.neg(graph.learning().gradientNorm());
            assertEquals(Set.of("idle (Neg)"), unneeded(graph));
        }
    }

    @Test
    void whatNothingNeedsIsNoInputEither() {
        AdamW undecayed = new AdamW(0.9, 0.999, 1e-6, 0, false);
        try (TrainingGraph graph = TrainingGraph.build(
                Tiny.model(0), new TrainingGraph.Sizes(2, 12, 3, false), new Optimisation(undecayed, 1.0, 1, List.of()), Compute.FLOAT32, 1)) {
            assertNull(graph.training().dropoutKey(), "without dropout there is nothing to key");
            assertNull(graph.learning().scalars().get("learning_rate"), "without decay the optimiser takes Adam's rate alone");
            assertNotNull(graph.learning().scalars().get("adam_rate"));
            assertEquals(Set.of(), unneeded(graph));
        }
    }

    private static Set<String> unneeded(TrainingGraph graph) {
        GraphDef definition = graph.graph().toGraphDef();
        List<String> entries = new ArrayList<>();
        for (Op entry : graph.entries()) {
            entries.add(entry.op().name());
        }
        Set<String> needed = Reachable.names(definition, entries);
        Set<String> unneeded = new TreeSet<>();
        for (NodeDef node : definition.getNodeList()) {
            if (!needed.contains(node.getName())) {
                unneeded.add(node.getName() + " (" + node.getOp() + ")");
            }
        }
        return unneeded;
    }
}
