package org.graphbert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.device.CudaLibraries.Source;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where NVIDIA's libraries are taken from, and how they come out of the jar. */
class CudaLibrariesTest {

    private static final Consumer<String> NOBODY = text -> {};

    @TempDir
    private Path directory;
    private Path inSystem;
    private Path inJar;
    private LibraryCache cache;

    @BeforeEach
    void aJar() throws IOException {
        inSystem = Files.createDirectories(directory.resolve("system"));
        inJar = Files.createDirectories(directory.resolve("jar"));
        for (CudaLibrary library : CudaLibrary.values()) {
            Files.writeString(inJar.resolve(library.fileName()), "code of " + library);
        }
        cache = new LibraryCache(directory.resolve("cache/cuda-1"), this::inJar);
    }

    private URL inJar(String name) {
        try {
            return inJar.resolve(name).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void install(CudaLibrary... libraries) throws IOException {
        for (CudaLibrary library : libraries) {
            Files.writeString(inSystem.resolve(library.fileName()), "");
        }
    }

    private static CudaLibrary[] required(CudaLibrary.Part part) {
        return Arrays.stream(CudaLibrary.values())
                .filter(library -> library.part() == part && library.required())
                .toArray(CudaLibrary[]::new);
    }

    private CudaLibraries libraries(boolean jar) {
        SystemLibraries system = new SystemLibraries(inSystem.toString(), directory.resolve("none"), List.of());
        return new CudaLibraries(system, jar ? Optional.of(cache) : Optional.empty());
    }

    private static Source source(CudaLibraries libraries, CudaLibrary library) {
        return libraries.find().get(library.ordinal()).source();
    }

    @Test
    void whatTheSystemHasStaysTheSystemsAndOnePartComesFromOnePlace() throws IOException {
        assertTrue(libraries(true).find().stream().allMatch(found -> found.source() == Source.JAR));
        install(required(CudaLibrary.Part.TOOLKIT));
        CudaLibraries mixed = libraries(true);
        assertEquals(Source.SYSTEM, source(mixed, CudaLibrary.CUBLAS));
        assertEquals(Source.JAR, source(mixed, CudaLibrary.CUDNN));
        assertEquals(Source.JAR, source(mixed, CudaLibrary.CUDNN_OPS));
        assertEquals(List.of(), mixed.missing());
        Files.delete(inSystem.resolve(CudaLibrary.CUSOLVER.fileName()));
        assertEquals(Source.JAR, source(libraries(true), CudaLibrary.CUBLAS), "a release that lacks one is not mixed with another");
    }

    @Test
    void withoutAJarWhatIsNowhereIsNamed() throws IOException {
        install(CudaLibrary.CUDART, CudaLibrary.CUDNN);
        CudaLibraries libraries = libraries(false);
        assertEquals(
                List.of("libcublasLt.so.12", "libcublas.so.12", "libcufft.so.11", "libcusparse.so.12", "libcusolver.so.11"),
                libraries.missing());
        assertEquals(Source.SYSTEM, source(libraries, CudaLibrary.CUDART));
    }

    @Test
    void onlyWhatIsMissingIsUnpackedAndOnlyOnce() throws IOException {
        install(required(CudaLibrary.Part.CUDNN));
        List<String> said = new ArrayList<>();
        libraries(true).unpack(said::add);
        assertEquals("code of CUBLAS", Files.readString(cache.file(CudaLibrary.CUBLAS)));
        assertFalse(cache.holds(CudaLibrary.CUDNN));
        assertTrue(said.get(0).startsWith("Unpacking NVIDIA's libraries, once: 0.0 GB into " + cache.directory()), said.get(0));
        try (Stream<Path> files = Files.list(cache.directory())) {
            assertFalse(files.anyMatch(file -> file.toString().endsWith(".writing")));
        }
        Files.delete(cache.file(CudaLibrary.CUFFT));
        Files.writeString(cache.file(CudaLibrary.CUBLAS), "here is CUBLAS");
        said.clear();
        libraries(true).unpack(said::add);
        assertEquals("code of CUFFT", Files.readString(cache.file(CudaLibrary.CUFFT)));
        assertEquals("here is CUBLAS", Files.readString(cache.file(CudaLibrary.CUBLAS)));
        said.clear();
        libraries(true).unpack(said::add);
        assertEquals(List.of(), said);
    }

    /** As a disk that was full or a machine that lost its power leaves it; loading it would end the process. */
    @Test
    void oneThatWasCutOffIsUnpackedAnew() throws IOException {
        libraries(true).unpack(NOBODY);
        Files.writeString(cache.file(CudaLibrary.CUDNN_ADV), "code");
        Files.writeString(cache.file(CudaLibrary.CUDART), "");
        assertFalse(cache.holds(CudaLibrary.CUDNN_ADV));
        libraries(true).unpack(NOBODY);
        assertEquals("code of CUDNN_ADV", Files.readString(cache.file(CudaLibrary.CUDNN_ADV)));
        assertEquals("code of CUDART", Files.readString(cache.file(CudaLibrary.CUDART)));
    }

    @Test
    void theSystemsThatCannotBeLoadedAreNamed() throws IOException {
        install(required(CudaLibrary.Part.CUDNN));
        List<String> refused = libraries(true).refused();
        assertEquals(1, refused.size(), refused.toString());
        Path cudnn = inSystem.resolve(CudaLibrary.CUDNN.fileName());
        assertTrue(refused.get(0).matches(cudnn + " cannot be loaded: [^/]+"), refused.get(0));
    }

    /** In a container Java may know the user by number alone. */
    @Test
    void aUserThatNobodyKnowsHasADirectoryAllTheSame() {
        assertEquals(Path.of("/home/u"), LibraryCache.home("/home/u", "/elsewhere"));
        assertEquals(Path.of("/elsewhere"), LibraryCache.home("?", "/elsewhere"));
        assertEquals(Path.of("/"), LibraryCache.home("?", null));
        assertEquals(Path.of("/"), LibraryCache.home("?", ""));
    }

    @Test
    void aJarThatBreaksOffLeavesNothingHalfWritten() throws IOException {
        Files.delete(inJar.resolve(CudaLibrary.CUFFT.fileName()));
        Failure broken = assertThrows(Failure.class, () -> libraries(true).unpack(NOBODY));
        assertEquals(2, broken.exitCode());
        assertTrue(broken.getMessage().startsWith(cache.directory() + ": NVIDIA's libraries cannot be unpacked there: "));
        assertFalse(cache.holds(CudaLibrary.CUFFT));
        Files.writeString(inJar.resolve(CudaLibrary.CUFFT.fileName()), "mended");
        libraries(true).unpack(NOBODY);
        assertEquals("mended", Files.readString(cache.file(CudaLibrary.CUFFT)));
    }

    @Test
    void aPlaceThatCannotBeIsOneLine() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        LibraryCache nowhere = new LibraryCache(file.resolve("cuda-1"), this::inJar);
        Failure failure = assertThrows(Failure.class, () -> nowhere.unpack(List.of(CudaLibrary.CUDART), NOBODY));
        assertTrue(failure.getMessage().matches(".*/file/cuda-1: NVIDIA's libraries cannot be unpacked there: .*; make room, or name "
                + "another directory in GRAPHBERT_CACHE"), failure.getMessage());
    }

    /** One that cannot be loaded is not NVIDIA's: it says which, and what to do. */
    @Test
    void aDamagedLibraryIsNamed() {
        CudaLibraries libraries = libraries(true);
        libraries.unpack(NOBODY);
        Failure damaged = assertThrows(Failure.class, libraries::loadRuntime);
        assertTrue(damaged.getMessage().startsWith(cache.file(CudaLibrary.CUDART) + ": cannot be loaded: "), damaged.getMessage());
        assertTrue(damaged.getMessage().endsWith("delete " + cache.directory() + ", which is unpacked anew"), damaged.getMessage());
    }

    @Test
    void theLinkersPlacesAreLookedThroughInItsOrder() throws IOException {
        Path told = Files.createDirectories(directory.resolve("told"));
        Path cached = Files.createDirectories(directory.resolve("cached"));
        Path linker = directory.resolve("ld.so.cache");
        String name = "libcudart.so.12";
        for (Path place : List.of(told, cached, inSystem)) {
            Files.writeString(place.resolve(name), "");
        }
        Files.write(linker, ("glibc-ld.so.cache1.1\1\2\0" + name + ".3\0" + cached.resolve(name) + ".3\0" + name + "\0"
                + cached.resolve(name) + "\0").getBytes(StandardCharsets.ISO_8859_1));
        SystemLibraries all = new SystemLibraries(":" + directory + ":" + told, linker, List.of(inSystem));
        assertEquals(Optional.of(told.resolve(name)), all.find(name));
        assertEquals(Optional.of(cached.resolve(name)), new SystemLibraries(null, linker, List.of(inSystem)).find(name));
        assertEquals(Optional.of(inSystem.resolve(name)), new SystemLibraries("", directory.resolve("none"), List.of(inSystem)).find(name));
        assertEquals(Optional.empty(), all.find("libcudart.so.1"));
    }
}
