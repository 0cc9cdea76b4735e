package org.graphbert.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;

/**
 * NVIDIA's libraries out of the jar that the GPU build brings, unpacked once: a library in a jar cannot be loaded. Each version
 * has a directory of its own; a file in it is complete or absent, whoever else unpacks at the same time.
 *
 * @param directory of this version
 * @param jar where a file of it is read from, by its name
 */
record LibraryCache(Path directory, Function<String, URL> jar) {

    /** Where the jar has them. */
    private static final String IN_JAR = "/org/bytedeco/cuda/linux-x86_64/";
    private static final String VERSION_IN_JAR = "/META-INF/maven/org.bytedeco/cuda/pom.properties";
    /** Names another place than ~/.cache/graphbert. */
    static final String PLACE = "GRAPHBERT_CACHE";
    private static final double GB = 1e9;

    /** The cache of the jar that is on the class path; empty in a build without one. */
    static Optional<LibraryCache> here() {
        if (LibraryCache.class.getResource(IN_JAR + CudaLibrary.CUDART.fileName()) == null) {
            return Optional.empty();
        }
        String place = System.getenv(PLACE);
        Path parent = place == null || place.isEmpty()
                ? home(System.getProperty("user.home"), System.getenv("HOME")).resolve(".cache").resolve("graphbert")
                : Path.of(place);
        return Optional.of(new LibraryCache(
                parent.toAbsolutePath().resolve("cuda-" + version()), name -> LibraryCache.class.getResource(IN_JAR + name)));
    }

    /**
     * The user's directory. Java asks the list of users, which in a container need not have the user: then it says "?", and what
     * is made below that lies wherever the process was started.
     *
     * @param java Java's word
     * @param variable HOME, or null
     */
    static Path home(String java, String variable) {
        return Stream.of(java, variable)
                .filter(Objects::nonNull)
                .map(Path::of)
                .filter(Path::isAbsolute)
                .findFirst()
                .orElse(Path.of("/"));
    }

    private static String version() {
        try (InputStream in = LibraryCache.class.getResourceAsStream(VERSION_IN_JAR)) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a library lies, or will lie. */
    Path file(CudaLibrary library) {
        return directory.resolve(library.fileName());
    }

    /** Whether it is unpacked, and as long as in the jar: loading one that was cut off ends the process, or a later kernel does. */
    boolean holds(CudaLibrary library) {
        Path file = file(library);
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes(library);
        } catch (IOException e) {
            return false;
        }
    }

    private long bytes(CudaLibrary library) throws IOException {
        return jar.apply(library.fileName()).openConnection().getContentLengthLong();
    }

    /**
     * Unpacks those of these that are not there yet, which takes about half a minute for all.
     *
     * @param say is told how much it will be, before, and how long it took
     * @throws Failure (usage) if the disk has no room for them, or nobody may write there
     */
    void unpack(Collection<CudaLibrary> libraries, Consumer<String> say) {
        if (libraries.stream().allMatch(this::holds)) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Path claimed = directory.resolve(".unpacking");
            try (FileChannel channel = FileChannel.open(claimed, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = claim(channel, say)) {
                List<CudaLibrary> missing = libraries.stream().filter(library -> !holds(library)).toList();
                if (!missing.isEmpty()) {
                    unpackMissing(missing, say);
                }
            }
        } catch (IOException e) {
            throw Failure.usage("%s: NVIDIA's libraries cannot be unpacked there: %s; make room, or name another directory in %s",
                    directory, Directories.reason(e), PLACE, e);
        }
    }

    private FileLock claim(FileChannel channel, Consumer<String> say) throws IOException {
        FileLock lock = channel.tryLock();
        if (lock != null) {
            return lock;
        }
        say.accept("Waiting for another process, which unpacks NVIDIA's libraries into " + directory + "...");
        return channel.lock();
    }

    private void unpackMissing(List<CudaLibrary> missing, Consumer<String> say) throws IOException {
        long bytes = 0;
        for (CudaLibrary library : missing) {
            bytes += bytes(library);
        }
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < bytes) {
            throw Failure.usage("%s: NVIDIA's libraries take %.1f GB unpacked, %.1f GB are free there; make room, or name another "
                    + "directory in %s", directory, bytes / GB, free / GB, PLACE);
        }
        say.accept(String.format(Locale.ROOT, "Unpacking NVIDIA's libraries, once: %.1f GB into %s...", bytes / GB, directory));
        long begun = System.nanoTime();
        for (CudaLibrary library : missing) {
            Path aside = directory.resolve("." + library.fileName() + ".writing");
            try (InputStream in = jar.apply(library.fileName()).openStream()) {
                Files.copy(in, aside, StandardCopyOption.REPLACE_EXISTING);
                Files.move(aside, file(library), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                Files.deleteIfExists(aside);
                throw e;
            }
        }
        say.accept(String.format(Locale.ROOT, "Unpacked in %.0f s.", (System.nanoTime() - begun) / 1e9));
    }
}
