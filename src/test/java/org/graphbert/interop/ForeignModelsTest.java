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
import java.util.Set;
import java.util.TreeMap;
import org.graphbert.config.Activation;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The golden model as others save it, under our names and in our layouts. */
class ForeignModelsTest {

    @TempDir
    private Path directory;

    private static ForeignModel open(Path from) throws IOException {
        return ForeignModels.open(from, ForeignOptions.NONE);
    }

    /** All values by name, as the golden checkpoint has them. */
    private static void assertGolden(ForeignModel model, Set<String> absent) throws IOException {
        try (CheckpointTensors golden = CheckpointTensors.open(Golden.CHECKPOINT.toString())) {
            Map<String, List<Long>> expected = new TreeMap<>();
            golden.entries().values().forEach(entry -> expected.put(entry.name(), entry.shape()));
            expected.keySet().removeIf(name -> absent.stream().anyMatch(name::startsWith));
            assertEquals(expected, new TreeMap<>(model.variables()));
            for (String name : expected.keySet()) {
                assertArrayEquals(golden.floats(name), model.floats(name), name);
            }
        }
        assertEquals(List.of(), model.unknown());
    }

    @Test
    void theGoldenModelIsTheSameFromBothWorlds() throws IOException {
        try (ForeignModel safetensors = open(Golden.DIRECTORY); ForeignModel checkpoint = open(Golden.CHECKPOINT)) {
            assertGolden(safetensors, Set.of());
            assertGolden(checkpoint, Set.of());
            assertEquals("huggingface", safetensors.format());
            assertEquals("google", checkpoint.format());
            assertEquals(Golden.model(), safetensors.config());
            assertEquals(Golden.model(), checkpoint.config());
            assertEquals(97, safetensors.tokenizer().orElseThrow().size());
            assertEquals(safetensors.tokenizer().get().checksum(), checkpoint.tokenizer().orElseThrow().checksum());
            assertEquals(List.of("model.safetensors", "config.json", "vocab.txt"),
                    safetensors.files().stream().map(file -> file.getFileName().toString()).toList());
            assertEquals(List.of("bert_model.ckpt.index", "bert_model.ckpt.data-00000-of-00001", "config.json", "vocab.txt"),
                    checkpoint.files().stream().map(file -> file.getFileName().toString()).toList());
            assertTrue(safetensors.notes().toString().contains("holds a TensorFlow checkpoint too"), safetensors.notes().toString());
            assertTrue(checkpoint.notes().toString().contains("lower-casing"), checkpoint.notes().toString());
        }
    }

    @Test
    void layoutsDifferInPrefixesAndHeads() throws IOException {
        Path bare = HuggingFaceFiles.golden(directory.resolve("bare")).without("cls\\..*")
                .renamed(HuggingFaceNames::withoutPrefix).with("embeddings.position_ids", 1, 40).write();
        try (ForeignModel model = open(bare)) {
            assertGolden(model, Set.of("cls/"));
        }
        Path maskedLm = HuggingFaceFiles.golden(directory.resolve("masked")).without(".*(pooler|seq_relationship).*").write();
        try (ForeignModel model = open(maskedLm)) {
            assertGolden(model, Set.of("bert/pooler", "cls/seq_relationship"));
        }
        Path old = HuggingFaceFiles.golden(directory.resolve("old"))
                .renamed(name -> name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"))
                .write();
        try (ForeignModel model = open(old)) {
            assertGolden(model, Set.of());
        }
        Path file = HuggingFaceFiles.golden(directory.resolve("file")).write().resolve("model.safetensors");
        try (ForeignModel model = open(file)) {
            assertGolden(model, Set.of());
        }
        try (ForeignModel model = open(HuggingFaceFiles.golden(directory.resolve("sharded")).writeSharded(3))) {
            assertGolden(model, Set.of());
            assertEquals(5, model.files().size());
        }
    }

    @Test
    void secondNamesAreTakenWhereTheyAreTheSameTensor() throws IOException {
        HuggingFaceFiles tied = HuggingFaceFiles.golden(directory.resolve("tied"));
        float[] table = tied.values("bert.embeddings.word_embeddings.weight");
        float[] bias = tied.values("cls.predictions.bias");
        Path twice = tied.with("cls.predictions.decoder.weight", List.of(97L, 32L), table)
                .with("cls.predictions.decoder.bias", List.of(97L), bias).write();
        try (ForeignModel model = open(twice)) {
            assertGolden(model, Set.of());
        }
        try (ForeignModel model = open(tied.without("cls.predictions.bias").write())) {
            assertGolden(model, Set.of());
        }
        float[] other = table.clone();
        other[7] = Math.nextUp(other[7]);
        try (ForeignModel model = open(tied.with("cls.predictions.decoder.weight", List.of(97L, 32L), other).write())) {
            assertEquals(List.of("cls.predictions.decoder.weight (differs from bert.embeddings.word_embeddings.weight, which BERT "
                    + "ties it to)"), model.unknown());
        }
        try (ForeignModel model = open(tied.without(".*decoder.*").with("pooler.dense.bias", 32).write())) {
            assertEquals(List.of("pooler.dense.bias (a second bert.pooler.dense.bias)"), model.unknown());
        }
    }

    @Test
    void smallerTypesAreWidened() throws IOException {
        for (FloatType type : List.of(FloatType.FLOAT16, FloatType.BFLOAT16)) {
            HuggingFaceFiles files = HuggingFaceFiles.golden(directory.resolve(type.toString())).of(type);
            try (ForeignModel model = open(files.write())) {
                float[] expected = files.values("bert.pooler.dense.weight");
                float[] found = model.floats("bert/pooler/dense/kernel");
                // Bits of the significand, the leading one among them: 11 and 8.
                double relative = Math.scalb(1.0, type == FloatType.FLOAT16 ? -11 : -8);
                for (int row = 0; row < 32; row++) {
                    for (int column = 0; column < 32; column++) {
                        float value = expected[row * 32 + column];
                        assertEquals(value, found[column * 32 + row], relative * Math.abs(value) + 1e-7);
                    }
                }
            }
        }
    }

    @Test
    void configurationsOfTheWildAreRead() throws IOException {
        Path wild = HuggingFaceFiles.golden(directory.resolve("wild")).config("id2label", Map.of("0", "NEG"))
                .config("problem_type", "x").config("_attn_implementation", "sdpa").config("hidden_act", "gelu_pytorch_tanh")
                .config("tie_word_embeddings", false).write();
        try (ForeignModel model = open(wild)) {
            assertEquals(Activation.GELU_NEW, model.config().hiddenAct());
            assertTrue(model.notes().toString().contains("no use for: id2label, problem_type, _attn_implementation."),
                    model.notes().toString());
        }
        try (ForeignModel model = open(HuggingFaceFiles.golden(directory.resolve("swish")).config("hidden_act", "swish").write())) {
            assertEquals(Activation.SILU, model.config().hiddenAct());
        }
        HuggingFaceFiles relative = HuggingFaceFiles.golden(directory.resolve("relative"))
                .config("position_embedding_type", "relative_key");
        for (int layer = 0; layer < 3; layer++) {
            relative.with("bert.encoder.layer." + layer + ".attention.self.distance_embedding.weight", 79, 8);
        }
        try (ForeignModel model = open(relative.write())) {
            assertEquals(PositionEmbedding.RELATIVE_KEY, model.config().options().positions());
            assertEquals(List.of(79L, 8L), model.variables().get("bert/encoder/layer_2/attention/self/distance_embedding"));
            assertTrue(model.variables().keySet().stream().noneMatch(name -> name.contains("position_embeddings")));
            assertTrue(model.notes().toString().contains("bert.embeddings.position_embeddings.weight is left out"));
        }
    }

    @Test
    void aGoogleModelsDirectoryIsEnough() throws IOException {
        Path google = Files.createDirectories(directory.resolve("google"));
        ModelConfig config = Golden.model();
        Files.writeString(google.resolve("bert_config.json"), Json.write(config));
        try (ModelVariables variables = new ModelVariables(config, 5)) {
            variables.initialise(List.copyOf(variables.shapes().keySet()));
            variables.save(google.resolve("bert_model.ckpt").toString());
        }
        try (ForeignModel model = open(google)) {
            assertEquals(62, model.variables().size());
            assertTrue(model.tokenizer().isEmpty());
            assertEquals(google.resolve("bert_model.ckpt").toString(), model.where());
        }
    }

    @Test
    void aConfigurationMayBeNamed() throws IOException {
        Path unconfigured = HuggingFaceFiles.golden(directory.resolve("unconfigured")).write();
        Files.delete(unconfigured.resolve("config.json"));
        Path model = Golden.DIRECTORY.resolve("config.json");
        try (ForeignModel given = ForeignModels.open(unconfigured, new ForeignOptions(model, null, false))) {
            assertGolden(given, Set.of());
        }
    }

    @Test
    void aVocabulariesCaseIsTheFilesWordOrTheUsers() throws IOException {
        Path files = HuggingFaceFiles.golden(directory.resolve("cased")).write();
        try (ForeignModel model = ForeignModels.open(files, new ForeignOptions(null, null, true))) {
            assertEquals(List.of(), model.notes(), "the user said it");
        }
        Path vocabulary = files.resolve("vocab.txt");
        Files.writeString(vocabulary, Files.readString(vocabulary).replace("w7\n", "Paris\n"));
        try (ForeignModel model = open(files)) {
            assertEquals(List.of(vocabulary + " is taken for a cased one: it has capitals in it, e.g. 'Paris'."), model.notes());
            assertEquals(List.of("Paris"), model.tokenizer().orElseThrow().tokens("Paris"));
        }
        Files.writeString(files.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}");
        Failure failure =
                assertThrows(Failure.class, () -> ForeignModels.open(files, new ForeignOptions(null, null, true)).close());
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().contains("lower-casing, but cased was asked for"), failure.getMessage());
        try (ForeignModel model = open(files)) {
            assertEquals(List.of(), model.notes(), "the files said it");
        }
    }
}
