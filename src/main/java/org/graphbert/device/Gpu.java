package org.graphbert.device;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A GPU that NVIDIA's driver lists.
 *
 * @param name of the model
 * @param memoryBytes its memory; empty where nvidia-smi is not there to tell
 * @param freeBytes what of it nobody has taken
 * @param capability compute capability, e.g. 9.0
 */
public record Gpu(String name, OptionalLong memoryBytes, OptionalLong freeBytes, OptionalDouble capability) {

    /** One of which only the name is known. */
    static Gpu named(String name) {
        return new Gpu(name, OptionalLong.empty(), OptionalLong.empty(), OptionalDouble.empty());
    }
}
