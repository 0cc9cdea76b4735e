package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** No op of a training graph makes a GPU wait for the host. */
class GpuKernelsTest {

    /** Checkpoints are files, and their names are strings: the host reads and writes them, between steps. */
    private static final String SAVER = "save/";

    private static Stream<String> names() {
        return GraphVariants.all().keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyOpOfAStepHasAGpuKernel(String variant) throws IOException {
        GpuKernels gpu = GpuKernels.read();
        Set<String> without = new TreeSet<>();
        try (TrainingGraph graph = GraphVariants.all().get(variant).build()) {
            List<NodeDef> nodes = graph.graph().toGraphDef().getNodeList();
            assertTrue(nodes.stream().anyMatch(node -> node.getName().startsWith(SAVER)));
            for (NodeDef node : nodes) {
                if (!node.getName().startsWith(SAVER) && gpu.of(node).isEmpty()) {
                    without.add(node.getOp() + " " + types(node));
                }
            }
        }
        assertEquals(Set.of(), without);
    }

    /** What is in the table is read: int32 in host memory, and no kernel where there is none. */
    @Test
    void theTableSaysWhatTensorFlowRegisters() throws IOException {
        GpuKernels gpu = GpuKernels.read();
        assertEquals(Set.of(), gpu.of(node("Mul", Map.of("T", DataType.DT_FLOAT))).orElseThrow().hostMemory());
        assertEquals(Set.of("x", "y", "z"), gpu.of(node("Mul", Map.of("T", DataType.DT_INT32))).orElseThrow().hostMemory());
        assertFalse(gpu.of(node("Mul", Map.of("T", DataType.DT_STRING))).isPresent());
        assertFalse(gpu.of(node("SaveV2", Map.of())).isPresent());
        assertTrue(gpu.of(node("NoOp", Map.of())).isPresent());
    }

    private static NodeDef node(String op, Map<String, DataType> types) {
        NodeDef.Builder node = NodeDef.newBuilder().setOp(op);
        types.forEach((name, type) -> node.putAttr(
                name, org.tensorflow.proto.AttrValue.newBuilder().setType(type).build()));
        return node.build();
    }

    private static Map<String, String> types(NodeDef node) {
        Map<String, String> types = new java.util.TreeMap<>();
        node.getAttrMap().forEach((name, value) -> {
            if (value.getType() != DataType.DT_INVALID) {
                types.put(name, GpuKernels.name(value.getType()));
            }
        });
        return types;
    }
}
