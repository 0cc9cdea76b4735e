package org.graphbert.train;

import java.util.List;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;

/**
 * The memory of a fine-tuning, before it begins and where it turns out not to suffice.
 *
 * @param config resolved
 * @param tokens of the longest sequence of a training batch
 * @param bytes what variables and the larger of a step and an evaluation take
 */
record FineTuningMemory(FineTuningConfig config, long tokens, long bytes) {

    private static final double GB = 1e9;

    private int examples() {
        return config.batchSize() / config.accumulationSteps();
    }

    /**
     * In a line; another where it is tight.
     *
     * @param machine what it has
     * @param cardBytes what TensorFlow can have of a GPU's memory; 0 without one
     * @throws Failure (usage) if the machine does not have so much
     */
    List<String> lines(MachineMemory machine, long cardBytes) {
        boolean gpu = cardBytes > 0;
        long needed = gpu ? bytes : bytes + MemoryEstimate.PROCESS;
        long total = gpu ? cardBytes : machine.totalBytes();
        if (!gpu && total > 0 && needed > total) {
            throw Failure.usage("fine-tuning takes about %.1f GB of memory, this machine has %.1f; %s", needed / GB, total / GB, advice());
        }
        String line = String.format(Locale.ROOT, "Memory: about %.2f GB%s, with %,d examples of at most %,d tokens at a time%s",
                needed / GB, gpu ? String.format(Locale.ROOT, " of the GPU's %.2f", total / GB) : "", examples(), tokens,
                gpu || machine.freeBytes() == 0 ? "" : String.format(Locale.ROOT, "; %.2f are free", machine.freeBytes() / GB));
        boolean tight = gpu ? needed > total : machine.freeBytes() > 0 && needed > machine.freeBytes();
        return tight
                ? List.of(line, String.format("Warning: that is more memory than %s; %s.", gpu ? "the GPU has" : "is free now", advice()))
                : List.of(line);
    }

    /** What is to be said where there was none left. */
    String afterwards(OutOfMemory found) {
        return String.format(Locale.ROOT, "out of memory on %s: no room for %s, with %,d examples of at most %,d tokens at a time, which "
                + "take about %.2f GB by the estimate; %s", found.place(), found.asked(), examples(), tokens, bytes / GB, advice());
    }

    /** More parts of a batch learn the same; fewer or shorter examples do not. */
    private String advice() {
        for (int parts = config.accumulationSteps() + 1; parts <= config.batchSize(); parts++) {
            if (config.batchSize() % parts == 0) {
                return String.format("raise --accumulation-steps to %d for the same batch in smaller parts, or lower --batch-size or "
                        + "--max-seq-length", parts);
            }
        }
        return "lower --batch-size or --max-seq-length, or take a smaller model";
    }
}
