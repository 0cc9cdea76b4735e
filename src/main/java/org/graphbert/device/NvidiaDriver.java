package org.graphbert.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * NVIDIA's driver, as far as there is one.
 *
 * @param library libcuda.so.1, through which every program reaches the driver; empty if it is not installed
 * @param version e.g. 580.159.04; empty if nobody tells
 * @param cuda the latest CUDA that it runs, e.g. 13.0; empty if nobody tells
 * @param gpus that it lists
 */
public record NvidiaDriver(Optional<Path> library, Optional<String> version, Optional<String> cuda, List<Gpu> gpus) {

    /** CUDA 12 runs from here on (NVIDIA's CUDA 12.x release notes, table of minor version compatibility). */
    static final int OLDEST = 525;

    private static final String LIBRARY = "libcuda.so.1";
    private static final String QUERY = "--query-gpu=name,memory.total,memory.free,compute_cap,driver_version";
    private static final long MIB = 1 << 20;
    private static final Pattern VERSION = Pattern.compile("\\b(\\d{3,}\\.\\d+(?:\\.\\d+)?)\\b");
    private static final Pattern CUDA = Pattern.compile("CUDA Version\\s*:\\s*(\\d+\\.\\d+)");

    public NvidiaDriver {
        gpus = List.copyOf(gpus);
    }

    /** What asks nvidia-smi, with these arguments; returns what it prints, or nothing. */
    interface Smi {
        String ask(String... arguments);
    }

    /** This machine's; looked for in a few milliseconds where there is none. */
    public static NvidiaDriver here() {
        return of(SystemLibraries.here(), Path.of("/proc/driver/nvidia"), Path.of("/dev"),
                arguments -> Output.of(Stream.concat(Stream.of("nvidia-smi"), Arrays.stream(arguments)).toArray(String[]::new)));
    }

    /**
     * Looks in these places.
     *
     * @param proc the driver's directory in /proc
     * @param dev where devices are
     */
    static NvidiaDriver of(SystemLibraries system, Path proc, Path dev, Smi smi) {
        Optional<Path> library = system.find(LIBRARY);
        Optional<String> loaded = version(proc.resolve("version"));
        // In the Windows subsystem for Linux the driver has no directory, but a device.
        if (loaded.isEmpty() && !Files.exists(dev.resolve("nvidiactl")) && !Files.exists(dev.resolve("dxg"))) {
            return new NvidiaDriver(library, Optional.empty(), Optional.empty(), List.of());
        }
        List<String[]> rows = smi.ask(QUERY, "--format=csv,noheader,nounits").lines()
                .map(line -> line.split("\\s*,\\s*"))
                .filter(fields -> fields.length == 5)
                .toList();
        if (rows.isEmpty()) {
            return new NvidiaDriver(library, loaded, Optional.empty(), listed(proc.resolve("gpus")));
        }
        Matcher cuda = CUDA.matcher(smi.ask());
        return new NvidiaDriver(
                library,
                loaded.or(() -> Optional.of(rows.get(0)[4]).filter(VERSION.asMatchPredicate())),
                cuda.find() ? Optional.of(cuda.group(1)) : Optional.empty(),
                rows.stream().map(NvidiaDriver::gpu).toList());
    }

    private static Gpu gpu(String[] fields) {
        OptionalDouble capability = fields[3].matches("\\d+\\.\\d+")
                ? OptionalDouble.of(Double.parseDouble(fields[3]))
                : OptionalDouble.empty();
        return new Gpu(fields[0], mebibytes(fields[1]), mebibytes(fields[2]), capability);
    }

    private static OptionalLong mebibytes(String number) {
        return number.matches("\\d+") ? OptionalLong.of(MIB * Long.parseLong(number)) : OptionalLong.empty();
    }

    private static Optional<String> version(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(VERSION::matcher).filter(Matcher::find).map(found -> found.group(1)).findFirst();
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private static List<Gpu> listed(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> devices = Files.list(directory)) {
            List<Gpu> gpus = new ArrayList<>();
            for (Path device : devices.sorted().toList()) {
                try (Stream<String> lines = Files.lines(device.resolve("information"))) {
                    gpus.add(Gpu.named(lines.filter(line -> line.startsWith("Model:"))
                            .map(line -> line.substring("Model:".length()).strip())
                            .findFirst()
                            .orElse(device.getFileName().toString())));
                }
            }
            return gpus;
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    /** What of it keeps a program from using a GPU, in words; empty if nothing does. */
    public Optional<String> missing() {
        if (gpus.isEmpty() && version.isEmpty()) {
            return Optional.of(library.isEmpty()
                    ? "no NVIDIA driver is installed (" + LIBRARY + " is not found); install NVIDIA's driver, release "
                            + OLDEST + " or newer"
                    : "NVIDIA's driver is installed (" + library.get() + "), but not running, or lists no GPU to this process");
        }
        if (library.isEmpty()) {
            return Optional.of("NVIDIA's driver runs, but its library " + LIBRARY + " is not found; in a container, start it with "
                    + "the GPU's libraries (docker run --gpus all)");
        }
        if (gpus.isEmpty()) {
            return Optional.of("NVIDIA's driver runs, but lists no GPU");
        }
        if (version.isPresent() && Integer.parseInt(version.get().split("\\.")[0]) < OLDEST) {
            return Optional.of("NVIDIA's driver is release " + version.get() + ", and CUDA 12 needs " + OLDEST
                    + " or newer; update the driver");
        }
        return Optional.empty();
    }
}
