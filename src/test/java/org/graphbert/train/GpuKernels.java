package org.graphbert.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** For tests: which ops have a kernel on a GPU, and for which types; from the table that {@link GpuKernelTable} writes. */
final class GpuKernels {

    private static final String TABLE = "/gpu-kernels.tsv";

    /**
     * One registered kernel.
     *
     * @param constraints an attribute's name to the types that it may have
     * @param hostMemory arguments that lie in the host's memory although the kernel is the GPU's
     */
    record Kernel(String op, Map<String, Set<String>> constraints, Set<String> hostMemory) {

        /** As a line of the table. */
        String line() {
            return op
                    + constraints.entrySet().stream()
                            .map(entry -> "\t" + entry.getKey() + "=" + String.join(",", entry.getValue()))
                            .collect(Collectors.joining())
                    + (hostMemory.isEmpty() ? "" : "\thost: " + String.join(",", hostMemory));
        }

        static Kernel of(String line) {
            Map<String, Set<String>> constraints = new TreeMap<>();
            Set<String> host = new TreeSet<>();
            String[] fields = line.split("\t");
            for (String field : List.of(fields).subList(1, fields.length)) {
                if (field.startsWith("host: ")) {
                    host.addAll(List.of(field.substring("host: ".length()).split(",")));
                } else {
                    String[] parts = field.split("=");
                    constraints.put(parts[0], new TreeSet<>(List.of(parts[1].split(","))));
                }
            }
            return new Kernel(fields[0], constraints, host);
        }

        boolean takes(NodeDef node) {
            return constraints.entrySet().stream()
                    .allMatch(entry -> entry.getValue().contains(name(node.getAttrOrThrow(entry.getKey()).getType())));
        }
    }

    private final Map<String, List<Kernel>> kernels = new TreeMap<>();

    private GpuKernels(List<String> table) {
        table.stream().filter(line -> !line.startsWith("#")).map(Kernel::of).forEach(kernel ->
                kernels.computeIfAbsent(kernel.op(), op -> new ArrayList<>()).add(kernel));
    }

    /** As the committed table says. */
    static GpuKernels read() throws IOException {
        return new GpuKernels(table());
    }

    /** As this table says. */
    static GpuKernels of(List<String> table) {
        return new GpuKernels(table);
    }

    /** The committed table's lines. */
    static List<String> table() throws IOException {
        try (InputStream table = GpuKernels.class.getResourceAsStream(TABLE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
            return lines.lines().toList();
        }
    }

    /** The kernel that a GPU has for the node. */
    Optional<Kernel> of(NodeDef node) {
        return kernels.getOrDefault(node.getOp(), List.of()).stream().filter(kernel -> kernel.takes(node)).findFirst();
    }

    /** A type's name as the table has it: float, int32. */
    static String name(DataType type) {
        return type.name().substring("DT_".length()).toLowerCase(Locale.ROOT);
    }
}
