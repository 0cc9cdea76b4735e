package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {

    @Test
    void namesAreTensorFlows() {
        assertEquals(List.of("/device:CPU:0", "/device:CPU:1"), Devices.parse("cpu:2").names());
        assertEquals(List.of("/device:GPU:3", "/device:GPU:1"), Devices.parse("gpu:3,1").names());
        assertEquals(List.of(), Devices.parse("auto").names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu:1", "cpu:256", "gpu:0", "gpu:0,1", "gpu:3,1"})
    void itIsWrittenAsItWasRead(String text) {
        assertEquals(text, Devices.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "cpu", "gpu", "cpu:", "gpu:", "cpu:0", "cpu:257", "cpu:-1", "cpu:99999999999", "gpu:0,0", "gpu:0,", "gpu:,1", "gpu:99999999999",
        "cpu:0,1", "GPU:0", "gpu:0 ,1", "tpu:0", "2"
    })
    void whatNamesNoDevicesIsRefused(String text) {
        Failure refused = assertThrows(Failure.class, () -> Devices.parse(text));
        assertEquals(Failure.Kind.USAGE, refused.kind());
        assertEquals("devices is '" + text + "', expected auto, cpu:N with N from 1 to 256, or gpu: and different numbers, e.g. gpu:0,1",
                refused.getMessage());
    }

    @Test
    void onlyTheFirstOfItsKindIsTensorFlowsOwnChoice() {
        assertTrue(Devices.parse("gpu:0").plain() && Devices.parse("cpu:1").plain());
        assertTrue(!Devices.parse("gpu:1").plain() && !Devices.parse("cpu:2").plain());
    }

    @ParameterizedTest
    @CsvSource({"auto,cpu:2,CPU", "cpu,cpu:2,CPU", "auto,'gpu:0,1',GPU", "gpu,gpu:1,GPU", "gpu,auto,GPU", "cpu,auto,CPU", "auto,auto,AUTO"})
    void severalDevicesSayWhichKind(String device, String devices, DeviceChoice expected) throws Exception {
        assertEquals(expected, config(device, devices).deviceChoice());
    }

    @ParameterizedTest
    @CsvSource({"gpu,cpu:2", "cpu,'gpu:0,1'"})
    void oneKindAndTheOtherIsRefused(String device, String devices) {
        Failure refused = assertThrows(Failure.class, () -> config(device, devices));
        assertEquals("device is " + device + ", but devices is " + devices + "; leave device out, devices says it", refused.getMessage());
    }

    private static RunConfig config(String device, String devices) throws Exception {
        return RunConfig.of(null, Json.MAPPER.createObjectNode()
                .put("model", "m").put("data", "d").put("run", "r").put("steps", 1).put("device", device).put("devices", devices));
    }
}
