package org.graphbert.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TF_DeviceList;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.global.tensorflow;

/** The devices that TensorFlow has, by its own word. */
final class TensorFlowDevices {

    private TensorFlowDevices() {}

    /**
     * A device.
     *
     * @param name e.g. /job:localhost/replica:0/task:0/device:GPU:0
     * @param type CPU, GPU, ...
     * @param memoryBytes what its allocator may take
     */
    record Listed(String name, String type, long memoryBytes) {

        /** For people. */
        String text() {
            String number = name.substring(name.lastIndexOf("device:") + "device:".length());
            return type.equals("CPU") ? number : String.format(Locale.ROOT, "%s, %.1f GB", number, memoryBytes / 1e9);
        }
    }

    /** Makes them, where no session has made them before; a library that is missing makes TensorFlow go without a GPU. */
    static List<Listed> list() {
        try (TF_Status status = TF_Status.newStatus();
                TFE_ContextOptions options = TFE_ContextOptions.newContextOptions();
                TFE_Context context = TFE_Context.newContext(options, status)) {
            status.throwExceptionIfNotOK();
            TF_DeviceList devices = tensorflow.TFE_ContextListDevices(context, status);
            status.throwExceptionIfNotOK();
            try {
                List<Listed> listed = new ArrayList<>();
                for (int i = 0; i < tensorflow.TF_DeviceListCount(devices); i++) {
                    listed.add(new Listed(
                            tensorflow.TF_DeviceListName(devices, i, status).getString(),
                            tensorflow.TF_DeviceListType(devices, i, status).getString(),
                            tensorflow.TF_DeviceListMemoryBytes(devices, i, status)));
                }
                return listed;
            } finally {
                tensorflow.TF_DeleteDeviceList(devices);
            }
        }
    }
}
