package org.graphbert.train;

import org.graphbert.config.Failure;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.device.Device;

/**
 * How the graph is computed, with nothing left open.
 *
 * @param precision of the matrix products
 * @param xla whether clusters of the graph are compiled
 */
public record Compute(Precision precision, boolean xla) {

    /** Plain float32. */
    public static final Compute FLOAT32 = new Compute(Precision.FLOAT32, false);

    /** From here on NVIDIA's GPUs multiply bfloat16 as fast as float16 (Ampere); from the other on float16 (Volta). */
    private static final double AMPERE = 8.0;
    private static final double VOLTA = 7.0;

    /** What a configuration says that leaves nothing open. */
    static Compute of(RunConfig resolved) {
        return new Compute(Precision.of(resolved.precision()), resolved.xla().equals(RunConfig.ON));
    }

    /**
     * What was chosen, and why.
     *
     * @param text a line for people
     */
    public record Choice(Compute compute, String text) {}

    /**
     * What a device does best, where that is asked for.
     *
     * @param precision a precision's name, or auto
     * @param xla on, off or auto
     * @throws Failure (usage) if XLA is to compile for a GPU and lacks what it needs: it would end the process
     */
    public static Choice choose(String precision, String xla, Device device) {
        Answer<Precision> type = precision.equals(RunConfig.AUTO)
                ? best(device)
                : new Answer<>(Precision.of(precision), "");
        if (xla.equals(RunConfig.ON) && device.gpu() && device.xla().missing().isPresent()) {
            throw Failure.usage("xla is on, but XLA compiles nothing for the GPU here: %s; or leave xla off",
                    device.xla().missing().get());
        }
        Answer<Boolean> compiled = xla.equals(RunConfig.AUTO)
                ? compiled(device)
                : new Answer<>(xla.equals(RunConfig.ON), "");
        String slow = device.gpu() && type.value() == Precision.FLOAT32
                        && device.capability().orElse(0) >= AMPERE
                ? " (its tensor cores multiply tf32 and bfloat16, several times as fast)"
                : "";
        String text = "Compute: " + type.value() + type.reason() + ", XLA " + (compiled.value() ? "on" : "off")
                + compiled.reason() + ", on " + device.name() + slow;
        return new Choice(new Compute(type.value(), compiled.value()), text);
    }

    private record Answer<T>(T value, String reason) {

        static <T> Answer<T> auto(T value, String why) {
            return new Answer<>(value, " (auto: " + why + ")");
        }
    }

    private static Answer<Precision> best(Device device) {
        if (!device.gpu()) {
            return device.bfloat16().isEmpty()
                    ? Answer.auto(Precision.FLOAT32, "no products in bfloat16 here")
                    : Answer.auto(Precision.BFLOAT16, "the processor has " + device.bfloat16().get(0));
        }
        if (device.capability().isEmpty()) {
            return Answer.auto(Precision.FLOAT32, "nvidia-smi does not tell the GPU's compute capability");
        }
        double capability = device.capability().getAsDouble();
        String why = "compute capability " + capability;
        return capability >= AMPERE
                ? Answer.auto(Precision.BFLOAT16, why)
                : Answer.auto(capability >= VOLTA ? Precision.FLOAT16 : Precision.FLOAT32, why);
    }

    private static Answer<Boolean> compiled(Device device) {
        if (!device.gpu()) {
            return Answer.auto(false, "TensorFlow's own kernels are faster on a CPU");
        }
        return device.xla().missing()
                .map(missing -> Answer.auto(false, missing))
                .orElseGet(() -> Answer.auto(true, "ptxas found"));
    }
}
