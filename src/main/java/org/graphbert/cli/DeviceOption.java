package org.graphbert.cli;

import java.util.Optional;
import org.graphbert.config.DeviceChoice;
import org.graphbert.config.Precision;
import org.graphbert.config.Progress;
import org.graphbert.device.Accelerator;
import org.graphbert.device.Device;
import picocli.CommandLine.Option;

/** What a command computes on. To be taken before the command touches TensorFlow, which looks for a GPU once. */
final class DeviceOption {

    @Option(
            names = "--device",
            paramLabel = "auto|cpu|gpu",
            description = "Compute on a GPU where there is one, or only there (${DEFAULT-VALUE}).")
    private DeviceChoice device = DeviceChoice.AUTO;

    /** Chooses, for products in float32. */
    Device use(Progress progress) {
        return Accelerator.use(device, progress::say);
    }

    /** Chooses, for products in another precision. */
    Device use(Precision precision, Progress progress) {
        return Accelerator.use(device, Optional.of(precision), progress::say);
    }
}
