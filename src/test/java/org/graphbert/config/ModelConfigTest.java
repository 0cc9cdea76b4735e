package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelConfigTest {

    @TempDir
    private Path directory;

    @Test
    void anEmptyFileIsBase() throws IOException {
        ModelConfig base = read("{}");
        assertEquals(
                new ModelConfig(30522, 768, 12, 12, 3072, Activation.GELU, 0.1, 0.1, 512, 2, 0.02, 1e-12), base);
        assertEquals(64, base.headSize());
    }

    @Test
    void everyValidation() throws IOException {
        refused("{\"hidden_size\": 100, \"num_attention_heads\": 12}",
                "hidden_size (100) is not a multiple of num_attention_heads (12)");
        for (String key : List.of("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
                "intermediate_size", "max_position_embeddings", "type_vocab_size")) {
            refused("{\"" + key + "\": 0}", key + " is 0, expected at least 1");
            refused("{\"" + key + "\": -3}", key + " is -3, expected at least 1");
            refused("{\"" + key + "\": 2.5}", key + " is 2.5, expected a whole number");
            refused("{\"" + key + "\": \"x\"}", key + " is \"x\", expected a whole number");
            refused("{\"" + key + "\": null}", key + " is null, expected a whole number");
            refused("{\"" + key + "\": 3000000000}", key + " is 3000000000, expected a whole number");
        }
        for (String key : List.of("hidden_dropout_prob", "attention_probs_dropout_prob")) {
            refused("{\"" + key + "\": 1}", key + " is 1.0, expected a probability from 0 to below 1");
            refused("{\"" + key + "\": -0.1}", key + " is -0.1, expected a probability");
            refused("{\"" + key + "\": \"some\"}", key + " is \"some\", expected a number");
        }
        refused("{\"initializer_range\": 0}", "initializer_range is 0.0, expected a number above 0");
        refused("{\"layer_norm_eps\": 0}", "layer_norm_eps is 0.0, expected a number above 0");
        refused("{\"hidden_act\": \"swish2\"}", "hidden_act is 'swish2', expected one of gelu, gelu_new, relu, silu");
        for (String key : List.of("hidden_act", "position_embedding_type")) {
            refused("{\"" + key + "\": null}", key + " is null, expected text");
            refused("{\"" + key + "\": [\"gelu\"]}", key + " is [\"gelu\"], expected text");
        }
    }

    /** What no tensor here could hold is refused before one is asked for, and nothing else is. */
    @Test
    void tablesOfManyElements() throws IOException {
        refused("{\"vocab_size\": 3000000}", "vocab_size by hidden_size is 3,000,000 by 768, more than the 2,147,483,647 elements");
        refused("{\"max_position_embeddings\": 3000000}", "max_position_embeddings by hidden_size is 3,000,000 by 768");
        refused("{\"type_vocab_size\": 3000000}", "type_vocab_size by hidden_size is 3,000,000 by 768");
        refused("{\"embedding_size\": 100000}", "vocab_size by embedding_size is 30,522 by 100,000");
        refused("{\"embedding_size\": 3000000, \"vocab_size\": 10}", "embedding_size by hidden_size is 3,000,000 by 768");
        refused("{\"position_embedding_type\": \"relative_key\", \"max_position_embeddings\": 20000000}",
                "2 * max_position_embeddings - 1 by the heads' width is 39,999,999 by 64");
        assertEquals(3_000_000, read("{\"vocab_size\": 3000000, \"embedding_size\": 128}").vocabSize());
        assertEquals(3_000_000,
                read("{\"max_position_embeddings\": 3000000, \"position_embedding_type\": \"rotary\"}").maxPositionEmbeddings());
    }

    @Test
    void whatThisEncoderIsNotIsRefused() throws IOException {
        refused("{\"model_type\": \"roberta\"}", "model_type is 'roberta', expected 'bert'");
        refused("{\"position_embedding_type\": \"alibi\"}", "expected one of absolute, relative_key, relative_key_query, rotary");
        refused("{\"is_decoder\": true}", "is_decoder is 'true', expected 'false'");
        refused("{\"tie_word_embeddings\": false}", "tie_word_embeddings is 'false', expected 'true'");
    }

    @Test
    void misspelledKeysAreRefusedWithTheNearest() throws IOException {
        refused("{\"hiden_size\": 64}", "unknown key 'hiden_size'; did you mean 'hidden_size'?");
        refused("{\"num_layers_of_it\": 2}", "unknown key 'num_layers_of_it'; known keys: ");
    }

    @Test
    void googlesAndHuggingFacesFilesAreRead() throws IOException {
        ModelConfig google = read("""
                {"attention_probs_dropout_prob": 0.1, "directionality": "bidi", "hidden_act": "gelu",
                 "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072,
                 "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": 12,
                 "pooler_fc_size": 768, "pooler_num_attention_heads": 12, "pooler_num_fc_layers": 3,
                 "pooler_size_per_head": 128, "pooler_type": "first_token_transform", "type_vocab_size": 2,
                 "vocab_size": 105879}""");
        assertEquals(105879, google.vocabSize());
        ModelConfig face = read("""
                {"architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false,
                 "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02,
                 "intermediate_size": 3072, "layer_norm_eps": 1e-12, "max_position_embeddings": 512, "model_type": "bert",
                 "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0,
                 "position_embedding_type": "absolute", "transformers_version": "4.6.0.dev0", "type_vocab_size": 2,
                 "use_cache": true, "vocab_size": 30522}""");
        assertEquals(read("{}"), face);
    }

    @Test
    void whatIsWrittenIsReadBack() throws IOException {
        ModelConfig config =
                new ModelConfig(99, 24, 3, 4, 17, Activation.GELU_NEW, 0.25, 0, 77, 3, 0.5, 1e-5);
        assertEquals(config, read(Json.write(config)));
        assertEquals(config.withVocabSize(100).withVocabSize(99), config);
        assertEquals(0.5, config.withDropout(0.5, 0.75).hiddenDropoutProb());
        assertEquals(0.75, config.withDropout(0.5, 0.75).attentionProbsDropoutProb());
    }

    /** Turc et al. 2019 for the sizes below base; Devlin et al. 2018 for base and large. */
    @Test
    void shippedConfigurationsAreTheFields() throws IOException {
        Map<String, int[]> sizes = Map.of(
                "tiny", new int[] {2, 128, 2}, "mini", new int[] {4, 256, 4}, "small", new int[] {4, 512, 8},
                "medium", new int[] {8, 512, 8}, "base", new int[] {12, 768, 12}, "large", new int[] {24, 1024, 16});
        try (Stream<Path> files = Files.list(Path.of("config"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                ModelConfig config = ModelConfig.read(file);
                int[] size = sizes.get(file.getFileName().toString().replaceAll("bert-|\\.json", ""));
                assertEquals(size[0], config.numHiddenLayers(), file.toString());
                assertEquals(size[1], config.hiddenSize(), file.toString());
                assertEquals(size[2], config.numAttentionHeads(), file.toString());
                assertEquals(4 * size[1], config.intermediateSize(), file.toString());
                assertEquals(512, config.maxPositionEmbeddings(), file.toString());
                assertEquals(30522, config.vocabSize(), file.toString());
                assertEquals(0.1, config.hiddenDropoutProb(), file.toString());
                assertEquals(Activation.GELU, config.hiddenAct(), file.toString());
            }
        }
        ModelConfig.read(Path.of("src/main/resources/quickstart/model.json"));
    }

    private ModelConfig read(String json) throws IOException {
        return ModelConfig.read(Files.writeString(directory.resolve("model.json"), json));
    }

    private void refused(String json, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("model.json"), json);
        Failure failure = assertThrows(Failure.class, () -> ModelConfig.read(file), message);
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertTrue(failure.getMessage().contains(message), failure.getMessage() + " / expected: " + message);
        assertTrue(failure.getMessage().startsWith(file + ": "), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    }
}
