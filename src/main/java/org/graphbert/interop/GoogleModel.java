package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;

/** A BERT as google-research/bert saves it: bert_config.json, bert_model.ckpt.* and vocab.txt. */
public final class GoogleModel extends StoredModel {

    /** The name under which the published models come. */
    static final String PREFIX = "bert_model.ckpt";
    static final String CONFIG = "bert_config.json";
    /** Under which the conversions of others keep it. */
    private static final String OTHER_CONFIG = "config.json";

    private static final Pattern VARIABLE = Pattern.compile("(bert|cls)/.+");

    private final String prefix;
    private final CheckpointTensors tensors;
    private final Map<String, List<Long>> variables = new LinkedHashMap<>();

    private GoogleModel(String prefix) throws IOException {
        this.prefix = prefix;
        this.tensors = CheckpointTensors.open(prefix);
        files.add(Path.of(prefix + ".index"));
        files.addAll(tensors.dataFiles());
    }

    /** Whether the path is a checkpoint's prefix, one of its files, or a directory with a checkpoint in it. */
    static boolean recognises(Path path) throws IOException {
        return CheckpointFiles.recognises(path);
    }

    /**
     * Opens a model.
     *
     * @param from its directory or the checkpoint's prefix
     * @throws Failure (usage) if there is no configuration, or several checkpoints; (data) if the checkpoint is damaged
     */
    static GoogleModel open(Path from, ForeignOptions options) throws IOException {
        GoogleModel model = new GoogleModel(prefix(from));
        try {
            boolean other = Files.exists(model.beside(OTHER_CONFIG)) && !Files.exists(model.beside(CONFIG));
            model.readConfig(options, model.beside(other ? OTHER_CONFIG : CONFIG));
            model.sort();
            model.requireFloats(model.variables.keySet().stream().map(model.tensors.entries()::get));
            model.readTokenizer(options, model.beside(CONFIG).toAbsolutePath().getParent());
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static String prefix(Path from) throws IOException {
        String published = from.resolve(PREFIX).toString();
        return CheckpointIndex.exists(published) ? published : CheckpointFiles.prefix(from);
    }

    private Path beside(String file) {
        return Path.of(prefix).resolveSibling(file);
    }

    private void sort() {
        int ofTraining = 0;
        for (TensorFile.Entry entry : tensors.entries().values()) {
            if (OptimizerSlots.ofTraining(entry.name())) {
                ofTraining++;
            } else if (VARIABLE.matcher(entry.name()).matches()) {
                variables.put(entry.name(), entry.shape());
            } else {
                unknown.add(entry.name());
            }
        }
        if (ofTraining > 0) {
            notes.add(String.format("%s: the optimiser's state (%d variables) is left out.", prefix, ofTraining));
        }
    }

    @Override
    public String format() {
        return "google";
    }

    @Override
    public String where() {
        return prefix;
    }

    @Override
    public Map<String, List<Long>> variables() {
        return Map.copyOf(variables);
    }

    @Override
    public float[] floats(String name) throws IOException {
        return tensors.floats(name);
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
