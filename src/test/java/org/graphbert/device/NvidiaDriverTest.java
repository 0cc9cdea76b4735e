package org.graphbert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of NVIDIA's driver, by the files and the program of machines that have it in whole or in part. */
class NvidiaDriverTest {

    private static final String VERSION = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.04  Release Build\n"
            + "GCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)\n";
    private static final NvidiaDriver.Smi NO_SMI = arguments -> "";

    @TempDir
    private Path directory;
    private Path proc;
    private Path dev;
    private SystemLibraries without;

    @BeforeEach
    void aMachine() throws IOException {
        proc = directory.resolve("proc");
        dev = Files.createDirectories(directory.resolve("dev"));
        without = new SystemLibraries(null, directory.resolve("ld.so.cache"), List.of());
    }

    private SystemLibraries withLibrary() throws IOException {
        Path lib = Files.createDirectories(directory.resolve("lib"));
        Files.writeString(lib.resolve("libcuda.so.1"), "");
        return new SystemLibraries(null, directory.resolve("ld.so.cache"), List.of(lib));
    }

    private void running() throws IOException {
        Files.createDirectories(proc);
        Files.writeString(proc.resolve("version"), VERSION);
    }

    private static String smi(String... arguments) {
        return arguments.length == 0
                ? "| NVIDIA-SMI 580.159.04   Driver Version: 580.159.04     CUDA Version: 13.0     |\n"
                : "NVIDIA H100 80GB HBM3, 81559, 81079, 9.0, 580.159.04\nNVIDIA T400, [N/A], [N/A], 7.5, 580.159.04\n";
    }

    @Test
    void nvidiaSmiTellsAllOfIt() throws IOException {
        running();
        NvidiaDriver driver = NvidiaDriver.of(withLibrary(), proc, dev, NvidiaDriverTest::smi);
        assertEquals(Optional.of("580.159.04"), driver.version());
        assertEquals(Optional.of("13.0"), driver.cuda());
        assertEquals(List.of(
                new Gpu("NVIDIA H100 80GB HBM3", OptionalLong.of(81559L << 20), OptionalLong.of(81079L << 20), OptionalDouble.of(9.0)),
                new Gpu("NVIDIA T400", OptionalLong.empty(), OptionalLong.empty(), OptionalDouble.of(7.5))), driver.gpus());
        assertEquals(Optional.empty(), driver.missing());
    }

    @Test
    void withoutNvidiaSmiTheDriversDirectoryTellsTheNames() throws IOException {
        running();
        Files.createDirectories(proc.resolve("gpus/0000:1a:00.0"));
        Files.writeString(proc.resolve("gpus/0000:1a:00.0/information"), "Model: \t\t NVIDIA A10\nIRQ:   \t\t 0\n");
        NvidiaDriver driver = NvidiaDriver.of(withLibrary(), proc, dev, NO_SMI);
        assertEquals(List.of(Gpu.named("NVIDIA A10")), driver.gpus());
        assertEquals(Optional.of("580.159.04"), driver.version());
        assertEquals(Optional.empty(), driver.cuda());
        assertEquals(Optional.empty(), driver.missing());
    }

    @Test
    void underWindowsThereIsADeviceAndNoDirectory() throws IOException {
        Files.createFile(dev.resolve("dxg"));
        NvidiaDriver driver = NvidiaDriver.of(withLibrary(), proc, dev, NvidiaDriverTest::smi);
        assertEquals(Optional.of("580.159.04"), driver.version());
        assertEquals(2, driver.gpus().size());
    }

    @Test
    void whatNvidiaSmiDoesNotKnowIsLeftOpen() throws IOException {
        Files.createFile(dev.resolve("nvidiactl"));
        NvidiaDriver driver = NvidiaDriver.of(withLibrary(), proc, dev, arguments -> "NVIDIA H100, [N/A], [N/A], [N/A], [N/A]\n");
        assertEquals(Optional.empty(), driver.version());
        assertEquals(List.of(Gpu.named("NVIDIA H100")), driver.gpus());
        assertEquals(Optional.empty(), driver.missing());
        assertEquals("NVIDIA H100", Nvidia.Card.of(driver.gpus().get(0)).text());
        Gpu shared = new Gpu("NVIDIA H100", OptionalLong.of(80_000_000_000L), OptionalLong.empty(), OptionalDouble.of(9));
        assertEquals("NVIDIA H100, 80.0 GB, compute capability 9.0", Nvidia.Card.of(shared).text());
    }

    /** Also what it has started itself, and what keeps its output open, is not waited for. */
    @Test
    void aProgramThatHangsIsGivenUp() {
        assertEquals("two\nlines\n", Output.within(20, "sh", "-c", "echo two; echo lines >&2"));
        assertEquals("", Output.within(20, "sh", "-c", "echo printed; exit 3"));
        assertEquals("", Output.within(20, "no-such-program-" + System.nanoTime()));
        long begun = System.nanoTime();
        assertEquals("", Output.within(1, "sh", "-c", "echo printed; sleep 30; true"));
        assertTrue(System.nanoTime() - begun < 15e9);
    }

    @Test
    void aMachineWithoutADriverIsNotAskedForLong() {
        NvidiaDriver driver = NvidiaDriver.of(without, proc, dev, arguments -> {
            throw new AssertionError("nvidia-smi is asked where there is no driver");
        });
        assertEquals(new NvidiaDriver(Optional.empty(), Optional.empty(), Optional.empty(), List.of()), driver);
        missing(driver, "no NVIDIA driver is installed (libcuda.so.1 is not found); install NVIDIA's driver, release 525 or newer");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        missing(NvidiaDriver.of(withLibrary(), proc, dev, NO_SMI), "is installed (" + directory.resolve("lib/libcuda.so.1")
                + "), but not running, or lists no GPU to this process");
        running();
        missing(NvidiaDriver.of(without, proc, dev, NvidiaDriverTest::smi), "its library libcuda.so.1 is not found; in a container");
        missing(NvidiaDriver.of(withLibrary(), proc, dev, NO_SMI), "runs, but lists no GPU");
        Files.writeString(proc.resolve("version"), "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May\n");
        missing(NvidiaDriver.of(withLibrary(), proc, dev, NvidiaDriverTest::smi),
                "NVIDIA's driver is release 470.256.02, and CUDA 12 needs 525 or newer; update the driver");
    }

    private static void missing(NvidiaDriver driver, String expected) {
        String found = driver.missing().orElse("nothing");
        assertTrue(found.contains(expected), found);
    }
}
