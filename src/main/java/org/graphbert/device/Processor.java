package org.graphbert.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The machine's processor.
 *
 * @param model its name; empty if nobody tells
 * @param bfloat16 its instructions for products in bfloat16, of which TensorFlow's kernels make use; empty if none
 */
record Processor(String model, List<String> bfloat16) {

    /** As /proc/cpuinfo has them; the second is that of Intel's matrix tiles. */
    private static final List<String> BFLOAT16_FLAGS = List.of("avx512_bf16", "amx_bf16");

    static Processor here() {
        try {
            return of(Files.readAllLines(Path.of("/proc/cpuinfo")), System.getenv("TF_ENABLE_ONEDNN_OPTS"));
        } catch (IOException e) {
            return of(List.of(), null);
        }
    }

    /**
     * A processor.
     *
     * @param lines of /proc/cpuinfo
     * @param oneDnn TensorFlow's switch of the library that has the bfloat16 kernels, by default on; null if not set
     */
    static Processor of(List<String> lines, String oneDnn) {
        boolean kernels = oneDnn == null || oneDnn.equals("1") || oneDnn.equalsIgnoreCase("true");
        Set<String> flags = Set.of(Arrays.stream(value(lines, "flags").split("\\s+")).distinct().toArray(String[]::new));
        return new Processor(
                value(lines, "model name"),
                kernels ? BFLOAT16_FLAGS.stream().filter(flags::contains).toList() : List.of());
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("");
    }
}
