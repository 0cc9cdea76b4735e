package org.graphbert.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.graphbert.config.Version;
import org.graphbert.device.Accelerator;
import org.graphbert.device.Nvidia;
import org.graphbert.graph.SessionOptions;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * What a machine offers to training.
 *
 * @param heapGigabytes the JVM's largest heap; TensorFlow's tensors lie outside it
 * @param memoryGigabytes of the machine, or that this process may have of it; 0 if not known
 * @param matmulGigaflops measured: float32 matrix products of 1024 rows and columns
 * @param gpus what NVIDIA's driver lists
 * @param nvidia its driver, cards and libraries, and what TensorFlow makes of them
 * @param build cpu or gpu: the native library in use
 * @param advice what is missing and what to do about it
 */
public record Diagnosis(
        String graphbert,
        String java,
        String os,
        int cores,
        double heapGigabytes,
        double memoryGigabytes,
        double diskGigabytes,
        String tensorflow,
        String build,
        double matmulGigaflops,
        List<String> gpus,
        Nvidia nvidia,
        List<String> advice) {

    private static final double GIGABYTE = 1e9;
    private static final int MATRIX = 1024;
    private static final int PRODUCTS = 10;
    /** Weights, moments and activations of bert-base at batch 32 and length 128 need about this much. */
    private static final double COMFORTABLE_GIGABYTES = 8;

    /**
     * Looks at this machine; takes a second or two, and half a minute where the libraries for a GPU are to be unpacked.
     *
     * @param say is told what takes long
     */
    public static Diagnosis make(Consumer<String> say) {
        Runtime runtime = Runtime.getRuntime();
        Nvidia nvidia = Nvidia.look(say);
        double memory = MachineMemory.now().totalBytes() / GIGABYTE;
        double disk = Path.of("").toAbsolutePath().toFile().getUsableSpace() / GIGABYTE;
        return new Diagnosis(
                Version.CURRENT,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                runtime.availableProcessors(),
                runtime.maxMemory() / GIGABYTE,
                memory,
                disk,
                TensorFlow.version(),
                Accelerator.gpuBuild() ? "gpu" : "cpu",
                measureMatmul(),
                nvidia.gpus().stream().map(Nvidia.Card::name).toList(),
                nvidia,
                advice(nvidia, memory));
    }

    private static List<String> advice(Nvidia nvidia, double memory) {
        List<String> advice = new ArrayList<>();
        if (nvidia.problem() != null) {
            advice.add(nvidia.problem());
        }
        if (memory > 0 && memory < COMFORTABLE_GIGABYTES) {
            advice.add(String.format(
                    Locale.ROOT, "%.1f GB of memory is little for bert-base; use a smaller model or batch", memory));
        }
        return advice;
    }

    /** Fed and its result fetched, or TensorFlow would compute it once, before it is timed, or not at all. */
    private static double measureMatmul() {
        Shape square = Shape.of(MATRIX, MATRIX);
        try (Graph graph = new Graph();
                TFloat32 ones = TFloat32.tensorOf(square, t -> t.scalars().forEach(s -> s.setFloat(1f / MATRIX)))) {
            Ops tf = Ops.create(graph);
            Operand<TFloat32> matrix = tf.placeholder(TFloat32.class);
            Operand<TFloat32> product = matrix;
            for (int i = 0; i < PRODUCTS; i++) {
                product = tf.linalg.matMul(product, matrix);
            }
            Operand<TFloat32> sum = tf.sum(product, tf.array(0, 1));
            // On the CPU, in a GPU build too.
            ConfigProto cpu = SessionOptions.threads(0).proto().toBuilder().putDeviceCount("GPU", 0).build();
            try (Session session = new Session(graph, cpu)) {
                session.runner().feed(matrix, ones).fetch(sum).run().close();
                long start = System.nanoTime();
                session.runner().feed(matrix, ones).fetch(sum).run().close();
                double seconds = (System.nanoTime() - start) / 1e9;
                return 2.0 * MATRIX * MATRIX * MATRIX * PRODUCTS / seconds / 1e9;
            }
        }
    }

    /** The facts, a line each. */
    public String text() {
        StringBuilder text = new StringBuilder();
        row(text, "graphbert", graphbert);
        row(text, "Java", java + String.format(Locale.ROOT, ", heap up to %.1f GB", heapGigabytes));
        row(text, "System", os);
        row(text, "Processor", cores + " cores");
        row(text, "Memory", memoryGigabytes == 0 ? "unknown" : String.format(Locale.ROOT, "%.1f GB", memoryGigabytes));
        row(text, "Disk", String.format(Locale.ROOT, "%.1f GB free here", diskGigabytes));
        row(text, "TensorFlow", tensorflow + ", " + build + " build");
        row(text, "Matrix product", String.format(Locale.ROOT, "%.0f GFLOP/s in float32, on the CPU", matmulGigaflops));
        row(text, "GPU", gpus.isEmpty() ? "none" : nvidia.gpus().stream().map(Nvidia.Card::text).collect(Collectors.joining("; ")));
        if (nvidia.driver() != null) {
            row(text, "NVIDIA driver", nvidia.driver() + (nvidia.cuda() == null ? "" : ", for CUDA up to " + nvidia.cuda()));
        }
        if (!nvidia.libraries().isEmpty()) {
            row(text, "CUDA libraries", nvidia.librariesText());
            row(text, "XLA", nvidia.xlaText());
            row(text, "Devices", nvidia.devices().isEmpty() ? "none" : String.join("; ", nvidia.devices()));
        }
        row(text, "Missing", advice.isEmpty() ? "nothing" : String.join("; ", advice));
        return text.toString().stripTrailing();
    }

    private static void row(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-15s %s%n", name, value));
    }
}
