package org.graphbert.interop;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.graphbert.config.Directories;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Progress;
import org.graphbert.interop.HuggingFaceNames.Twin;
import org.graphbert.text.SentencePieceTokenizer;
import org.graphbert.text.Tokenizer;

/**
 * Writes a model as transformers' BertForPreTraining.from_pretrained takes it, or without a pair head its BertForMaskedLM:
 * config.json, model.safetensors and the tokenizer's files. The output's matrix, which is the token embeddings', is left out,
 * as save_pretrained leaves it out.
 */
public final class HuggingFaceExport {

    /** The largest number of float16, and where rounding begins to make infinity of a greater one. */
    private static final float HALF_OVERFLOW = 65_520;

    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";

    private HuggingFaceExport() {}

    /**
     * Exports a checkpoint.
     *
     * @param prefix the checkpoint; the optimiser's state in it is left out
     * @param type of the tensors
     * @param output absent or empty
     * @throws Failure (usage) if the model has options that transformers' BERT has not, or the output is not empty; (data) if the
     *     checkpoint is not this model's
     */
    public static void write(
            ModelConfig config, String prefix, Tokenizer tokenizer, FloatType type, Path output, Progress progress)
            throws IOException {
        requireExpressible(config);
        boolean relative = config.options().positions().relative();
        if (relative) {
            progress.say(String.format("%s: transformers reads it up to its 4th version; the 5th knows absolute positions only.",
                    config.options().positions().key()));
        }
        if (tokenizer.type().equals(SentencePieceTokenizer.BPE)) {
            progress.say("transformers has no tokenizer of BERT's that reads SentencePiece's BPE, and its AutoTokenizer would make "
                    + "[UNK] of all words: encode with the sentencepiece library and spiece.model.");
        }
        try (CheckpointTensors tensors = CheckpointTensors.open(prefix)) {
            Map<String, List<Long>> shapes = shapes(config, prefix);
            Map<String, String> variables = new TreeMap<>();
            Map<String, List<Long>> written = new TreeMap<>();
            shapes.forEach((name, shape) -> {
                Twin tensor = HuggingFaceNames.tensorOf(name).orElseThrow(() -> new IllegalStateException("no tensor for " + name));
                variables.put(tensor.name(), name);
                written.put(tensor.name(), tensor.shape(shape));
            });
            // Made for every BERT there, though nothing reads it where places are relative.
            Optional<String> unread = relative
                    ? HuggingFaceNames.tensorOf(HuggingFaceNames.POSITIONS).map(Twin::name) : Optional.empty();
            unread.ifPresent(name ->
                    written.put(name, List.of((long) config.maxPositionEmbeddings(), (long) config.hiddenSize())));
            Directories.writeWhole("--output", output, directory -> {
                SafetensorsWriter.write(directory.resolve("model.safetensors"), written, type, name -> unread.isPresent()
                        && name.equals(unread.get())
                        ? new float[config.maxPositionEmbeddings() * config.hiddenSize()]
                        : values(tensors, variables.get(name), shapes, type));
                Files.writeString(directory.resolve("config.json"), Json.write(json(config, tokenizer, type)) + "\n");
                tokenizer.save(directory);
                limitLength(directory.resolve(TOKENIZER_CONFIG), config.maxPositionEmbeddings());
            });
        }
    }

    private static void requireExpressible(ModelConfig config) {
        EncoderOptions options = config.options();
        PositionEmbedding positions = options.positions();
        List<String> others = new EncoderOptions(
                options.preLayerNorm(), positions.relative() ? PositionEmbedding.ABSOLUTE : positions, options.gatedFeedForward(),
                true, options.embeddingSize(), options.hiddenGroups()).named();
        if (!others.isEmpty()) {
            throw Failure.usage("a Hugging Face BERT cannot be of %s; export it with --format saved-model",
                    String.join(", ", others));
        }
    }

    private static Map<String, List<Long>> shapes(ModelConfig config, String prefix) throws IOException {
        try (ModelVariables variables = new ModelVariables(config, 0)) {
            List<String> problems = CheckpointIndex.read(prefix).problems(variables.shapes());
            if (!problems.isEmpty()) {
                throw Failure.data("%s: does not fit the run's model: %s", prefix, NumberedNames.join(problems));
            }
            return variables.shapes();
        }
    }

    private static float[] values(
            CheckpointTensors tensors, String variable, Map<String, List<Long>> shapes, FloatType type) throws IOException {
        float[] values = tensors.floats(variable);
        if (type == FloatType.FLOAT16) {
            requireHalf(variable, values);
        }
        return HuggingFaceNames.tensorOf(variable).orElseThrow().values(shapes.get(variable), values);
    }

    private static void requireHalf(String variable, float[] values) {
        for (float value : values) {
            if (Math.abs(value) >= HALF_OVERFLOW && Float.isFinite(value)) {
                throw Failure.usage("%s has a value of %s, which is beyond float16; choose --dtype bfloat16 or float32",
                        variable, value);
            }
        }
    }

    private static ObjectNode json(ModelConfig config, Tokenizer tokenizer, FloatType type) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.putArray("architectures").add(config.options().pairHead() ? "BertForPreTraining" : "BertForMaskedLM");
        node.put("model_type", "bert");
        node.setAll((ObjectNode) Json.MAPPER.valueToTree(config));
        return node.put("position_embedding_type", config.options().positions().key())
                .put("pad_token_id", tokenizer.special().pad())
                .put("tie_word_embeddings", true)
                .put("torch_dtype", type.toString().toLowerCase(Locale.ROOT))
                .put("use_cache", true);
    }

    /** The tokenizer's files say BERT's 512; a text is as long as this model's positions go. */
    private static void limitLength(Path file, int length) throws IOException {
        Files.writeString(file, Json.write(Json.readObject(file).put("model_max_length", length)) + "\n");
    }
}
