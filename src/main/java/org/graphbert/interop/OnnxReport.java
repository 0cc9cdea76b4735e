package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.interop.OnnxGraph.Weight;
import org.graphbert.interop.proto.OnnxProto.ValueInfoProto;

/**
 * What an ONNX model is: its operators, its constants of more than one number, and whether it is a BERT.
 *
 * @param producer what wrote it
 * @param opset the version of ONNX's operators
 * @param operators how many there are of each type
 * @param model the BERT that it is; null if it is none
 * @param refused why it is none; null if it is
 * @param parameters elements of the floating-point tensors
 * @param tensors by name
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OnnxReport(
        String path,
        String producer,
        long opset,
        List<String> inputs,
        List<String> outputs,
        Map<String, Long> operators,
        ModelConfig model,
        String refused,
        long parameters,
        List<Tensor> tensors) {

    /**
     * A constant.
     *
     * @param variable the variable of BERT that it is; null if it is none
     * @param norm L2, of the finite values; null for types that are no floating-point numbers
     * @param nonFinite how many values are infinite or no numbers; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Tensor(
            String name, String type, List<Long> shape, long elements, String variable, Double norm, Long nonFinite) {}

    /**
     * Looks into a model.
     *
     * @throws Failure (data) if it is damaged
     */
    public static OnnxReport of(Path path) throws IOException {
        try (OnnxFile file = OnnxFile.open(path)) {
            OnnxGraph graph = OnnxGraph.of(file);
            ModelConfig model = null;
            String refused = null;
            Map<String, String> variables = new HashMap<>();
            try {
                OnnxWeights weights = OnnxWeights.of(graph);
                model = weights.config(null);
                weights.variables().forEach((variable, weight) -> variables.merge(
                        weight.name(), variable + turned(weight), (one, other) -> one + ", " + other));
            } catch (Failure e) {
                refused = e.getMessage();
            }
            List<Tensor> tensors = new ArrayList<>();
            for (TensorFile.Entry entry : file.entries().values()) {
                if (entry.elements() > 1) {
                    Norm norm = Norm.of(file, entry.name());
                    tensors.add(new Tensor(entry.name(), entry.type(), entry.shape(), entry.elements(),
                            variables.get(entry.name()), norm == null ? null : norm.l2(), norm == null ? null : norm.nonFinite()));
                }
            }
            return new OnnxReport(
                    file.where(),
                    file.producer(),
                    file.opset(),
                    file.graph().getInputList().stream().map(ValueInfoProto::getName).filter(graph::isInput).toList(),
                    graph.outputs(),
                    graph.nodes().stream().collect(Collectors.groupingBy(OnnxNode::op, TreeMap::new, Collectors.counting())),
                    model,
                    refused,
                    tensors.stream().filter(t -> TypeNames.floating(t.type())).mapToLong(Tensor::elements).sum(),
                    tensors);
        }
    }

    private static String turned(Weight weight) {
        return weight.transposed() ? " (transposed)" : "";
    }

    @JsonProperty
    public String kind() {
        return "onnx";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As lines and a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "ONNX model", path);
        line(out, "written by", producer + ", operator set " + opset);
        line(out, "inputs", String.join(", ", inputs));
        line(out, "outputs", String.join(", ", outputs));
        line(out, "operators", operators.entrySet().stream()
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", ")));
        line(out, "tensors", String.format(Locale.ROOT, "%,d, %,d parameters", tensors.size(), parameters));
        line(out, "BERT", model == null ? "no: " + refused : String.format(Locale.ROOT,
                "%d layers, hidden %d, %d heads, intermediate %d, vocabulary %,d, %,d positions, %s",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), model.maxPositionEmbeddings(), model.hiddenAct().key()));
        out.append(System.lineSeparator());
        Table table = new Table("tensor", "type", "shape", ">elements", ">norm", model == null ? "" : "variable");
        tensors.forEach(t ->
                table.row(t.name(), t.type(), t.shape(), Table.count(t.elements()), Table.magnitude(t.norm()), t.variable()));
        table.appendTo(out);
        tensors.forEach(t -> Norm.pointOutNonFinite(out, t.name(), t.elements(), t.nonFinite()));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String value) {
        out.append(String.format("%-14s%s%n", name, value));
    }
}
