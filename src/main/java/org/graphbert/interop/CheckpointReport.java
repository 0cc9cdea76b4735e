package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/**
 * What a TensorFlow V2 checkpoint holds: from its index alone, or with the norms of the values too.
 *
 * @param path the prefix, as TensorFlow's savers take it
 * @param variableCount variables without the optimiser's slots
 * @param parameters floating-point elements of those
 * @param slotCount the optimiser's moments, {@code NAME/adam_m} and {@code NAME/adam_v}
 * @param elements of all variables and slots
 * @param bytes of all variables and slots
 * @param variables all of them, slots too, by name
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CheckpointReport(
        String path,
        int variableCount,
        long parameters,
        int slotCount,
        long elements,
        long bytes,
        List<DataFile> dataFiles,
        List<Variable> variables) {

    /** A file of values; its size is null where it is missing. */
    public record DataFile(String file, Long bytes) {}

    /**
     * A variable.
     *
     * @param type TensorFlow's name for it in Python, e.g. float32
     * @param slotOf the variable whose moment this is, or null
     * @param norm L2, of the finite values; null where values are not read, and for types other than floating-point ones
     * @param nonFinite how many values are infinite or no numbers; null likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Variable(
            String name, String type, List<Long> shape, long elements, long bytes, String slotOf, Double norm, Long nonFinite) {

        private boolean parameter() {
            return slotOf == null && TypeNames.floating(type);
        }
    }

    /**
     * Looks into a checkpoint's index.
     *
     * @param path its prefix, one of its files, or the directory that holds it
     * @throws Failure (usage) if the directory holds several, (data) if the index is damaged
     */
    public static CheckpointReport of(Path path) throws IOException {
        return of(CheckpointIndex.read(CheckpointFiles.prefix(path)), null);
    }

    /**
     * The same with the norms of the values, which are all read, a tensor at a time; without them where a data file is missing.
     *
     * @throws Failure (usage) if the directory holds several, (data) if the index or a data file is damaged
     */
    public static CheckpointReport withNorms(Path path) throws IOException {
        CheckpointIndex index = CheckpointIndex.read(CheckpointFiles.prefix(path));
        if (!index.dataFiles().stream().allMatch(Files::exists)) {
            return of(index, null);
        }
        try (CheckpointTensors values = CheckpointTensors.open(index)) {
            return of(index, values);
        }
    }

    private static CheckpointReport of(CheckpointIndex index, CheckpointTensors valuesOrNull) throws IOException {
        List<Variable> variables = new ArrayList<>();
        for (CheckpointIndex.Entry entry : index.entries().values()) {
            Norm norm = valuesOrNull == null ? null : Norm.of(valuesOrNull, entry.name());
            variables.add(new Variable(
                    entry.name(), TypeNames.of(entry.type()), entry.shape(), entry.elements(), entry.bytes(),
                    OptimizerSlots.variableOf(entry.name()).orElse(null),
                    norm == null ? null : norm.l2(), norm == null ? null : norm.nonFinite()));
        }
        List<DataFile> files = new ArrayList<>();
        for (Path file : index.dataFiles()) {
            files.add(new DataFile(file.toString(), Files.exists(file) ? Files.size(file) : null));
        }
        List<Variable> parameters = variables.stream().filter(Variable::parameter).toList();
        int slots = (int) variables.stream().filter(v -> v.slotOf() != null).count();
        return new CheckpointReport(
                index.prefix(),
                variables.size() - slots,
                parameters.stream().mapToLong(Variable::elements).sum(),
                slots,
                variables.stream().mapToLong(Variable::elements).sum(),
                variables.stream().mapToLong(Variable::bytes).sum(),
                files,
                variables);
    }

    @JsonProperty
    public String kind() {
        return "checkpoint";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table; a variable's slots stand in its row. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "%-14s%s", "checkpoint", path);
        line(out, "%-14s%,d, %,d parameters", "variables", variableCount, parameters);
        line(out, "%-14s%,d slots of the optimiser", "slots", slotCount);
        line(out, "%-14s%,d elements, %,d bytes", "in all", elements, bytes);
        for (DataFile file : dataFiles) {
            line(out, "%-14s%s", "values", file.file() + (file.bytes() == null ? ": missing" : ""));
        }
        appendVariables(out, variables);
        return out.toString();
    }

    /** Appends the table of the variables; a variable's slots stand in its row. */
    public static void appendVariables(StringBuilder out, List<Variable> variables) {
        Map<String, List<String>> slots = variables.stream()
                .filter(v -> v.slotOf() != null)
                .collect(Collectors.groupingBy(
                        Variable::slotOf,
                        TreeMap::new,
                        Collectors.mapping(v -> v.name().substring(v.slotOf().length() + 1), Collectors.toList())));
        Table table = new Table("variable", "type", "shape", ">elements", ">norm", slots.isEmpty() ? "" : "slots");
        for (Variable v : variables) {
            if (v.slotOf() == null) {
                table.row(v.name(), v.type(), v.shape(), Table.count(v.elements()), Table.magnitude(v.norm()),
                        String.join(", ", slots.getOrDefault(v.name(), List.of())));
            }
        }
        table.appendTo(out);
        variables.forEach(v -> Norm.pointOutNonFinite(out, v.name(), v.elements(), v.nonFinite()));
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
