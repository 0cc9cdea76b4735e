package org.graphbert.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.graphbert.config.DeviceChoice;
import org.graphbert.config.Devices;
import org.graphbert.config.Failure;
import org.graphbert.config.Precision;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * What this process computes on. TensorFlow decides that once, and by what the process has and what its environment says when it
 * first looks: one library it looks for while its own is being loaded. So a command chooses before it touches TensorFlow, and
 * every session of the process is then of that choice, whoever opens it. Who chooses nothing gets the CPU, or in a GPU build what
 * the system has libraries for.
 */
public final class Accelerator {

    /** To a program that asks CUDA for its devices there are none. */
    private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";
    private static final String NONE_VISIBLE = "-1";
    /** TensorFlow takes memory as it needs it, instead of all that the card has. */
    private static final String GROWTH = "TF_FORCE_GPU_ALLOW_GROWTH";
    /** 0 keeps NVIDIA's libraries from computing float32 products in TF32, which TensorFlow tells them to. */
    private static final String TF32 = "NVIDIA_TF32_OVERRIDE";
    private static final String XLA_FLAGS = "XLA_FLAGS";
    /** XLA's own kernels for products, which know nothing of {@link #TF32}. */
    private static final String NO_TRITON_PRODUCTS = "--xla_gpu_enable_triton_gemm=false";
    private static final double GB = 1e9;
    /** What to do where TensorFlow fails on a GPU. */
    static final String ON_THE_CPU = ", or compute on the CPU with --device cpu";

    private static Device used;
    /** Those that TensorFlow has, if it was asked. */
    private static int gpus;

    private Accelerator() {}

    /** Whether TensorFlow's native library is the GPU's. */
    public static boolean gpuBuild() {
        return Accelerator.class.getResource("/org/tensorflow/internal/c_api/linux-x86_64-gpu/libtensorflow_cc.so.2") != null;
    }

    /** What the process computes on, as it was chosen; the CPU before anyone has. */
    public static synchronized Device device() {
        return used == null ? Device.cpu(Processor.here()) : used;
    }

    /**
     * The devices that a run names, with nothing left open.
     *
     * @param named auto for all GPUs where the process computes on one, and for the CPU otherwise
     * @throws Failure (usage) if TensorFlow does not have one of them
     */
    public static synchronized Devices resolve(Devices named) {
        if (named.kind() == DeviceChoice.AUTO) {
            return device().gpu() ? Devices.gpus(gpus) : Devices.cpus(1);
        }
        if (named.gpu() && named.numbers().stream().anyMatch(number -> number >= gpus)) {
            throw Failure.usage("--devices %s: TensorFlow has %d GPU%s here, numbered from 0; name some of those",
                    named, gpus, gpus == 1 ? "" : "s");
        }
        return named;
    }

    /** As {@link #use(DeviceChoice, Optional, Consumer)}, for products in true float32. */
    public static Device use(DeviceChoice choice, Consumer<String> say) {
        return use(choice, Optional.of(Precision.FLOAT32), say);
    }

    /**
     * Chooses, before anything of TensorFlow is touched.
     *
     * @param precision that products will be computed in; empty where that is left to the device
     * @param say is told what was chosen where that was left open, and what is missing
     * @throws Failure (usage) if there is to be a GPU and there is none, or the disk has no room for the libraries
     */
    public static synchronized Device use(DeviceChoice choice, Optional<Precision> precision, Consumer<String> say) {
        if (used == null || !gpuBuild()) {
            used = gpuBuild() ? choose(choice, precision, say) : plain(choice, say);
        } else if (used.gpu() == (choice == DeviceChoice.CPU)) {
            if (choice != DeviceChoice.AUTO) {
                throw Failure.usage("--device %s: this process computes on %s already", choice, used.name());
            }
        }
        return used;
    }

    /** In a build without a GPU. */
    private static Device plain(DeviceChoice choice, Consumer<String> say) {
        if (choice == DeviceChoice.GPU) {
            throw Failure.usage("--device gpu: this is the build for CPUs; run './graphbert --gpu', the build for NVIDIA GPUs");
        }
        if (choice == DeviceChoice.AUTO) {
            List<Gpu> gpus = NvidiaDriver.here().gpus();
            if (!gpus.isEmpty()) {
                say.accept("Device: the CPU, for this is the build for CPUs; './graphbert --gpu' computes on the "
                        + gpus.get(0).name());
            }
        }
        return Device.cpu(Processor.here());
    }

    private static Device choose(DeviceChoice choice, Optional<Precision> precision, Consumer<String> say) {
        if (choice == DeviceChoice.CPU) {
            NativeEnvironment.set(VISIBLE, NONE_VISIBLE);
            return Device.cpu(Processor.here());
        }
        NvidiaDriver driver = NvidiaDriver.here();
        CudaLibraries libraries = CudaLibraries.here();
        Optional<String> missing = driver.missing().or(Accelerator::hidden).or(() -> missing(libraries));
        if (missing.isEmpty()) {
            libraries.unpack(say);
            libraries.loadRuntime();
            XlaTools tools = environment(precision);
            libraries.loadOthers();
            Optional<TensorFlowDevices.Listed> gpu = listed(choice);
            if (gpu.isPresent()) {
                Device device = device(driver, gpu.get(), tools);
                if (choice == DeviceChoice.AUTO) {
                    say.accept("Device: " + text(device, driver) + " (auto)");
                }
                return device;
            }
            missing = Optional.of(unlisted(libraries));
        }
        if (choice == DeviceChoice.GPU) {
            throw Failure.usage("--device gpu: %s", missing.get());
        }
        if (driver.library().isPresent()) {
            // TensorFlow could think otherwise of a driver or a library than is thought here.
            NativeEnvironment.set(VISIBLE, NONE_VISIBLE);
        }
        say.accept("Device: the CPU (auto); " + missing.get());
        return Device.cpu(Processor.here());
    }

    private static Optional<String> missing(CudaLibraries libraries) {
        List<String> names = libraries.missing();
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(", ", names) + " not found, without which TensorFlow uses no GPU; install NVIDIA's CUDA 12 and "
                        + "cuDNN 9, or build with 'mvn -Pgpu package', which brings them");
    }

    /**
     * TensorFlow's GPU.
     *
     * @throws Failure (usage) if TensorFlow fails on it: it then makes no session, not on the CPU either, while it sees the GPU
     */
    private static Optional<TensorFlowDevices.Listed> listed(DeviceChoice choice) {
        try {
            List<TensorFlowDevices.Listed> listed =
                    TensorFlowDevices.list().stream().filter(device -> device.type().equals("GPU")).toList();
            gpus = listed.size();
            return listed.stream().findFirst();
        } catch (TensorFlowException e) {
            throw Failure.usage("--device %s: TensorFlow fails on the GPU: %s; look with nvidia-smi whether it is taken or broken%s",
                    choice, String.join(" ", e.getMessage().lines().toList()), ON_THE_CPU, e);
        }
    }

    /** Whether the user has hidden every GPU from this process; asked first, for then nothing need be unpacked. */
    private static Optional<String> hidden() {
        String visible = System.getenv(VISIBLE);
        return visible != null && (visible.isBlank() || visible.strip().startsWith("-")) ? Optional.of(hides(visible)) : Optional.empty();
    }

    private static String hides(String visible) {
        return VISIBLE + " is '" + visible + "', which hides every GPU";
    }

    private static String unlisted(CudaLibraries libraries) {
        List<String> refused = libraries.refused();
        if (!refused.isEmpty()) {
            return String.join("; ", refused) + "; take its directory out of LD_LIBRARY_PATH, or install it anew";
        }
        String visible = System.getenv(VISIBLE);
        return visible == null
                ? "TensorFlow lists no GPU, though the driver does and no library is missing; 'graphbert --gpu --verbose doctor' shows "
                        + "TensorFlow's own words"
                : hides(visible);
    }

    /** What TensorFlow, XLA and NVIDIA's libraries take from the environment alone; what the user has set stays. */
    private static XlaTools environment(Optional<Precision> precision) {
        if (System.getenv(GROWTH) == null) {
            NativeEnvironment.set(GROWTH, "true");
        }
        if (System.getenv(TF32) == null && precision.filter(p -> p == Precision.TF32).isEmpty()) {
            NativeEnvironment.set(TF32, "0");
        }
        String given = System.getenv(XLA_FLAGS);
        XlaTools tools = xlaTools(given);
        List<String> flags = new ArrayList<>(tools.flags(given));
        if (precision.filter(p -> p == Precision.FLOAT32).isPresent()) {
            flags.add(NO_TRITON_PRODUCTS);
        }
        // Of a flag that is given twice the last counts.
        if (given != null) {
            flags.add(given);
        }
        if (!flags.isEmpty()) {
            NativeEnvironment.set(XLA_FLAGS, String.join(" ", flags));
        }
        return tools;
    }

    /** XLA's tools of this machine; libdevice out of the unpacked libraries, where no toolkit has it. */
    static XlaTools xlaTools(String flags) {
        List<Path> toolkits = XlaTools.toolkits(flags);
        XlaTools tools = XlaTools.find(System.getenv("PATH"), toolkits);
        if (tools.libdevice().isPresent()) {
            return tools;
        }
        Optional<Path> cut = LibraryCache.here()
                .filter(cache -> cache.holds(CudaLibrary.NVRTC))
                .filter(cache -> Libdevice.provide(
                        cache.file(CudaLibrary.NVRTC), cache.directory(), Libdevice.Piece.CUDA_12_6))
                .map(LibraryCache::directory);
        return cut.isEmpty()
                ? tools
                : XlaTools.find(System.getenv("PATH"), Stream.concat(toolkits.stream(), cut.stream()).toList());
    }

    /** The driver lists GPUs in the order of the bus, and CUDA the fastest first: of several, which one it is shows in its memory only. */
    private static Device device(NvidiaDriver driver, TensorFlowDevices.Listed listed, XlaTools tools) {
        Gpu gpu = driver.gpus().get(0);
        OptionalDouble capability = gpu.capability();
        return new Device(gpu.name(), true, capability, listed.memoryBytes(), List.of(), tools);
    }

    private static String text(Device device, NvidiaDriver driver) {
        return String.format(Locale.ROOT, "%s, %.1f GB%s%s",
                device.name(),
                device.memoryBytes() / GB,
                device.capability().isPresent() ? ", compute capability " + device.capability().getAsDouble() : "",
                driver.version().map(version -> ", driver " + version).orElse(""));
    }
}
