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
import org.graphbert.config.Activation;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Progress;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Golden;
import org.graphbert.train.ModelImport;
import org.graphbert.train.RunDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In, and out again: not a bit of a tensor is another. */
class RoundTripTest {

    @TempDir
    private Path directory;

    private RunDirectory imported(Path from) throws IOException {
        Path run = directory.resolve("run-of-" + from.getFileName());
        try (ForeignModel model = ForeignModels.open(from, ForeignOptions.NONE)) {
            ModelImport.run(model, run, new ModelImport.Options(false, 1), Progress.SILENT);
        }
        return new RunDirectory(run);
    }

    private Path huggingFace(RunDirectory run, FloatType type) throws IOException {
        Path output = directory.resolve("hf-" + run.path().getFileName());
        HuggingFaceExport.write(run.model(), run.newest().prefix(), Tokenizers.load(run.tokenizer(), null), type, output,
                Progress.SILENT);
        return output;
    }

    private static void assertSame(StoredTensors before, StoredTensors after) throws IOException {
        assertEquals(before.entries(), after.entries());
        for (String name : before.entries().keySet()) {
            assertArrayEquals(before.bytes(name), after.bytes(name), name);
        }
    }

    private static Map<?, ?> json(Path file) throws IOException {
        return Json.MAPPER.convertValue(Json.readObject(file), Map.class);
    }

    @Test
    void huggingFaceAndBackInEveryType() throws IOException {
        for (FloatType type : FloatType.values()) {
            Path before = HuggingFaceFiles.golden(directory.resolve(type.toString())).of(type).write();
            Path after = huggingFace(imported(before), type);
            try (Safetensors one = Safetensors.open(before); Safetensors other = Safetensors.open(after)) {
                assertSame(one, other);
                assertEquals("pt", other.metadata().get("format"));
            }
            Map<?, ?> config = json(after.resolve("config.json"));
            assertEquals(List.of("BertForPreTraining"), config.get("architectures"));
            assertEquals("bert", config.get("model_type"));
            assertEquals(type.toString(), config.get("torch_dtype"));
            assertEquals(40, json(after.resolve("tokenizer_config.json")).get("model_max_length"));
            assertEquals(Golden.model(), ModelConfig.read(after.resolve("config.json")));
            Tokenizer tokenizer = Tokenizers.load(after, null);
            assertEquals(Tokenizers.load(before.resolve("vocab.txt"), null).checksum(), tokenizer.checksum());
        }
        try (Safetensors golden = Safetensors.open(Golden.DIRECTORY);
                Safetensors written = Safetensors.open(directory.resolve("hf-run-of-float32"))) {
            assertSame(golden, written);
        }
    }

    @Test
    void googleAndBack() throws IOException {
        RunDirectory run = imported(Golden.CHECKPOINT);
        Path output = directory.resolve("google");
        GoogleExport.write(run.model(), run.newest().prefix(), Tokenizers.load(run.tokenizer(), null), output);
        try (CheckpointTensors golden = CheckpointTensors.open(Golden.CHECKPOINT.toString());
                CheckpointTensors written = CheckpointTensors.open(output.resolve("bert_model.ckpt").toString())) {
            assertSame(golden, written);
        }
        assertEquals(Golden.model(), ModelConfig.read(output.resolve("bert_config.json")));
        assertArrayEquals(Files.readAllBytes(Golden.DIRECTORY.resolve("vocab.txt")), Files.readAllBytes(output.resolve("vocab.txt")));
        try (ForeignModel again = ForeignModels.open(output, ForeignOptions.NONE)) {
            assertEquals(62, again.variables().size());
            assertEquals(List.of(), again.notes());
        }
    }

    @Test
    void acrossBothWorldsAndBack() throws IOException {
        RunDirectory fromHuggingFace = imported(HuggingFaceFiles.golden(directory.resolve("hf")).write());
        Path google = directory.resolve("google");
        GoogleExport.write(fromHuggingFace.model(), fromHuggingFace.newest().prefix(),
                Tokenizers.load(fromHuggingFace.tokenizer(), null), google);
        try (Safetensors golden = Safetensors.open(Golden.DIRECTORY);
                Safetensors written = Safetensors.open(huggingFace(imported(google), FloatType.FLOAT32))) {
            assertSame(golden, written);
        }
    }

    /** A model of other options as a checkpoint of first values. */
    private String checkpoint(String name, ModelConfig config) throws IOException {
        String prefix = Files.createDirectories(directory.resolve(name)).resolve("model.ckpt").toString();
        try (ModelVariables variables = new ModelVariables(config, 3)) {
            variables.initialise(List.copyOf(variables.shapes().keySet()));
            variables.save(prefix);
        }
        return prefix;
    }

    private static ModelConfig with(boolean pre, PositionEmbedding positions, boolean gated, boolean pairs, Integer width,
            Integer groups) throws IOException {
        return Golden.model().withOptions(new EncoderOptions(pre, positions, gated, pairs, width, groups));
    }

    @Test
    void withoutAPairHeadItIsABertForMaskedLm() throws IOException {
        ModelConfig config = with(false, PositionEmbedding.RELATIVE_KEY, false, false, null, null);
        Tokenizer tokenizer = Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null);
        Path output = directory.resolve("masked");
        String prefix = checkpoint("no-pairs", config);
        HuggingFaceExport.write(config, prefix, tokenizer, FloatType.FLOAT32, output, Progress.SILENT);
        assertEquals(List.of("BertForMaskedLM"), json(output.resolve("config.json")).get("architectures"));
        try (CheckpointTensors before = CheckpointTensors.open(prefix);
                ForeignModel after = ForeignModels.open(output, ForeignOptions.NONE)) {
            assertEquals(config, after.config());
            assertEquals(before.entries().keySet(), after.variables().keySet());
            for (String name : after.variables().keySet()) {
                assertArrayEquals(before.floats(name), after.floats(name), name);
            }
        }
        Failure full = assertThrows(Failure.class, () ->
                HuggingFaceExport.write(config, prefix, tokenizer, FloatType.FLOAT32, output, Progress.SILENT));
        assertTrue(full.getMessage().contains("exists and is not empty"), full.getMessage());
    }

    @Test
    void whatATargetCannotExpressIsRefusedByName() throws IOException {
        Tokenizer tokenizer = Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null);
        ModelConfig all = with(true, PositionEmbedding.ROTARY, true, true, 16, 1);
        Path output = directory.resolve("refused");
        Failure huggingFace = assertThrows(Failure.class, () ->
                HuggingFaceExport.write(all, "none", tokenizer, FloatType.FLOAT32, output, Progress.SILENT));
        assertEquals("a Hugging Face BERT cannot be of pre_layer_norm true, position_embedding_type rotary, gated_feed_forward true, "
                + "embedding_size 16, num_hidden_groups 1; export it with --format saved-model", huggingFace.getMessage());
        ModelConfig golden = Golden.model();
        ModelConfig other = new ModelConfig(97, 32, 3, 4, 80, Activation.GELU_NEW, 0, 0, 40, 2, 0.02, 1e-5);
        Failure google = assertThrows(Failure.class, () -> GoogleExport.write(other, "none", tokenizer, output));
        assertEquals("a BERT of google-research/bert cannot be of hidden_act gelu_new, layer_norm_eps 1.0E-5; export it with "
                + "another --format", google.getMessage());
        assertEquals(Failure.Kind.USAGE, google.kind());
        Failure another = assertThrows(Failure.class, () -> HuggingFaceExport.write(
                golden.withVocabSize(98), Golden.CHECKPOINT.toString(), tokenizer, FloatType.FLOAT32, output, Progress.SILENT));
        assertTrue(another.getMessage().contains("word_embeddings has shape [97, 32], the model's is [98, 32]"), another.getMessage());
        assertTrue(Files.notExists(output));
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        try (ModelVariables variables = new ModelVariables(Golden.model(), 5)) {
            variables.initialise(List.copyOf(variables.shapes().keySet()));
            Failure failure = assertThrows(Failure.class, () -> variables.save(file.resolve("m.ckpt").toString()));
            assertEquals(Failure.Kind.USAGE, failure.kind());
            assertEquals(1, failure.getMessage().lines().count());
            assertTrue(failure.getMessage().contains("m.ckpt: cannot be written: "), failure.getMessage());
        }
    }

    @Test
    void aValueBeyondFloat16IsNotMadeInfinite() throws IOException {
        HuggingFaceFiles files = HuggingFaceFiles.golden(directory.resolve("large"));
        files.values("cls.predictions.bias")[5] = 65_519;
        RunDirectory fits = imported(files.write());
        huggingFace(fits, FloatType.FLOAT16);
        files.values("cls.predictions.bias")[5] = -65_520;
        Path larger = Files.move(files.write(), directory.resolve("larger"));
        Failure failure = assertThrows(Failure.class, () -> huggingFace(imported(larger), FloatType.FLOAT16));
        assertTrue(failure.getMessage().contains("cls/predictions/output_bias has a value of -65520.0, which is beyond float16"),
                failure.getMessage());
        assertTrue(Files.notExists(directory.resolve("hf-run-of-larger")), "nothing half-written is left");
    }
}
