package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Activation;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.graph.StaticGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class GraphFileTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private Path directory;

    private GraphFile.Request request(Integer batch) {
        return new GraphFile.Request(GraphVariants.model(Activation.GELU), batch, 8, 3, 2 * GIB);
    }

    /** What the summary names is enough to train with the file alone, at any batch size if that is free. */
    @Test
    void theFileAloneTrains() throws IOException {
        GraphFile.Written written = GraphFile.write(request(null), directory.resolve("free"));
        GraphFacts facts = written.facts();
        assertNull(facts.batchSize());
        try (Graph graph = new Graph()) {
            graph.importGraphDef(GraphDef.parseFrom(Files.readAllBytes(written.graph())));
            try (Session session = new Session(graph)) {
                session.runner().addTarget(facts.initialise()).run().close();
                float before = step(session, facts, 5);
                for (int i = 0; i < 5; i++) {
                    step(session, facts, 5);
                }
                assertTrue(step(session, facts, 5) < before, "the loss fell");
                assertTrue(step(session, facts, 2) > 0);
            }
        }
    }

    private static float step(Session session, GraphFacts facts, int batch) {
        Session.Runner runner = session.runner().addTarget(facts.update()).fetch(end(facts.outputs(), "training/masked_lm_loss_sum"));
        List<Tensor> tensors = new ArrayList<>();
        for (GraphFacts.End input : facts.inputs()) {
            if (input.name().startsWith("inference/") || input.name().equals("checkpoint")) {
                continue;
            }
            long[] sizes = input.shape().stream().mapToLong(size -> size < 0 ? batch : size).toArray();
            Shape shape = Shape.of(sizes);
            int[] ones = new int[(int) shape.size()];
            Arrays.fill(ones, 1);
            Tensor tensor = switch (input.type()) {
                case "int32" -> TInt32.tensorOf(shape, DataBuffers.of(ones, true, false));
                case "int64" -> TInt64.scalarOf(3);
                default -> TFloat32.tensorOf(shape, data -> data.scalars().forEach(v -> v.setFloat(
                        input.name().endsWith("_rate") ? 1e-2f : 1f)));
            };
            tensors.add(tensor);
            runner.feed(input.tensor(), tensor);
        }
        try (Result result = runner.run()) {
            return ((TFloat32) result.get(0)).getFloat();
        } finally {
            tensors.forEach(Tensor::close);
        }
    }

    private static String end(List<GraphFacts.End> ends, String name) {
        return ends.stream().filter(end -> end.name().equals(name)).findFirst().orElseThrow().tensor();
    }

    @Test
    void whatNothingUsesIsLeftOut() throws IOException {
        GraphFile.Written written = GraphFile.write(request(2), directory.resolve("pruned"));
        GraphFacts facts = written.facts();
        try (Graph graph = new Graph()) {
            graph.importGraphDef(GraphDef.parseFrom(Files.readAllBytes(written.graph())));
            StaticGraph nodes = StaticGraph.of(graph);
            List<String> used = new ArrayList<>(List.of(facts.update(), facts.initialise(), "save/restore_all"));
            facts.inputs().forEach(end -> used.add(end.tensor().replaceAll(":.*", "")));
            facts.outputs().forEach(end -> used.add(end.tensor().replaceAll(":.*", "")));
            assertEquals(facts.nodes(), nodes.nodes().size());
            assertEquals(facts.nodes(), nodes.neededBy(used).cardinality());
        }
    }

    @Test
    void theSummarySaysWhatIsInIt() throws IOException {
        ModelConfig model = GraphVariants.model(Activation.GELU)
                .withOptions(new EncoderOptions(true, PositionEmbedding.ROTARY, true, false, 6, 1));
        GraphFile.Written written =
                GraphFile.write(new GraphFile.Request(model, 2, 8, 3, 1), directory.resolve("below/options"));
        String text = Files.readString(written.summary());
        assertEquals(text, written.text());
        assertTrue(text.contains("Options: pre_layer_norm true, position_embedding_type rotary, gated_feed_forward true, "
                + "pair_head false, embedding_size 6, num_hidden_groups 1\n"), text);
        assertTrue(text.contains("Largest batch in 0.0 MiB: none, one sequence takes more\n"), text);
        // V·E + types·E, E·H + H in front of the layers; query, key, value, output, and the gated feed-forward of one group;
        // three LayerNorms of the stack; the transform H·E + E with its LayerNorm, and a bias for each token.
        long parameters = 50 * 6 + 2 * 6 + 6 * 16 + 16
                + 4 * (16 * 16 + 16) + 2 * (16 * 24 + 24) + 24 * 16 + 16 + 3 * 2 * 16
                + 16 * 6 + 6 + 2 * 6 + 50;
        assertEquals(parameters, written.facts().parameters());
        assertTrue(text.lines().anyMatch(line -> line.matches("all +" + String.format("%,d", parameters))), text);
        GraphFacts.Row bias = written.facts().variables().stream()
                .filter(row -> row.name().equals("cls/predictions/output_bias")).findFirst().orElseThrow();
        assertFalse(bias.decayed());
        assertEquals(List.of(50L), bias.shape());
        assertTrue(written.facts().outputs().stream().noneMatch(end -> end.name().contains("next_sentence")));
    }

    @Test
    void anotherGraphIsNeverOverwritten() throws IOException {
        Path prefix = directory.resolve("same");
        GraphFile.Written first = GraphFile.write(request(2), prefix);
        assertTrue(first.written());
        byte[] bytes = Files.readAllBytes(first.graph());
        assertFalse(GraphFile.write(request(2), prefix).written());
        Files.delete(first.summary());
        assertTrue(GraphFile.write(request(2), prefix).written());
        assertEquals(first.text(), Files.readString(first.summary()));
        Failure refused = assertThrows(Failure.class, () -> GraphFile.write(request(3), prefix));
        assertEquals(first.graph() + " exists and holds something else; choose another --output, or remove it",
                refused.getMessage());
        assertArrayEquals(bytes, Files.readAllBytes(first.graph()));
        Files.createDirectories(directory.resolve("taken.pb"));
        assertThrows(Failure.class, () -> GraphFile.write(request(2), directory.resolve("taken")));
        assertFalse(Files.exists(directory.resolve("taken.txt")));
    }

    @Test
    void sizesThatNoTensorHasAreRefused() {
        ModelConfig model = GraphVariants.model(Activation.GELU);
        assertEquals(
                "--batch-size 2 by --max-predictions-per-seq 2147483647 and hidden size 16 is more than a tensor takes; choose less",
                assertThrows(Failure.class, () -> new GraphFile.Request(model, 2, 8, Integer.MAX_VALUE, GIB)).getMessage());
        assertEquals(
                "--batch-size 2147483647 by --max-seq-length 8 and hidden size 16 is more than a tensor takes; choose less",
                assertThrows(Failure.class, () -> new GraphFile.Request(model, Integer.MAX_VALUE, 8, 3, GIB)).getMessage());
    }

    @Test
    void aTextWithoutItsGraphIsSomebodyElses() throws IOException {
        Path notes = Files.writeString(directory.resolve("notes.txt"), "my notes\n");
        Failure refused = assertThrows(Failure.class, () -> GraphFile.write(request(2), directory.resolve("notes")));
        assertEquals(notes + " exists and holds something else; choose another --output, or remove it", refused.getMessage());
        assertEquals("my notes\n", Files.readString(notes));
        assertFalse(Files.exists(directory.resolve("notes.pb")));
    }
}
