package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.graphbert.graph.StaticGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * No op of any of our graphs makes a GPU wait for the host. The GPU build is asked itself where it is what runs; the committed
 * table, which is what it says, where it is not.
 */
class GpuKernelsTest {

    /**
     * What a GPU has no kernel for, all of it in checkpoints, which are files that the host reads and writes between steps:
     * the two ops, and the strings of their arguments, for a GPU holds no strings.
     */
    private static final Set<String> OF_THE_HOST =
            Set.of("SaveV2", "RestoreV2", "Placeholder string", "Const string", "Identity string");

    /**
     * What a graph asks the host for by a device's name: the seeds of dropout's random bits, a key and a number that Pack joins,
     * which the kernels of random numbers read in the host's memory.
     */
    private static final Set<String> SEEDS = Set.of("Pack", "Const");

    /** And the arithmetic of sizes that are free until a graph runs, which the host reads; a step of pre-training has none. */
    private static final Set<String> SIZES = Set.of(
            "Add", "BroadcastGradientArgs", "Cast", "ConcatV2", "Div", "DynamicStitch", "ExpandDims", "Fill", "Maximum", "Mod",
            "Mul", "Pack", "Prod", "Range", "Reshape", "Slice", "Squeeze", "Sub");

    @TempDir
    private static Path directory;

    private static boolean gpuBuild;
    private static GpuKernels gpu;

    @BeforeAll
    static void ask() throws IOException {
        gpuBuild = GpuKernelTable.gpuBuild();
        gpu = gpuBuild ? GpuKernels.of(GpuKernelTable.lines(directory)) : GpuKernels.read();
    }

    private static Stream<String> names() {
        return GraphRuns.all(directory).keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyOpOfARunHasAGpuKernel(String name) {
        try (GraphRuns of = GraphRuns.all(directory).get(name).get()) {
            StaticGraph graph = StaticGraph.of(of.graph());
            of.runs().forEach((run, targets) -> {
                Set<String> without = new TreeSet<>();
                Set<String> asked = new TreeSet<>();
                graph.neededBy(targets).stream().mapToObj(graph.nodes()::get).forEach(node -> {
                    if (gpu.of(node.definition()).isEmpty()) {
                        without.add(node.op() + " " + types(node.definition()));
                    }
                    if (!node.definition().getDevice().isEmpty()) {
                        asked.add(node.op());
                    }
                });
                assertEquals(Set.of(), without, run);
                asked.removeAll(SEEDS);
                if (!name.startsWith("products") && (!run.equals("step") || name.startsWith("fine-tuning"))) {
                    asked.removeAll(SIZES);
                }
                assertEquals(Set.of(), asked, run);
            });
        }
    }

    /** Nor has the rest of a graph, which runs between steps, but for files. */
    @ParameterizedTest
    @MethodSource("names")
    void checkpointsAloneAreTheHosts(String name) {
        try (GraphRuns of = GraphRuns.all(directory).get(name).get()) {
            Set<String> without = new TreeSet<>();
            for (NodeDef node : of.graph().toGraphDef().getNodeList()) {
                if (gpu.of(node).isEmpty()) {
                    String strings = types(node).containsValue("string") ? " string" : "";
                    without.add(List.of("SaveV2", "RestoreV2").contains(node.getOp()) ? node.getOp() : node.getOp() + strings);
                }
            }
            without.removeAll(OF_THE_HOST);
            assertEquals(Set.of(), without);
        }
    }

    /** With it, what the other build's tests rest on is never stale. */
    @Test
    void theCommittedTableIsWhatTheGpuBuildSays() throws IOException {
        assumeTrue(gpuBuild, "the CPU build has no kernels of GPUs");
        assertEquals(String.join("\n", GpuKernels.table()), String.join("\n", GpuKernelTable.lines(directory)),
                "write it again, as GpuKernelTable says");
    }

    /** What is in the table is read: int32 in host memory, and no kernel where there is none. */
    @Test
    void theTableSaysWhatTensorFlowRegisters() {
        assertEquals(Set.of(), gpu.of(node("Mul", Map.of("T", DataType.DT_FLOAT))).orElseThrow().hostMemory());
        assertEquals(Set.of("x", "y", "z"), gpu.of(node("Mul", Map.of("T", DataType.DT_INT32))).orElseThrow().hostMemory());
        assertFalse(gpu.of(node("Mul", Map.of("T", DataType.DT_STRING))).isPresent());
        assertFalse(gpu.of(node("SaveV2", Map.of())).isPresent());
        assertTrue(gpu.of(node("NoOp", Map.of())).isPresent());
    }

    private static NodeDef node(String op, Map<String, DataType> types) {
        NodeDef.Builder node = NodeDef.newBuilder().setOp(op);
        types.forEach((name, type) -> node.putAttr(name, AttrValue.newBuilder().setType(type).build()));
        return node.build();
    }

    private static Map<String, String> types(NodeDef node) {
        Map<String, String> types = new TreeMap<>();
        node.getAttrMap().forEach((name, value) -> {
            if (value.getType() != DataType.DT_INVALID) {
                types.put(name, GpuKernels.name(value.getType()));
            }
        });
        return types;
    }
}
