package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.CheckpointTensors;
import org.graphbert.interop.FloatType;
import org.graphbert.interop.SafetensorsWriter;
import org.graphbert.serve.SavedModelExport;
import org.graphbert.text.Tokenizers;
import org.graphbert.text.WordPieceOptions;
import org.graphbert.text.WordPieceTokenizer;
import org.graphbert.train.GraphFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect} as a user calls it, on each kind of thing but data sets, which {@link PrepareCommandTest} has. */
class InspectCommandTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/tiny-bert");
    private static final Path CHECKPOINT = GOLDEN.resolve("bert_model.ckpt");

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @Test
    void checkpointByPrefixIndexAndDirectory() throws IOException {
        ModelConfig model = ModelConfig.read(GOLDEN.resolve("config.json"));
        JsonNode report = json(CHECKPOINT);
        assertEquals("checkpoint", report.get("kind").asText());
        assertEquals(CHECKPOINT.toString(), report.get("path").asText());
        assertEquals(14 + 16 * model.numHiddenLayers(), report.get("variable_count").asInt());
        JsonNode words = find(report.get("variables"), "bert/embeddings/word_embeddings");
        assertEquals("float32", words.get("type").asText());
        assertEquals(model.vocabSize(), words.get("shape").get(0).asInt());
        assertEquals(model.hiddenSize(), words.get("shape").get(1).asInt());
        assertEquals((long) model.vocabSize() * model.hiddenSize(), words.get("elements").asLong());
        assertEquals(4 * words.get("elements").asLong(), words.get("bytes").asLong());
        assertEquals(norm(words), words.get("norm").asDouble(), 1e-9);
        assertEquals(0, words.get("non_finite").asLong());
        long parameters = report.get("parameters").asLong();
        assertEquals(4 * parameters, Files.size(Path.of(CHECKPOINT + ".data-00000-of-00001")));
        for (String name : List.of(CHECKPOINT + ".index", CHECKPOINT + ".data-00000-of-00001")) {
            Path file = Path.of(name);
            assertEquals(report, json(file), name);
            Files.copy(file, directory.resolve(file.getFileName()));
        }
        assertEquals(report.get("variables"), json(directory).get("variables"), "a directory with nothing else in it");
        String text = text(CHECKPOINT);
        assertTrue(text.contains("bert/encoder/layer_0/attention/self/query/kernel"), text);
        assertTrue(text.contains(String.format("%,d parameters", parameters)), text);
    }

    @Test
    void checkpointsThatCannotBeRead() throws IOException {
        byte[] index = Files.readAllBytes(Path.of(CHECKPOINT + ".index"));
        Path damaged = directory.resolve("m.ckpt.index");
        for (int at : new int[] {0, 7, index.length / 2, index.length - 1}) {
            byte[] bytes = index.clone();
            bytes[at] ^= 0x55;
            Files.write(damaged, bytes);
            fails(3, "damaged checkpoint index", damaged);
        }
        Files.write(damaged, new byte[10]);
        fails(3, "the file is cut short", damaged);
        Files.write(damaged, index);
        assertTrue(text(damaged).contains("m.ckpt.data-00000-of-00001: missing"), console::printed);
        for (String name : List.of("a", "b")) {
            Files.write(directory.resolve(name + ".index"), index);
            Files.createFile(directory.resolve(name + ".data-00000-of-00001"));
        }
        fails(2, "found 2 checkpoints, expected one", directory);
    }

    /** By its definition. */
    private static double norm(JsonNode variable) throws IOException {
        try (CheckpointTensors tensors = CheckpointTensors.open(CHECKPOINT.toString())) {
            double squares = 0;
            for (float value : tensors.floats(variable.get("name").asText())) {
                squares += (double) value * value;
            }
            return Math.sqrt(squares);
        }
    }

    @Test
    void checkpointsWithDamagedValues() throws IOException {
        Path index = Files.copy(Path.of(CHECKPOINT + ".index"), directory.resolve("m.ckpt.index"));
        Path data = directory.resolve("m.ckpt.data-00000-of-00001");
        byte[] values = Files.readAllBytes(Path.of(CHECKPOINT + ".data-00000-of-00001"));
        values[values.length / 2] ^= 1;
        Files.write(data, values);
        fails(3, "m.ckpt.data-00000-of-00001: the checksum of ", index);
        Files.write(data, Arrays.copyOf(values, values.length - 1));
        fails(3, "the file is cut short", index);
    }

    @Test
    void safetensorsByFileDirectoryAndIndex() throws IOException {
        Path one = directory.resolve("one.safetensors");
        SafetensorsWriter.write(one, Map.of("a", List.of(2L), "b", List.of(1L, 3L)), FloatType.BFLOAT16,
                name -> name.equals("a") ? new float[] {3, -4} : new float[] {1, Float.NaN, 2});
        JsonNode report = json(one);
        assertEquals("safetensors", report.get("kind").asText());
        assertEquals("pt", report.get("metadata").get("format").asText());
        assertEquals(2, report.get("tensor_count").asInt());
        assertEquals(5, report.get("parameters").asInt());
        assertEquals(10, report.get("bytes").asInt());
        JsonNode a = find(report.get("tensors"), "a");
        assertEquals("bfloat16", a.get("type").asText());
        assertEquals("BF16", a.get("dtype").asText());
        assertEquals("[2]", a.get("shape").toString());
        assertEquals(5.0, a.get("norm").asDouble());
        assertEquals(1, find(report.get("tensors"), "b").get("non_finite").asInt());
        String text = text(one);
        assertTrue(text.contains("warning: b: 1 of 3 values are not finite"), text);
        Path two = directory.resolve("two.safetensors");
        SafetensorsWriter.write(two, Map.of("c", List.of()), FloatType.FLOAT32, name -> new float[] {7});
        Files.writeString(directory.resolve("model.safetensors.index.json"), """
                {"weight_map": {"a": "one.safetensors", "b": "one.safetensors", "c": "two.safetensors"}}
                """);
        for (Path path : List.of(directory, directory.resolve("model.safetensors.index.json"))) {
            JsonNode sharded = json(path);
            assertEquals(3, sharded.get("tensor_count").asInt());
            assertEquals(List.of(one.toString(), two.toString()), sharded.get("files").findValuesAsText("file"));
            assertEquals("two.safetensors", find(sharded.get("tensors"), "c").get("file").asText());
            assertEquals(7.0, find(sharded.get("tensors"), "c").get("norm").asDouble());
        }
        assertTrue(text(directory).contains("two.safetensors"), console::printed);
        Files.write(one, Arrays.copyOf(Files.readAllBytes(one), 50));
        fails(3, "one.safetensors: states a header of ", one);
        Files.delete(two);
        fails(3, "one.safetensors: states a header of ", directory);
    }

    @Test
    void run() throws IOException {
        Path step = Files.createDirectories(directory.resolve("checkpoints/step-00000020"));
        for (String end : List.of(".index", ".data-00000-of-00001")) {
            Files.copy(Path.of(CHECKPOINT + end), step.resolve("model.ckpt" + end));
        }
        // As another version might have written it.
        Files.writeString(directory.resolve("run.json"), """
                {"graphbert_version": "0.0.9",
                 "config": {"steps": 40, "batch_size": 8, "init": null},
                 "model": {"vocab_size": 99, "hidden_size": 32},
                 "data": {"records": 11, "unheard_of": "x"}}
                """);
        JsonNode bare = json(directory);
        assertEquals("unfinished", bare.get("state").asText());
        assertFalse(bare.has("last_training"));
        Files.writeString(directory.resolve("metrics.jsonl"), """
                {"event":"start","step":0,"seconds":1.0}
                {"event":"train","step":20,"masked_lm_loss":5.5,"next_sentence_accuracy":0.5}
                {"event":"held_out","step":20,"masked_lm_loss":5.75}
                {"event":"train","step":30,"masked_lm_loss":5.0}
                {"event":"tra
                {"event":"resume","step":20,"seconds":1.0}
                """);
        JsonNode report = json(directory);
        assertEquals("run", report.get("kind").asText());
        assertEquals("0.0.9", report.get("graphbert_version").asText());
        assertEquals(20, report.get("steps_done").asLong());
        assertEquals(40, report.get("steps").asLong());
        assertEquals(32, report.get("model").get("hidden_size").asInt());
        assertEquals(8, report.get("config").get("batch_size").asInt());
        assertEquals(11, report.get("data").get("records").asInt());
        assertEquals(20, report.get("checkpoints").get(0).get("step").asLong());
        assertEquals(json(step).get("parameters"), report.get("parameters"));
        assertEquals(5.5, report.get("last_training").get("masked_lm_loss").asDouble());
        assertEquals(5.75, report.get("last_held_out").get("masked_lm_loss").asDouble());
        Files.writeString(directory.resolve("metrics.jsonl"), "{\"event\":\"finish\",\"step\":40}\n");
        assertEquals("finished", json(directory).get("state").asText());
        String text = text(directory);
        assertTrue(text.contains("finished: 20 of 40 steps done"), text);
        assertTrue(text.contains("hidden_size"), text);
        assertTrue(text.contains("unheard_of"), text);
    }

    @Test
    void savedModelByNameVersionAndFile() throws IOException {
        ModelConfig model = ModelConfig.read(GOLDEN.resolve("config.json"));
        Path version = SavedModelExport.export(
                model, CHECKPOINT.toString(), Tokenizers.load(GOLDEN.resolve("vocab.txt"), null), directory, 7L);
        JsonNode report = json(directory);
        assertEquals("saved_model", report.get("kind").asText());
        assertEquals(version.toString(), report.get("path").asText());
        assertEquals("serve", report.get("tags").get(0).asText());
        JsonNode checkpoint = json(CHECKPOINT);
        assertEquals(checkpoint.get("variable_count"), report.get("variable_count"));
        assertEquals(checkpoint.get("parameters"), report.get("parameters"));
        assertEquals(checkpoint.get("variables"), report.get("variables"), "norms too");
        assertEquals(model.hiddenSize(), report.get("model").get("hidden_size").asInt());
        assertEquals("vocab.txt", report.get("assets").findValuesAsText("file").get(2));
        assertEquals(List.of("features", "features_int64", "masked_lm", "masked_lm_int64", "next_sentence", "next_sentence_int64",
                        "serving_default"),
                report.get("signatures").findValuesAsText("name").stream()
                        .filter(name -> !find(report.get("signatures"), name).isMissingNode()).toList());
        JsonNode masked = find(report.get("signatures"), "masked_lm");
        assertEquals(4, masked.get("inputs").size());
        assertEquals("int32", find(masked.get("inputs"), "masked_lm_positions").get("type").asText());
        JsonNode logits = find(masked.get("outputs"), "logits");
        assertEquals("float32", logits.get("type").asText());
        assertEquals("[-1,-1," + model.vocabSize() + "]", logits.get("shape").toString());
        assertEquals(report, json(version));
        assertEquals("saved_model", json(version.resolve("saved_model.pb")).get("kind").asText());
        String text = text(version);
        assertTrue(text.contains("[?, ?, " + model.vocabSize() + "]"), text);
        Files.writeString(version.resolve("saved_model.pb"), "no such thing");
        fails(3, "not a SavedModel", version);
        Files.write(version.resolve("saved_model.pb"), new byte[0]);
        fails(3, "found no graph in it", version);
    }

    @Test
    void graph() throws IOException {
        ModelConfig model = ModelConfig.read(GOLDEN.resolve("config.json"));
        Path pb = GraphFile.write(new GraphFile.Request(model, 2, 8, 3, 1L << 30), directory.resolve("tiny")).graph();
        JsonNode report = json(pb);
        assertEquals("graph", report.get("kind").asText());
        long nodes = 0;
        for (JsonNode operation : report.get("operations")) {
            nodes += operation.get("nodes").asLong();
        }
        assertEquals(report.get("nodes").asLong(), nodes);
        JsonNode ids = find(report.get("placeholders"), "training/input_ids");
        assertEquals("[2,8]", ids.get("shape").toString());
        assertEquals("int32", ids.get("type").asText());
        JsonNode words = find(report.get("variables"), "bert/embeddings/word_embeddings");
        assertEquals("[" + model.vocabSize() + "," + model.hiddenSize() + "]", words.get("shape").toString());
        assertFalse(find(report.get("variables"), "bert/embeddings/word_embeddings/adam_m").isMissingNode());
        JsonNode constant = report.get("constants").get(0);
        assertTrue(constant.has("name") && constant.has("type") && constant.has("shape"), constant::toString);
        assertTrue(report.get("constant_elements").asLong() > 0);
        String text = text(pb);
        assertTrue(text.contains("VarHandleOp"), text);
        assertTrue(text.contains("inference/input_ids"), text);
        Path other = Files.writeString(directory.resolve("other.pb"), "not a graph");
        fails(3, "not a GraphDef", other);
        Files.write(other, new byte[0]);
        fails(3, "found no nodes in it", other);
    }

    @Test
    void tokenizer() throws IOException {
        WordPieceTokenizer cased = WordPieceTokenizer.of(
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "A", "##bc", "##d"), WordPieceOptions.cased());
        cased.save(directory);
        JsonNode report = json(directory);
        assertEquals("tokenizer", report.get("kind").asText());
        assertEquals("wordpiece", report.get("type").asText());
        assertEquals(8, report.get("entries").asInt());
        assertEquals(2, report.get("continuations").asInt());
        assertEquals(4, report.get("special_tokens").get("[MASK]").asInt());
        assertFalse(report.get("lower_case").asBoolean());
        assertTrue(report.get("casing_stated").asBoolean());
        assertEquals(cased.checksum(), report.get("checksum").asText());
        assertEquals(cased.checksum(), json(directory.resolve("tokenizer.json")).get("checksum").asText());
        Path other = Files.copy(directory.resolve("vocab.txt"), directory.resolve("my-words.txt"));
        for (Path alone : List.of(directory.resolve("vocab.txt"), other)) {
            assertTrue(json(alone).get("lower_case").asBoolean());
            assertFalse(json(alone).get("casing_stated").asBoolean());
        }
        assertTrue(text(directory).contains("cased, accents kept"), console::printed);
        assertTrue(text(other).contains("lower-casing, accents stripped (taken for granted"), console::printed);
    }

    @Test
    void sentencePieceModel() throws IOException {
        Path model = Path.of("src/test/resources/golden/tokenizer/unigram.model");
        JsonNode report = json(model);
        assertEquals("tokenizer", report.get("kind").asText());
        assertEquals("unigram", report.get("type").asText());
        assertEquals(8000, report.get("entries").asInt());
        assertEquals(8000, report.get("word_starts").asInt() + report.get("continuations").asInt());
        assertFalse(report.get("lower_case").asBoolean());
        assertTrue(report.get("casing_stated").asBoolean());
        JsonNode facts = report.get("sentence_piece");
        assertEquals("nmt_nfkc", facts.get("normalization").asText());
        assertEquals(7995, facts.get("pieces").get("normal").asInt());
        assertEquals(4, facts.get("pieces").get("control").asInt());
        assertFalse(facts.get("byte_fallback").asBoolean());
        Files.copy(model, directory.resolve("some.model"));
        assertEquals(report.get("checksum"), json(directory).get("checksum"));
        assertTrue(text(directory).contains("7,995 normal, 4 control, 1 unknown"), console::printed);
        assertTrue(text(directory).contains("nmt_nfkc; a space is put in front"), console::printed);
        Files.copy(model, directory.resolve("other.model"));
        fails(3, "holds 2 SentencePiece models", directory);
        fails(3, "not a SentencePiece model", Files.writeString(directory.resolve("no.model"), "text"));
    }

    @Test
    void unknownThings() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        fails(3, "found an empty directory; expected one of: a run, ", empty);
        fails(2, "no such file or directory; expected one of: a run, ", directory.resolve("none"));
        Path text = Files.writeString(directory.resolve("prose.txt"), "Once upon a time.\n");
        fails(3, "found a file of 18 bytes; expected", text);
        Files.write(text, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        fails(3, "found a file of 3 bytes; expected", text);
        for (String name : List.of("a", "b", "c", "d")) {
            Files.createFile(directory.resolve(name));
        }
        fails(3, "found a directory with a, b, c, d and 2 more; expected", directory);
    }

    private JsonNode json(Path path) throws IOException {
        console.exits(0, "inspect", path.toString(), "--json");
        return console.json();
    }

    private String text(Path path) {
        console.exits(0, "inspect", path.toString());
        return console.out();
    }

    private void fails(int code, String message, Path path) {
        console.exits(code, "inspect", path.toString());
        String printed = console.err();
        assertTrue(printed.contains(message), printed);
        assertEquals(1, printed.lines().count(), printed);
    }

    /** The element of that name. */
    private static JsonNode find(JsonNode list, String name) {
        for (JsonNode node : list) {
            if (node.path("name").asText().equals(name)) {
                return node;
            }
        }
        return new ObjectMapper().missingNode();
    }
}
