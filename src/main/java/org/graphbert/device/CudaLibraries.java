package org.graphbert.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/**
 * NVIDIA's libraries, brought into the process before TensorFlow looks for them. TensorFlow opens each by its name; one that the
 * process has under that name is taken, wherever it came from. The system's own are left to the linker, and what it
 * has not comes out of the jar of the GPU build: the toolkit's libraries and cuDNN's, each from one place.
 */
final class CudaLibraries {

    /** Where a library comes from. */
    enum Source {
        SYSTEM,
        /** Unpacked from the jar. */
        JAR,
        MISSING
    }

    /**
     * A library and where it is.
     *
     * @param path of its file; null if it is missing
     */
    record Found(CudaLibrary library, Source source, Path path) {}

    private final SystemLibraries system;
    private final Optional<LibraryCache> cache;

    CudaLibraries(SystemLibraries system, Optional<LibraryCache> cache) {
        this.system = system;
        this.cache = cache;
    }

    /** This machine's and this build's. */
    static CudaLibraries here() {
        return new CudaLibraries(SystemLibraries.here(), LibraryCache.here());
    }

    /** Every library and where it comes from, or will come from; nothing is unpacked for that. */
    List<Found> find() {
        return Arrays.stream(CudaLibrary.values()).map(this::find).toList();
    }

    private Found find(CudaLibrary library) {
        Optional<Path> path = system.find(library.fileName());
        if (ofSystem(library.part())) {
            // What TensorFlow does not ask for itself lies beside what it asks for, or is not needed by that release.
            return new Found(library, path.isPresent() ? Source.SYSTEM : Source.MISSING, path.orElse(null));
        }
        return cache.map(jar -> new Found(library, Source.JAR, jar.file(library)))
                .orElseGet(() -> new Found(library, path.isPresent() ? Source.SYSTEM : Source.MISSING, path.orElse(null)));
    }

    /** Whether the system has all of a part that TensorFlow asks for. */
    private boolean ofSystem(CudaLibrary.Part part) {
        return Arrays.stream(CudaLibrary.values())
                .filter(library -> library.part() == part && library.required())
                .allMatch(library -> system.find(library.fileName()).isPresent());
    }

    /** The names of the required ones that are nowhere. */
    List<String> missing() {
        return find().stream()
                .filter(found -> found.library().required() && found.source() == Source.MISSING)
                .map(found -> found.library().fileName())
                .toList();
    }

    /** Unpacks what comes out of the jar. */
    void unpack(Consumer<String> say) {
        cache.ifPresent(jar -> jar.unpack(
                find().stream().filter(found -> found.source() == Source.JAR).map(Found::library).toList(), say));
    }

    /** Loads the one that must be there when TensorFlow's own library is loaded. */
    void loadRuntime() {
        load(find().stream().filter(found -> found.library() == CudaLibrary.CUDART));
    }

    /** Loads the others, which must be there with the first session. */
    void loadOthers() {
        load(find().stream().filter(found -> found.library() != CudaLibrary.CUDART));
    }

    private static void load(Stream<Found> libraries) {
        libraries.filter(found -> found.source() == Source.JAR && found.library().loaded()).forEach(found -> {
            Optional<String> refused = refused(found.path());
            if (refused.isPresent()) {
                throw Failure.usage("%s: cannot be loaded: %s; delete %s, which is unpacked anew",
                        found.path(), refused.get(), found.path().getParent());
            }
        });
    }

    /** Loads a library. Returns the linker's reason not to. */
    private static Optional<String> refused(Path path) {
        try {
            System.load(path.toString());
            return Optional.empty();
        } catch (UnsatisfiedLinkError e) {
            // The linker and Java both begin with the path.
            return Optional.of(e.getMessage().replace(path + ": ", ""));
        }
    }

    /** The system's libraries of which the linker will have none, though they are where it looks; each with its reason. */
    List<String> refused() {
        return find().stream()
                .filter(found -> found.library().required() && found.source() == Source.SYSTEM)
                .flatMap(found -> refused(found.path()).map(reason -> found.path() + " cannot be loaded: " + reason).stream())
                .toList();
    }

    /** The files that the process has of these names, by the kernel's word. */
    static List<Path> inProcess() {
        List<String> names = Arrays.stream(CudaLibrary.values()).map(CudaLibrary::fileName).toList();
        List<Path> paths = new ArrayList<>();
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            maps.filter(line -> line.contains("/"))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .distinct()
                    .filter(path -> names.stream().anyMatch(name -> path.getFileName().toString().startsWith(name)))
                    .forEach(paths::add);
        } catch (IOException e) {
            return List.of();
        }
        return paths;
    }
}
