package org.graphbert.device;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What XLA needs beside the libraries to compile for a GPU. TensorFlow 2.18's native library has no assembler within: XLA writes
 * PTX and runs ptxas on it, from PATH or else from below a directory of its list, and where there is none it ends the process. The
 * driver, which could assemble too, is no way out: this XLA takes the missing ptxas for a failure even when it is told to
 * fall back (nvptx_compiler.cc, CompileGpuAsmOrGetCachedResult).
 *
 * @param ptxas NVIDIA's assembler
 * @param libdevice CUDA's mathematical functions
 */
public record XlaTools(Optional<Path> ptxas, Optional<Path> libdevice) {

    /** Neither: of a CPU, which needs neither. */
    public static final XlaTools NONE = new XlaTools(Optional.empty(), Optional.empty());

    private static final Path PTXAS = Path.of("bin", "ptxas");
    /** Where XLA looks without being told. */
    private static final Path STANDARD = Path.of("/usr/local/cuda");
    private static final String DATA_DIRECTORY = "--xla_gpu_cuda_data_dir=";
    /** The flag with its value; XLA takes a value in quotes as one, blanks and all. */
    private static final Pattern GIVEN = Pattern.compile(DATA_DIRECTORY + "(?:'[^']+'|\"[^\"]+\"|[^\\s'\"]+)");

    /**
     * Looks for them.
     *
     * @param path directories of programs, or null
     * @param toolkits of CUDA, the first first
     */
    static XlaTools find(String path, List<Path> toolkits) {
        Stream<Path> onPath = Arrays.stream(path == null ? new String[0] : path.split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, "ptxas"));
        return new XlaTools(
                Stream.concat(onPath, toolkits.stream().map(toolkit -> toolkit.resolve(PTXAS)))
                        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                        .findFirst(),
                toolkits.stream().map(toolkit -> toolkit.resolve(Libdevice.IN_TOOLKIT)).filter(Files::isRegularFile).findFirst());
    }

    /**
     * The toolkits of this machine, as XLA will look through them: the one that XLA_FLAGS names, those of CUDA_HOME and
     * CUDA_PATH, the standard one.
     *
     * @param flags XLA_FLAGS, or null
     */
    static List<Path> toolkits(String flags) {
        return Stream.of(named(flags).orElse(null), variable("CUDA_HOME"), variable("CUDA_PATH"), STANDARD)
                .filter(Objects::nonNull)
                .toList();
    }

    private static Path variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? null : Path.of(value);
    }

    private static Optional<Path> named(String flags) {
        Matcher matcher = GIVEN.matcher(flags == null ? "" : flags);
        return matcher.find()
                ? Optional.of(Path.of(matcher.group().substring(DATA_DIRECTORY.length()).replaceAll("[\"']", "")))
                : Optional.empty();
    }

    /**
     * What XLA_FLAGS must say for XLA to find the same: the one directory that it can be told of.
     *
     * @param flags as they are, or null
     */
    List<String> flags(String flags) {
        if (named(flags).isPresent()) {
            return List.of();
        }
        // ptxas first: libdevice has a standard place too, and lies in every toolkit that has ptxas.
        return ptxas.filter(file -> file.endsWith(PTXAS))
                .map(file -> file.getParent().getParent())
                .filter(toolkit -> Files.isRegularFile(toolkit.resolve(Libdevice.IN_TOOLKIT)))
                .or(() -> libdevice.map(file -> file.getParent().getParent().getParent()))
                .filter(toolkit -> !toolkit.equals(STANDARD))
                .map(toolkit -> List.of(DATA_DIRECTORY + (toolkit.toString().contains(" ") ? "'" + toolkit + "'" : toolkit)))
                .orElse(List.of());
    }

    /** What is missing and what to do; empty if nothing is. */
    public Optional<String> missing() {
        if (ptxas.isEmpty()) {
            return Optional.of("no ptxas in PATH, CUDA_HOME or " + STANDARD + "; it comes with NVIDIA's CUDA toolkit 12 or newer"
                    + (libdevice.isEmpty() ? ", as does libdevice.10.bc, which is missing too" : ""));
        }
        return libdevice.isEmpty()
                ? Optional.of("no libdevice.10.bc in CUDA_HOME or " + STANDARD + "; it comes with NVIDIA's CUDA toolkit")
                : Optional.empty();
    }
}
