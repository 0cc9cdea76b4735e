package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.graphbert.config.Directories;
import org.graphbert.train.GpuKernels.Kernel;
import org.tensorflow.TensorFlow;
import org.tensorflow.internal.c_api.TF_Buffer;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.KernelDef;
import org.tensorflow.proto.KernelList;

/**
 * Writes what {@link GpuKernels} reads: the kernels that TensorFlow's GPU build registers for a GPU, of the ops that our graphs
 * use and of some that they may come to use. It is run once for a release of TensorFlow, on any machine (no GPU is needed),
 * with the GPU build in the class path:
 *
 * <pre>
 * mvn -Pgpu test-compile dependency:build-classpath -Dmdep.outputFile=target/gpu-classpath
 * java -cp target/test-classes:target/classes:$(cat target/gpu-classpath) org.graphbert.train.GpuKernelTable \
 *     src/test/resources/gpu-kernels.tsv
 * </pre>
 */
final class GpuKernelTable {

    /** A kernel of the second is what a GPU takes for which the first has none. */
    private static final List<String> DEVICES = List.of("GPU", "DEFAULT");

    /** Ops that our graphs do without today. */
    private static final List<String> MARGIN = List.of(
            "Abs", "AddN", "ArgMax", "AssignAddVariableOp", "BatchMatMulV2", "BatchMatMulV3", "Bincount", "ConcatV2", "Cos",
            "DynamicStitch", "Einsum", "Elu", "Erf", "Exp", "FusedBatchNormV3", "GatherNd", "GatherV2", "InvertPermutation",
            "LogSoftmax", "Max", "Min", "Pack", "Pad", "PadV2", "Pow", "Prod", "RandomUniform", "RealDiv", "Relu6",
            "ResourceApplyAdamWithAmsgrad", "ResourceGather", "ResourceScatterAdd", "ReverseV2", "Roll", "ScatterNd", "Select",
            "SelectV2", "Sin", "Softplus", "SparseSoftmaxCrossEntropyWithLogits", "Split", "SplitV", "Squeeze",
            "StatelessRandomUniformV2", "StridedSlice", "TensorScatterAdd", "Tile", "TopKV2", "UniqueV2", "Unpack",
            "UnsortedSegmentSum", "Where", "ZerosLike");

    /** Those of our graphs, and those that mixed precision may bring. */
    private static final Set<DataType> TYPES = Set.of(
            DataType.DT_FLOAT, DataType.DT_DOUBLE, DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_INT32,
            DataType.DT_INT64, DataType.DT_UINT8, DataType.DT_UINT32, DataType.DT_UINT64, DataType.DT_BOOL, DataType.DT_STRING);

    private GpuKernelTable() {}

    public static void main(String[] arguments) throws IOException {
        Path exports = Files.createTempDirectory("gpu-kernels");
        try {
            Files.write(Path.of(arguments[0]), lines(exports));
        } finally {
            Directories.delete(exports);
        }
    }

    /**
     * Whether this process runs on the GPU build: it registers a GPU's kernels whether there is a GPU or not. Of those that only
     * move tensors, the other build registers a few too.
     */
    static boolean gpuBuild() throws IOException {
        return registered().getKernelList().stream()
                .anyMatch(kernel -> kernel.getDeviceType().equals("GPU") && kernel.getOp().equals("MatMul"));
    }

    /**
     * The table, by the native library of this process.
     *
     * @param exports where an export may be written
     */
    static List<String> lines(Path exports) throws IOException {
        Set<String> ops = new TreeSet<>(MARGIN);
        GraphRuns.all(exports).values().forEach(graph -> {
            try (GraphRuns runs = graph.get()) {
                runs.graph().toGraphDef().getNodeList().forEach(node -> ops.add(node.getOp()));
            }
        });
        TreeMap<String, Set<String>> lines = new TreeMap<>();
        KernelList registered = registered();
        for (String device : DEVICES) {
            TreeMap<String, List<Kernel>> kernels = new TreeMap<>();
            for (KernelDef definition : registered.getKernelList()) {
                // A kernel with a label is one that a node asks for by that label.
                if (ops.contains(definition.getOp())
                        && definition.getDeviceType().equals(device)
                        && definition.getLabel().isEmpty()) {
                    Kernel kernel = kernel(definition);
                    if (kernel.constraints().values().stream().noneMatch(Set::isEmpty)) {
                        merge(kernels.computeIfAbsent(kernel.op(), op -> new ArrayList<>()), kernel);
                    }
                }
            }
            kernels.forEach((op, of) -> of.stream().map(Kernel::line).sorted().forEach(line ->
                    lines.computeIfAbsent(op, name -> new LinkedHashSet<>()).add(line)));
        }
        List<String> table = new ArrayList<>();
        table.add("# op, types of its attributes, arguments in host memory: written by GpuKernelTable, TensorFlow "
                + TensorFlow.version());
        lines.values().forEach(table::addAll);
        return table;
    }

    private static KernelList registered() throws IOException {
        try (TF_Status status = TF_Status.newStatus()) {
            TF_Buffer buffer = tensorflow.TF_GetAllRegisteredKernels(status);
            status.throwExceptionIfNotOK();
            try (buffer) {
                return KernelList.parseFrom(buffer.dataAsByteBuffer());
            }
        }
    }

    private static Kernel kernel(KernelDef definition) {
        TreeMap<String, Set<String>> constraints = new TreeMap<>();
        definition.getConstraintList().forEach(constraint -> {
            Set<String> types = constraints.computeIfAbsent(constraint.getName(), name -> new TreeSet<>());
            constraint.getAllowedValues().getList().getTypeList().stream()
                    .filter(TYPES::contains)
                    .forEach(type -> types.add(GpuKernels.name(type)));
        });
        return new Kernel(definition.getOp(), constraints, new TreeSet<>(definition.getHostMemoryArgList()));
    }

    /** Kernels that differ in the types of one attribute alone become one line. */
    private static void merge(List<Kernel> kernels, Kernel kernel) {
        for (Kernel known : kernels) {
            List<String> different = known.constraints().keySet().stream()
                    .filter(name -> !known.constraints().get(name).equals(kernel.constraints().get(name)))
                    .toList();
            if (known.hostMemory().equals(kernel.hostMemory())
                    && known.constraints().keySet().equals(kernel.constraints().keySet())
                    && different.size() <= 1) {
                kernels.remove(known);
                TreeMap<String, Set<String>> joined = new TreeMap<>(known.constraints());
                different.forEach(name -> {
                    Set<String> types = new TreeSet<>(known.constraints().get(name));
                    types.addAll(kernel.constraints().get(name));
                    joined.put(name, types);
                });
                merge(kernels, new Kernel(kernel.op(), joined, kernel.hostMemory()));
                return;
            }
        }
        kernels.add(kernel);
    }
}
