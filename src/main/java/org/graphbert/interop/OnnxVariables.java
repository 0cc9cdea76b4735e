package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.graphbert.config.Failure;
import org.graphbert.interop.OnnxGraph.Weight;

/** The weights of an ONNX model that is a BERT, under google-research/bert's names and in its layouts; others keep theirs. */
final class OnnxVariables implements TensorFile {

    private final OnnxFile file;
    private final OnnxWeights weights;
    private final SortedMap<String, Entry> entries = new TreeMap<>();

    private OnnxVariables(OnnxFile file, OnnxWeights weights) {
        this.file = file;
        this.weights = weights;
        weights.unknown().forEach(name -> entries.put(name, file.entries().get(name)));
        weights.variables().forEach((name, weight) ->
                entries.put(name, new Entry(name, file.entries().get(weight.name()).type(), weight.shape())));
    }

    /**
     * Opens a model: its variables if it is a BERT, and else its constants as they are.
     *
     * @throws Failure (data) if it is no ONNX model, or damaged
     */
    static TensorFile open(Path path) throws IOException {
        OnnxFile file = OnnxFile.open(path);
        OnnxGraph graph = OnnxGraph.of(file);
        try {
            return new OnnxVariables(file, OnnxWeights.of(graph));
        } catch (Failure e) {
            return file;
        }
    }

    @Override
    public String where() {
        return file.where();
    }

    @Override
    public SortedMap<String, Entry> entries() {
        return Collections.unmodifiableSortedMap(entries);
    }

    @Override
    public float[] floats(String name) throws IOException {
        Weight weight = weights.variables().get(name);
        return weight == null ? file.floats(name) : weights.floats(weight);
    }

    @Override
    public void close() {
        file.close();
    }
}
