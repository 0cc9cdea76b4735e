package org.graphbert.train;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * That TensorFlow found no memory, read from what it says of it.
 *
 * @param asked what there was no room for, in words
 * @param gpu whether it was a GPU's memory
 * @param nodes the nodes that asked, by their names; empty if it does not say
 */
record OutOfMemory(String asked, boolean gpu, List<String> nodes) {

    /** OpKernelContext's words (op_kernel.cc); a temporary tensor's lack the type and all behind it. */
    private static final Pattern TENSOR =
            Pattern.compile("OOM when allocating (?:temporary )?tensor (?:with|of) shape ?\\[([\\d,]*)\\](?: and type (\\w+))?");
    /** XLA's words, and those of its allocator for a device. */
    private static final Pattern BYTES = Pattern.compile("(?:trying to allocate|[Ff]ailed to allocate(?: request for)?) ([\\d.]+ ?\\w+)");
    private static final Pattern DEVICE = Pattern.compile("device:GPU:\\d+|GPU_\\d+_bfc|\\bGPU\\b");
    private static final Pattern NODE = Pattern.compile("\\{\\{node ([^}]+)\\}\\}");
    private static final Map<String, Integer> BYTES_OF = Map.of(
            "float", 4, "bfloat16", 2, "half", 2, "double", 8, "int32", 4, "int64", 8, "bool", 1, "uint8", 1, "int8", 1);
    private static final double MB = 1e6;

    OutOfMemory {
        nodes = List.copyOf(nodes);
    }

    /** Empty if something else went wrong. */
    static Optional<OutOfMemory> of(TensorFlowException e) {
        return e instanceof TFResourceExhaustedException ? Optional.of(read(e.getMessage())) : Optional.empty();
    }

    /** Whose memory it was, for people. */
    String place() {
        return gpu ? "the GPU" : "the CPU";
    }

    /** What the message of such an exception says. */
    static OutOfMemory read(String message) {
        String text = message == null ? "" : message;
        Matcher tensor = TENSOR.matcher(text);
        Matcher bytes = BYTES.matcher(text);
        String asked = tensor.find()
                ? tensor(tensor.group(1), tensor.group(2))
                : bytes.find() ? bytes.group(1) : "what a step needs";
        return new OutOfMemory(
                asked, DEVICE.matcher(text).find(), NODE.matcher(text).results().map(found -> found.group(1)).distinct().toList());
    }

    private static String tensor(String shape, String type) {
        Integer each = type == null ? null : BYTES_OF.get(type);
        if (each == null) {
            return "a tensor of [" + shape + "]";
        }
        double size = each;
        for (String dimension : shape.isEmpty() ? new String[0] : shape.split(",")) {
            size *= Long.parseLong(dimension);
        }
        return String.format(Locale.ROOT, "a tensor of [%s] in %s (%,.1f MB)", shape, type, size / MB);
    }
}
