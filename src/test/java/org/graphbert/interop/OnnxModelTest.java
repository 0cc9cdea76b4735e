package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.graphbert.config.Activation;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.OnnxGraphs.Form;
import org.graphbert.interop.OnnxGraphs.Heads;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** BERT's variables and configuration out of graphs in the forms of exporters. */
class OnnxModelTest {

    @TempDir
    private Path directory;

    @Test
    void everyVariableIsFoundWhateverTheForm() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            ModelConfig config = model(random);
            Form form = Form.random(random);
            String message = "seed " + seed + ", round " + round + ": " + form + " of " + config;
            OnnxGraphs graph = OnnxGraphs.of(config, form, random.nextLong());
            try (ForeignModel model = ForeignModels.open(graph.write(directory.resolve("any.onnx")), ForeignOptions.NONE)) {
                assertEquals(config, model.config(), message);
                assertVariables(graph, model, message);
                assertEquals(form.storage() == OnnxGraphs.Storage.EXTERNAL ? 2 : 1, model.files().size(), message);
            } catch (Failure e) {
                throw new AssertionError(message, e);
            }
        }
    }

    private static ModelConfig model(Random random) {
        int heads = 1 + random.nextInt(4);
        int hidden = heads * (1 + random.nextInt(6));
        Activation activation = Activation.values()[random.nextInt(Activation.values().length)];
        double epsilon = random.nextBoolean() ? 1e-12 : 1e-5;
        // More words than positions, and more positions than segments, as in every BERT; else nothing but their use tells them.
        return new ModelConfig(20 + random.nextInt(9), hidden, 1 + random.nextInt(3), heads, 1 + random.nextInt(9), activation,
                0.1, 0.1, 4 + random.nextInt(9), 1 + random.nextInt(3), 0.02, epsilon);
    }

    private static void assertVariables(OnnxGraphs graph, ForeignModel model, String message) throws IOException {
        Map<String, float[]> expected = graph.variables();
        assertEquals(expected.keySet(), new TreeSet<>(model.variables().keySet()), message);
        assertEquals(List.of(), model.unknown(), message);
        for (Map.Entry<String, List<Long>> variable : model.variables().entrySet()) {
            String name = variable.getKey();
            assertArrayEquals(expected.get(name), model.floats(name), message + ": " + name);
            long elements = variable.getValue().stream().reduce(1L, (a, b) -> a * b);
            assertEquals(expected.get(name).length, elements, message + ": " + name);
        }
    }

    /** Kernels and tables that are no squares: their shapes say which way round they are. */
    @Test
    void shapesAreGooglesInOut() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(Heads.ALL), 1);
        try (ForeignModel model = ForeignModels.open(graph.write(directory.resolve("model.onnx")), ForeignOptions.NONE)) {
            assertEquals(List.of(16L, 32L), model.variables().get("bert/encoder/layer_1/intermediate/dense/kernel"));
            assertEquals(List.of(32L, 16L), model.variables().get("bert/encoder/layer_1/output/dense/kernel"));
            assertEquals(List.of(50L, 16L), model.variables().get("bert/embeddings/word_embeddings"));
            assertEquals(List.of(32L, 16L), model.variables().get("bert/embeddings/position_embeddings"));
            assertEquals(List.of(2L, 16L), model.variables().get("cls/seq_relationship/output_weights"));
            assertEquals("onnx", model.format());
        }
    }

    @Test
    void theDirectoryOfAModelIsOneWithoutAnotherKind() throws IOException {
        OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 2).write(directory.resolve("model.onnx"));
        Tiny.vocabulary(directory);
        try (ForeignModel model = ForeignModels.open(directory, ForeignOptions.NONE)) {
            assertEquals("onnx", model.format());
            assertEquals(50, model.tokenizer().orElseThrow().size());
            assertTrue(model.notes().stream().anyMatch(note -> note.contains("hidden_dropout_prob 0.1")), model.notes()::toString);
        }
    }

    @Test
    void aConfigurationBesideItAddsWhatTrainingNeedsAndMustAgree() throws IOException {
        ModelConfig config = Tiny.model(0.25);
        Path file = OnnxGraphs.of(config, Form.TORCH_11, 3).write(directory.resolve("model.onnx"));
        Path beside = Files.writeString(directory.resolve("config.json"), Json.write(config));
        try (ForeignModel model = ForeignModels.open(file, ForeignOptions.NONE)) {
            assertEquals(config, model.config());
            assertEquals(List.of(file, beside.toAbsolutePath()), model.files());
        }
        Files.writeString(beside, Json.write(config).replace("\"num_attention_heads\" : 2", "\"num_attention_heads\" : 4")
                .replace("\"gelu\"", "\"relu\""));
        Failure failure = assertThrows(Failure.class, () -> ForeignModels.open(file, ForeignOptions.NONE));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertTrue(failure.getMessage().contains("hidden_act relu, the graph's is gelu; num_attention_heads 4, the graph's is 2"),
                failure.getMessage());
        Path named = Files.writeString(directory.resolve("mine.json"), Json.write(config));
        try (ForeignModel model = ForeignModels.open(file, new ForeignOptions(named, null, false))) {
            assertEquals(config, model.config(), "what the user names goes before what lies beside");
        }
    }

    @Test
    void anOperatorBehindTheEncoderIsLeftOutAndSaid() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(Heads.NONE), 4);
        String states = graph.graph().getOutput(0).getName();
        String mean = graph.node("ReduceMean", states);
        graph.graph().getOutputBuilder(0).setName(mean);
        try (ForeignModel model = ForeignModels.open(graph.write(directory.resolve("mean.onnx")), ForeignOptions.NONE)) {
            assertVariables(graph, model, "mean");
            assertTrue(model.notes().contains("The operators that make " + mean + " of the encoder's output are left out."),
                    model.notes()::toString);
        }
    }

    @Test
    void weightsOfOtherLayersAreNamed() throws IOException {
        OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11, 5);
        graph.graph().addInitializer(graph.graph().getInitializer(0).toBuilder().setName("classifier.weight"));
        try (ForeignModel model = ForeignModels.open(graph.write(directory.resolve("more.onnx")), ForeignOptions.NONE)) {
            assertEquals(List.of("classifier.weight"), model.unknown());
        }
    }

    /** Each activation by its values, and one that is none of BERT's. */
    @ParameterizedTest
    @EnumSource
    void activationsAreSeenFromTheirValues(Activation activation) throws IOException {
        ModelConfig tiny = Tiny.model(0.1);
        ModelConfig config = new ModelConfig(50, 16, 2, 2, 32, activation, 0.1, 0.1, 32, 2, 0.02, tiny.layerNormEps());
        OnnxGraphs graph = OnnxGraphs.of(config, Form.TORCH_11, 6);
        try (ForeignModel model = ForeignModels.open(graph.write(directory.resolve("one.onnx")), ForeignOptions.NONE)) {
            assertEquals(activation, model.config().hiddenAct());
        }
    }

    @Test
    void tensorsAreListedWithTheirTypesAndShapes() throws IOException {
        for (OnnxGraphs.Storage storage : OnnxGraphs.Storage.values()) {
            OnnxGraphs graph = OnnxGraphs.of(Tiny.model(0.1), Form.TORCH_11.with(storage), 7);
            Path file = graph.write(directory.resolve(storage + ".onnx"));
            String type = switch (storage) {
                case FLOAT16 -> "float16";
                case BFLOAT16 -> "bfloat16";
                default -> "float32";
            };
            float[] expected = graph.variables().get("bert/embeddings/word_embeddings");
            try (TensorFile tensors = OnnxFile.open(file); TensorFile variables = TensorFiles.open(file)) {
                String own = "embeddings.word_embeddings";
                assertEquals(new TensorFile.Entry(own, type, List.of(50L, 16L)), tensors.entries().get(own));
                assertArrayEquals(expected, tensors.floats(own), storage.name());
                String google = "bert/embeddings/word_embeddings";
                assertEquals(new TensorFile.Entry(google, type, List.of(50L, 16L)), variables.entries().get(google));
                assertEquals(graph.variables().keySet(), variables.entries().keySet());
                assertArrayEquals(expected, variables.floats(google), storage.name());
            }
        }
    }
}
