package org.graphbert.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.graphbert.config.DeviceChoice;
import org.graphbert.config.Failure;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * What of NVIDIA's a machine and this build have, from the driver to what TensorFlow makes of it.
 *
 * @param driver its release; null if none runs
 * @param cuda the latest CUDA that the driver runs; null if nobody tells
 * @param gpus that the driver lists
 * @param libraries that TensorFlow opens, or cuDNN; empty in the build for CPUs
 * @param ptxas what XLA assembles with; null if there is none
 * @param libdevice XLA's mathematical functions; null if there are none
 * @param devices TensorFlow's, by its own word
 * @param problem what keeps TensorFlow from using a GPU, and what to do; null if it uses one
 */
public record Nvidia(
        String driver,
        String cuda,
        List<Card> gpus,
        List<Library> libraries,
        String ptxas,
        String libdevice,
        List<String> devices,
        String problem) {

    private static final double GB = 1e9;

    /**
     * A GPU.
     *
     * @param memoryGigabytes null if nobody tells
     * @param freeGigabytes null if nobody tells
     * @param computeCapability null if nobody tells
     */
    public record Card(String name, Double memoryGigabytes, Double freeGigabytes, Double computeCapability) {

        static Card of(Gpu gpu) {
            return new Card(
                    gpu.name(),
                    gpu.memoryBytes().isPresent() ? gpu.memoryBytes().getAsLong() / GB : null,
                    gpu.freeBytes().isPresent() ? gpu.freeBytes().getAsLong() / GB : null,
                    gpu.capability().isPresent() ? gpu.capability().getAsDouble() : null);
        }

        /** For people. */
        public String text() {
            return name
                    + (memoryGigabytes == null ? "" : String.format(Locale.ROOT, ", %.1f GB", memoryGigabytes))
                    + (freeGigabytes == null ? "" : String.format(Locale.ROOT, " (%.1f free)", freeGigabytes))
                    + (computeCapability == null ? "" : ", compute capability " + computeCapability);
        }
    }

    /**
     * A library.
     *
     * @param source system; jar, from which it is unpacked where there is a driver; or missing
     * @param path null if it is not unpacked, or missing
     * @param loaded whether the process has it now
     */
    public record Library(String name, String source, String path, boolean loaded) {}

    /**
     * Looks. Where there is a driver, a GPU build gets itself ready for it as training does; TensorFlow is not touched in the
     * build for CPUs.
     *
     * @param say is told what takes long
     */
    public static Nvidia look(Consumer<String> say) {
        NvidiaDriver driver = NvidiaDriver.here();
        List<Card> cards = driver.gpus().stream().map(Card::of).toList();
        if (!Accelerator.gpuBuild()) {
            String problem = cards.isEmpty() ? null : "there is an NVIDIA GPU, but this is the build for CPUs: run './graphbert --gpu', or "
                    + "build with 'mvn -Pgpu package'";
            return new Nvidia(driver.version().orElse(null), driver.cuda().orElse(null), cards, List.of(), null, null, List.of(), problem);
        }
        String problem = null;
        try {
            Device device = Accelerator.use(DeviceChoice.GPU, say);
            problem = device.xla().missing().map(text -> "XLA compiles nothing for the GPU: " + text).orElse(null);
        } catch (Failure e) {
            problem = e.getMessage().replaceFirst("^--device gpu: ", "")
                    + (e.getMessage().contains(Accelerator.ON_THE_CPU) ? "" : "; until then training uses the CPU");
        }
        XlaTools tools = Accelerator.xlaTools(System.getenv("XLA_FLAGS"));
        List<Path> inProcess = CudaLibraries.inProcess();
        return new Nvidia(
                driver.version().orElse(null),
                driver.cuda().orElse(null),
                cards,
                CudaLibraries.here().find().stream()
                        .filter(found -> found.library().required() || found.source() != CudaLibraries.Source.MISSING)
                        .map(found -> library(found, inProcess))
                        .toList(),
                tools.ptxas().map(Path::toString).orElse(null),
                tools.libdevice().map(Path::toString).orElse(null),
                listed(),
                problem);
    }

    /** None where TensorFlow fails on the GPU's: then it makes none at all, and the problem says so. */
    private static List<String> listed() {
        try {
            return TensorFlowDevices.list().stream().map(TensorFlowDevices.Listed::text).toList();
        } catch (TensorFlowException e) {
            return List.of();
        }
    }

    private static Library library(CudaLibraries.Found found, List<Path> inProcess) {
        String name = found.library().fileName();
        Optional<Path> loaded = inProcess.stream().filter(path -> path.getFileName().toString().startsWith(name)).findFirst();
        boolean there = found.path() != null && found.path().toFile().exists();
        return new Library(
                name,
                found.source().toString().toLowerCase(Locale.ROOT),
                loaded.or(() -> Optional.ofNullable(there ? found.path() : null)).map(Path::toString).orElse(null),
                loaded.isPresent());
    }

    /** The libraries in a line: which come from where. */
    public String librariesText() {
        List<String> parts = new ArrayList<>();
        Set<CudaLibraries.Source> sources = EnumSet.allOf(CudaLibraries.Source.class);
        for (CudaLibraries.Source source : sources) {
            String key = source.toString().toLowerCase(Locale.ROOT);
            List<Library> from = libraries.stream().filter(library -> library.source().equals(key)).toList();
            if (!from.isEmpty()) {
                parts.add(text(source, from));
            }
        }
        return String.join("; ", parts);
    }

    private static String text(CudaLibraries.Source source, List<Library> from) {
        String names = from.stream().map(Library::name).collect(Collectors.joining(", "));
        if (source == CudaLibraries.Source.MISSING) {
            return "missing: " + names;
        }
        long loaded = from.stream().filter(Library::loaded).count();
        String directories = from.stream()
                .map(Library::path)
                .filter(path -> path != null)
                .map(path -> Path.of(path).getParent().toString())
                .distinct()
                .collect(Collectors.joining(", "));
        String where = source == CudaLibraries.Source.SYSTEM ? "of the system" : "of the GPU build's jar";
        return String.format(Locale.ROOT, "%d %s%s, %d loaded",
                from.size(), where, directories.isEmpty() ? ", not unpacked" : " in " + directories, loaded);
    }

    /** What XLA needs, in a line. */
    public String xlaText() {
        return "ptxas " + (ptxas == null ? "not found" : ptxas) + "; libdevice " + (libdevice == null ? "not found" : libdevice);
    }
}
