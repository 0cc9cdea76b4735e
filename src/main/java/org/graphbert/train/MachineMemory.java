package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory of this machine, or of the control group that holds this process to less of it.
 *
 * @param totalBytes 0 if not known
 * @param freeBytes what a process can take without another giving way; 0 if not known
 */
record MachineMemory(long totalBytes, long freeBytes) {

    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final long KIB = 1024;

    /** As it is now; Linux alone says so. */
    static MachineMemory now() {
        return of(MEMINFO, Path.of("/sys/fs/cgroup"));
    }

    /**
     * Reads the kernel's files.
     *
     * @param cgroup the root of control groups, version 2 or its memory controller of version 1
     */
    static MachineMemory of(Path meminfo, Path cgroup) {
        long total = field(meminfo, "MemTotal:").orElse(0) * KIB;
        long free = field(meminfo, "MemAvailable:").orElse(0) * KIB;
        MachineMemory machine = new MachineMemory(total, free);
        return machine.within(cgroup.resolve("memory.max"), cgroup.resolve("memory.current"), cgroup.resolve("memory.stat"), "inactive_file")
                .within(cgroup.resolve("memory/memory.limit_in_bytes"), cgroup.resolve("memory/memory.usage_in_bytes"),
                        cgroup.resolve("memory/memory.stat"), "total_inactive_file");
    }

    private MachineMemory within(Path limitFile, Path usageFile, Path statistics, String cached) {
        OptionalLong limit = number(limitFile);
        if (limit.isEmpty() || totalBytes == 0 || limit.getAsLong() >= totalBytes) {
            return this;
        }
        // Files that were read are counted as used, but give way.
        long used = number(usageFile).orElse(0) - field(statistics, cached).orElse(0);
        return new MachineMemory(limit.getAsLong(), Math.max(0, Math.min(freeBytes, limit.getAsLong() - used)));
    }

    /** A file with one number; none where there is no such file, or it says max. */
    private static OptionalLong number(Path file) {
        try {
            return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                    .findFirst();
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty();
        }
    }
}
