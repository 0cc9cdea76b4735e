package org.graphbert.data;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;

/**
 * How much of the heap a preparation may take: {@code --memory}.
 *
 * @param bytes of the heap; what the JVM needs for itself (classes, compiled code, stacks) comes beside
 */
public record Memory(long bytes) {

    private static final int MIB_BITS = 20;
    private static final long MIB = 1L << MIB_BITS;
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kmgt]?)b?");

    /** With less, the token ids of the blocks that have to be held do not fit, even of English. */
    static final long LEAST = 192 * MIB;

    /** The JVM calls a part of what -Xmx says its maximum. */
    private static final double HEAP_SHARE = 0.9;

    public static final Memory DEFAULT = new Memory(512 * MIB);

    public Memory {
        if (bytes < LEAST) {
            throw Failure.usage("--memory is %s, expected at least %s", text(bytes), text(LEAST));
        }
    }

    /**
     * Reads a size such as 512m or 2g; without a letter it is in bytes.
     *
     * @throws Failure (usage) if it is none, or less than the least that works
     */
    public static Memory parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw Failure.usage("--memory is '%s', expected a size such as 512m or 2g", text);
        }
        int power = matcher.group(2).isEmpty() ? 0 : "kmgt".indexOf(matcher.group(2)) + 1;
        long number = Long.parseLong(matcher.group(1));
        int bits = 10 * power;
        if (number > Long.MAX_VALUE >> bits) {
            throw Failure.usage("--memory is '%s', more bytes than there are; give less", text);
        }
        return new Memory(number << bits);
    }

    /** What this machine has. */
    public static Memory ofMachine() {
        return new Memory(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory());
    }

    /**
     * Sees to it that the JVM can have the least.
     *
     * @throws Failure (usage) if its heap is too small
     */
    static void requireHeap() {
        long heap = Runtime.getRuntime().maxMemory();
        if (heap < HEAP_SHARE * LEAST) {
            throw Failure.usage("the JVM's heap is %s, expected at least %s; give Java more, with GRAPHBERT_JAVA_OPTIONS=-Xmx%s",
                    text(heap), text(LEAST), text(LEAST));
        }
    }

    /**
     * Sees to it that the machine has so much.
     *
     * @throws Failure (usage) if it has less
     */
    void requireMachine() {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                && bytes > system.getTotalMemorySize()) {
            throw Failure.usage("--memory is %s, but this machine has %s; give less", this, text(system.getTotalMemorySize()));
        }
    }

    /** In whole MiB, as {@link #parse} reads it. */
    @Override
    public String toString() {
        return text(bytes);
    }

    static String text(long bytes) {
        return (bytes + MIB - 1 >> MIB_BITS) + "m";
    }
}
