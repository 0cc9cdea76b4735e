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
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/**
 * What a TensorFlow V2 checkpoint holds, from its index alone.
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

    private static final String INDEX = ".index";
    private static final Pattern VALUES = Pattern.compile("\\.data-\\d{5}-of-\\d{5}$");
    /** Google's savers write the first two names, ours and other Adams' the same. */
    private static final List<String> SLOTS = List.of("/adam_m", "/adam_v");

    /** A file of values; its size is null where it is missing. */
    public record DataFile(String file, Long bytes) {}

    /**
     * A variable.
     *
     * @param type TensorFlow's name for it in Python, e.g. float32
     * @param slotOf the variable whose moment this is, or null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Variable(String name, String type, List<Long> shape, long elements, long bytes, String slotOf) {

        private boolean parameter() {
            return slotOf == null && TypeNames.floating(type);
        }
    }

    /** Whether the path is a prefix, one of the checkpoint's files, or a directory with an index in it. */
    public static boolean recognises(Path path) throws IOException {
        return Files.isDirectory(path) ? !prefixes(path).isEmpty() : CheckpointIndex.exists(prefixOf(path));
    }

    /**
     * Looks into a checkpoint.
     *
     * @param path its prefix, one of its files, or the directory that holds it
     * @throws Failure (usage) if the directory holds several, (data) if the index is damaged
     */
    public static CheckpointReport of(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return of(prefixOf(path));
        }
        List<String> prefixes = prefixes(path);
        if (prefixes.size() != 1) {
            throw Failure.usage(
                    "%s: found %d checkpoints, expected one; name one of %s",
                    path, prefixes.size(), String.join(", ", prefixes));
        }
        return of(prefixes.get(0));
    }

    private static CheckpointReport of(String prefix) throws IOException {
        CheckpointIndex index = CheckpointIndex.read(prefix);
        List<Variable> variables = new ArrayList<>();
        for (CheckpointIndex.Entry entry : index.entries().values()) {
            variables.add(new Variable(
                    entry.name(), TypeNames.of(entry.type()), entry.shape(), entry.elements(), entry.bytes(),
                    slotOf(entry.name())));
        }
        List<DataFile> files = new ArrayList<>();
        for (Path file : index.dataFiles()) {
            files.add(new DataFile(file.toString(), Files.exists(file) ? Files.size(file) : null));
        }
        List<Variable> parameters = variables.stream().filter(Variable::parameter).toList();
        int slots = (int) variables.stream().filter(v -> v.slotOf() != null).count();
        return new CheckpointReport(
                prefix,
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
        Map<String, List<String>> slots = variables.stream()
                .filter(v -> v.slotOf() != null)
                .collect(Collectors.groupingBy(
                        Variable::slotOf,
                        TreeMap::new,
                        Collectors.mapping(v -> v.name().substring(v.slotOf().length() + 1), Collectors.toList())));
        line(out, "");
        line(out, "%-66s %-9s %-16s %14s  %s", "variable", "type", "shape", "elements", "slots");
        for (Variable v : variables) {
            if (v.slotOf() == null) {
                line(out, "%-66s %-9s %-16s %,14d  %s", v.name(), v.type(), v.shape(), v.elements(),
                        String.join(", ", slots.getOrDefault(v.name(), List.of())));
            }
        }
        return out.toString();
    }

    private static String slotOf(String name) {
        return SLOTS.stream()
                .filter(name::endsWith)
                .map(slot -> name.substring(0, name.length() - slot.length()))
                .findFirst()
                .orElse(null);
    }

    private static String prefixOf(Path path) {
        String name = path.toString();
        return name.endsWith(INDEX)
                ? name.substring(0, name.length() - INDEX.length())
                : VALUES.matcher(name).replaceFirst("");
    }

    /** Found by their values: other files end in .index too, a data set's offsets for one. */
    private static List<String> prefixes(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(Path::toString)
                    .filter(file -> VALUES.matcher(file).find())
                    .map(file -> VALUES.matcher(file).replaceFirst(""))
                    .distinct()
                    .filter(CheckpointIndex::exists)
                    .sorted()
                    .toList();
        }
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
