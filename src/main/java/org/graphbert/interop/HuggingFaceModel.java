package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.graphbert.config.Failure;
import org.graphbert.interop.HuggingFaceNames.Twin;

/**
 * A BERT as Hugging Face's transformers saves it: config.json, model.safetensors (or several with their index), vocab.txt or
 * tokenizer.json. The layouts of BertModel, BertForMaskedLM and BertForPreTraining are told apart by their tensors' names.
 */
public final class HuggingFaceModel extends StoredModel {

    private static final String CONFIG = "config.json";
    /** What numbers the places and pads the segments: no weights. */
    private static final Set<String> BUFFERS = Set.of("embeddings.position_ids", "embeddings.token_type_ids");
    /** Second names of one tensor, with the variable that it is. */
    private static final Map<String, String> TIED = Map.of(
            HuggingFaceNames.TIED_WEIGHT, "bert/embeddings/word_embeddings",
            HuggingFaceNames.TIED_BIAS, "cls/predictions/output_bias");

    private final Path from;
    private final Safetensors tensors;
    /** Of each variable the tensor. */
    private final Map<String, Twin> sources = new LinkedHashMap<>();

    private HuggingFaceModel(Path from, Safetensors tensors) {
        this.from = from;
        this.tensors = tensors;
        files.addAll(tensors.files());
    }

    /** Whether the path is a safetensors file, an index of several, or a directory with one of these. */
    static boolean recognises(Path path) {
        return Safetensors.recognises(path);
    }

    /**
     * Opens a model.
     *
     * @param from its directory, its safetensors file or their index
     * @throws Failure (usage) if there is no configuration or it is not BERT's, (data) if the tensors are damaged, or of types
     *     that a model does not compute in
     */
    static HuggingFaceModel open(Path from, ForeignOptions options) throws IOException {
        HuggingFaceModel model = new HuggingFaceModel(from, Safetensors.open(from));
        try {
            Path file = model.directory().resolve(CONFIG);
            if (!Files.exists(file)) {
                // Weights of another kind of model are worth saying before a configuration is asked for.
                ModelFit.requireBert(from.toString(), model.tensors.entries().keySet(),
                        name -> HuggingFaceNames.variableOf(name).isPresent());
            }
            model.readConfig(options, file);
            model.sort();
            model.requireFloats(model.sources.values().stream().map(source -> model.tensors.entries().get(source.name())));
            model.readTokenizer(options, model.directory());
            if (GoogleModel.recognises(model.directory())) {
                model.notes.add(from + " holds a TensorFlow checkpoint too; the safetensors are taken (name the checkpoint's "
                        + "prefix for the other).");
            }
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private Path directory() {
        return Files.isDirectory(from) ? from : from.toAbsolutePath().getParent();
    }

    /** Tells variables, second names, buffers and the rest apart. */
    private void sort() throws IOException {
        List<String> tied = new ArrayList<>();
        for (String name : tensors.entries().keySet()) {
            Optional<Twin> variable = HuggingFaceNames.variableOf(name);
            if (TIED.containsKey(name)) {
                tied.add(name);
            } else if (variable.isPresent() && unusedPositions(variable.get().name())) {
                notes.add(name + " is left out: with " + config().options().positions().key() + " nothing reads it.");
            } else if (variable.isPresent()) {
                take(name, variable.get());
            } else if (!BUFFERS.contains(HuggingFaceNames.withoutPrefix(name))) {
                unknown.add(name);
            }
        }
        for (String name : tied) {
            String variable = TIED.get(name);
            Twin source = sources.get(variable);
            if (source == null) {
                sources.put(variable, new Twin(name, false));
            } else if (!same(name, source.name())) {
                unknown.add(name + " (differs from " + source.name() + ", which BERT ties it to)");
            }
        }
    }

    private void take(String tensor, Twin variable) {
        Twin before = sources.putIfAbsent(variable.name(), new Twin(tensor, variable.transposed()));
        if (before != null) {
            unknown.add(tensor + " (a second " + before.name() + ")");
        }
    }

    /** transformers makes a table of places for every BERT, and reads it only where places are absolute. */
    private boolean unusedPositions(String variable) {
        return variable.equals(HuggingFaceNames.POSITIONS) && config().options().positions().relative();
    }

    private boolean same(String one, String other) throws IOException {
        TensorFile.Entry a = tensors.entries().get(one);
        TensorFile.Entry b = tensors.entries().get(other);
        return a.equals(new TensorFile.Entry(one, b.type(), b.shape()))
                && Arrays.equals(tensors.bytes(one), tensors.bytes(other));
    }

    @Override
    public String format() {
        return "huggingface";
    }

    @Override
    public String where() {
        return from.toString();
    }

    @Override
    public Map<String, List<Long>> variables() {
        Map<String, List<Long>> variables = new LinkedHashMap<>();
        sources.forEach((name, source) -> variables.put(name, source.shape(tensors.entries().get(source.name()).shape())));
        return variables;
    }

    @Override
    public float[] floats(String name) throws IOException {
        Twin source = sources.get(name);
        return source.values(tensors.entries().get(source.name()).shape(), tensors.floats(source.name()));
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
