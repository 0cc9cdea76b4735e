package org.graphbert.device;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a process computes on, as far as that decides how it is best computed.
 *
 * @param name for people: the processor's or the GPU's
 * @param gpu whether TensorFlow has a GPU
 * @param capability the GPU's compute capability, e.g. 9.0; empty for a CPU and where nobody says
 * @param memoryBytes what TensorFlow can have of the GPU's memory; 0 for a CPU
 * @param bfloat16 the processor's instructions for products in bfloat16; empty if none, and for a GPU
 * @param xla what XLA needs for a GPU
 */
public record Device(
        String name, boolean gpu, OptionalDouble capability, long memoryBytes, List<String> bfloat16, XlaTools xla) {

    public Device {
        bfloat16 = List.copyOf(bfloat16);
    }

    /** A CPU. */
    static Device cpu(Processor processor) {
        return new Device(
                processor.model().isEmpty() ? "the CPU" : processor.model(),
                false,
                OptionalDouble.empty(),
                0,
                processor.bfloat16(),
                XlaTools.NONE);
    }

    /** What a run's record calls it. */
    public String recorded() {
        return (gpu ? "gpu: " : "cpu: ") + name;
    }
}
