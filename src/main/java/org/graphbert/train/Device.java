package org.graphbert.train;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/**
 * What training runs on, as far as that decides how it is best computed.
 *
 * @param name for people: the processor's or the GPU's
 * @param gpu whether TensorFlow has a GPU
 * @param capability the GPU's compute capability, e.g. 9.0; empty for a CPU and where nobody says
 * @param bfloat16 the processor's instructions for products in bfloat16, of which TensorFlow's kernels make use; empty if none
 * @param ptxas whether NVIDIA's assembler is there, without which XLA compiles nothing for a GPU
 */
record Device(String name, boolean gpu, OptionalDouble capability, List<String> bfloat16, boolean ptxas) {

    /** As /proc/cpuinfo has them; the second is that of Intel's matrix tiles. */
    private static final List<String> BFLOAT16_FLAGS = List.of("avx512_bf16", "amx_bf16");
    private static final long SECONDS = 10;

    Device {
        bfloat16 = List.copyOf(bfloat16);
    }

    /** The device that a session of this process would use. */
    static Device here() {
        if (Diagnosis.gpuBuild() && !Diagnosis.listGpus().isEmpty() && tensorflowHasGpu()) {
            return new Device(
                    Diagnosis.listGpus().get(0),
                    true,
                    capability(output("nvidia-smi", "--query-gpu=compute_cap", "--format=csv,noheader")),
                    List.of(),
                    ptxas(System.getenv("PATH"), System.getenv("CUDA_HOME"), "/usr/local/cuda"));
        }
        return cpu(processor(), System.getenv("TF_ENABLE_ONEDNN_OPTS"));
    }

    /**
     * A processor.
     *
     * @param processor the lines of /proc/cpuinfo
     * @param oneDnn TensorFlow's switch of the library that has the bfloat16 kernels, by default on; null if not set
     */
    static Device cpu(List<String> processor, String oneDnn) {
        boolean kernels = oneDnn == null || oneDnn.equals("1") || oneDnn.equalsIgnoreCase("true");
        Set<String> flags = Set.of(Arrays.stream(value(processor, "flags").split("\\s+")).distinct().toArray(String[]::new));
        String model = value(processor, "model name");
        return new Device(
                model.isEmpty() ? "the CPU" : model,
                false,
                OptionalDouble.empty(),
                kernels ? BFLOAT16_FLAGS.stream().filter(flags::contains).toList() : List.of(),
                false);
    }

    /** The first GPU's, out of what nvidia-smi prints of it. */
    static OptionalDouble capability(String printed) {
        return printed.lines()
                .map(String::strip)
                .filter(line -> line.matches("\\d+\\.\\d+"))
                .mapToDouble(Double::parseDouble)
                .findFirst();
    }

    /**
     * Whether it is where XLA looks for it.
     *
     * @param path directories of programs, or null
     * @param toolkits of CUDA; null or empty for none
     */
    static boolean ptxas(String path, String... toolkits) {
        Stream<Path> ofToolkits = Arrays.stream(toolkits)
                .filter(home -> home != null && !home.isEmpty())
                .map(home -> Path.of(home, "bin"));
        Stream<Path> onPath = Arrays.stream(path == null ? new String[0] : path.split(File.pathSeparator)).map(Path::of);
        return Stream.concat(ofToolkits, onPath).anyMatch(directory -> Files.isExecutable(directory.resolve("ptxas")));
    }

    private static String value(List<String> processor, String key) {
        return processor.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }

    private static List<String> processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** A library that is missing makes TensorFlow go without a GPU that the driver has. */
    private static boolean tensorflowHasGpu() {
        try (TF_Status status = TF_Status.newStatus();
                TFE_ContextOptions options = TFE_ContextOptions.newContextOptions();
                TFE_Context context = TFE_Context.newContext(options, status)) {
            status.throwExceptionIfNotOK();
            TF_DeviceList devices = tensorflow.TFE_ContextListDevices(context, status);
            status.throwExceptionIfNotOK();
            try {
                for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
                    if (tensorflow.TF_DeviceListType(devices, i, status).getString().equals("GPU")) {
                        return true;
                    }
                }
                return false;
            } finally {
                tensorflow.TF_DeleteDeviceList(devices);
            }
        }
    }

    /** What a program prints; nothing where it is not there or fails. */
    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? printed : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
