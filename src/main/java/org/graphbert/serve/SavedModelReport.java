package org.graphbert.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.interop.CheckpointIndex;
import org.graphbert.interop.CheckpointReport;
import org.graphbert.interop.GraphReport;
import org.graphbert.interop.TypeNames;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * What a SavedModel holds: ours or another's.
 *
 * @param path the version's directory
 * @param tags of its first graph, e.g. serve
 * @param tensorflow the version that wrote it, or null
 * @param variableCount in variables/
 * @param parameters floating-point elements of those
 * @param signatures by name
 * @param assets the files under assets/
 * @param variables their names, shapes and norms; null where there are none
 * @param model assets.extra/bert_config.json, which our exports have; null in others
 * @param answers what our export answers, and its labels; null of others
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SavedModelReport(
        String path,
        List<String> tags,
        String tensorflow,
        int nodes,
        int variableCount,
        long parameters,
        List<Signature> signatures,
        List<Asset> assets,
        List<CheckpointReport.Variable> variables,
        JsonNode model,
        ExportFacts answers) {

    private static final String GRAPH = "saved_model.pb";
    private static final String SERVING_DEFAULT = "serving_default";

    /** A signature with its inputs and outputs by name. */
    public record Signature(String name, String method, List<Tensor> inputs, List<Tensor> outputs) {}

    /**
     * An input or output.
     *
     * @param type Python's name, e.g. float32
     * @param shape -1 for a size that is left free; null if not even the rank is known
     * @param tensor in the graph
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tensor(String name, String type, List<Long> shape, String tensor) {}

    /** A file beside the model. */
    public record Asset(String file, long bytes) {}

    /** Whether the path is saved_model.pb, its directory, or a directory of numbered versions. */
    public static boolean recognises(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.isRegularFile(path) && path.getFileName().toString().equals(GRAPH);
        }
        if (Files.exists(path.resolve(GRAPH))) {
            return true;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.anyMatch(p ->
                    p.getFileName().toString().matches("\\d{1,18}") && Files.exists(p.resolve(GRAPH)));
        }
    }

    /**
     * Looks into a SavedModel; of several versions, the highest.
     *
     * @throws Failure (data) if saved_model.pb is damaged
     */
    public static SavedModelReport of(Path path) throws IOException {
        Path directory = Files.isDirectory(path)
                ? SavedModelScorer.version(path) : path.toAbsolutePath().getParent();
        Path file = directory.resolve(GRAPH);
        SavedModel model;
        try (InputStream in = Files.newInputStream(file)) {
            model = SavedModel.parseFrom(in);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.data("%s: not a SavedModel in binary form: %s", file, e.getMessage(), e);
        }
        if (model.getMetaGraphsCount() == 0) {
            throw Failure.data("%s: found no graph in it; expected a SavedModel in binary form", file);
        }
        MetaGraphDef graph = model.getMetaGraphs(0);
        String version = graph.getMetaInfoDef().getTensorflowVersion();
        String prefix = directory.resolve("variables").resolve("variables").toString();
        CheckpointReport variables =
                CheckpointIndex.exists(prefix) ? CheckpointReport.withNorms(Path.of(prefix)) : null;
        Path config = directory.resolve(SavedModelExport.EXTRA).resolve(SavedModelExport.CONFIG);
        return new SavedModelReport(
                directory.toString(),
                List.copyOf(graph.getMetaInfoDef().getTagsList()),
                version.isEmpty() ? null : version,
                graph.getGraphDef().getNodeCount(),
                variables == null ? 0 : variables.variableCount(),
                variables == null ? 0 : variables.parameters(),
                new TreeMap<>(graph.getSignatureDefMap()).entrySet().stream()
                        .map(e -> signature(e.getKey(), e.getValue()))
                        .toList(),
                assets(directory.resolve("assets")),
                variables == null ? null : variables.variables(),
                Files.exists(config) ? Json.readObject(config) : null,
                Files.exists(config) ? ExportFacts.read(directory) : null);
    }

    private static Signature signature(String name, SignatureDef signature) {
        return new Signature(
                name, signature.getMethodName(), tensors(signature.getInputsMap()), tensors(signature.getOutputsMap()));
    }

    private static List<Tensor> tensors(Map<String, TensorInfo> tensors) {
        return new TreeMap<>(tensors).entrySet().stream().map(e -> {
            TensorShapeProto shape = e.getValue().getTensorShape();
            return new Tensor(
                    e.getKey(),
                    TypeNames.of(e.getValue().getDtype()),
                    shape.getUnknownRank()
                            ? null
                            : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList(),
                    e.getValue().getName());
        }).toList();
    }

    private static List<Asset> assets(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile)
                    .sorted()
                    .map(p -> new Asset(directory.relativize(p).toString(), p.toFile().length()))
                    .toList();
        }
    }

    @JsonProperty
    public String kind() {
        return "saved_model";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "%-14s%s", "SavedModel", path);
        line(out, "%-14s%s%s", "tags", String.join(", ", tags),
                tensorflow == null ? "" : ", written by TensorFlow " + tensorflow);
        line(out, "%-14s%,d", "nodes", nodes);
        line(out, "%-14s%,d, %,d parameters", "variables", variableCount, parameters);
        assets.forEach(asset -> line(out, "%-14s%s, %,d bytes", "asset", asset.file(), asset.bytes()));
        if (model != null) {
            line(out, "%-14s%s", "model", Json.writeLine(model));
        }
        if (answers != null) {
            line(out, "%-14s%s", "head", answers.head());
        }
        if (answers != null && !answers.labels().isEmpty()) {
            line(out, "%-14s%s", "labels", String.join(", ", answers.labels()));
        }
        for (Signature signature : signatures) {
            line(out, "");
            line(out, "%s%s", signature.name(), signature.name().equals(SERVING_DEFAULT) ? " (where none is named)" : "");
            signature.inputs().forEach(tensor -> line(out, row("in", tensor)));
            signature.outputs().forEach(tensor -> line(out, row("out", tensor)));
        }
        if (variables != null) {
            CheckpointReport.appendVariables(out, variables);
        }
        return out.toString();
    }

    private static String row(String direction, Tensor tensor) {
        return String.format(Locale.ROOT, "  %-4s %-24s %-9s %-16s %s", direction, tensor.name(), tensor.type(),
                GraphReport.shape(tensor.shape()), tensor.tensor());
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments))
                .append(System.lineSeparator());
    }
}
