package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.CheckpointConfig;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.device.Accelerator;

/**
 * Whether a machine has room for a run, asked before anything long starts: {@link DataFit} has asked the data already.
 *
 * @param run whose directory need not be there yet
 * @param diskBytes that are free where it lies, or will lie
 * @param cardBytes what TensorFlow can have of a GPU's memory, in which the tensors then lie; 0 without one
 */
record Preflight(Path run, MachineMemory memory, long diskBytes, long cardBytes) {

    private static final double GB = 1e9;
    private static final double MB = 1e6;

    /** Without a GPU. */
    Preflight(Path run, MachineMemory memory, long diskBytes) {
        this(run, memory, diskBytes, 0);
    }

    /** Of this machine, now. */
    static Preflight now(Path run) throws IOException {
        requireWritable(run);
        return new Preflight(run, MachineMemory.now(), Files.getFileStore(existing(run)).getUsableSpace(),
                Accelerator.device().memoryBytes());
    }

    /**
     * Asked before anything else: what cannot be kept need not be trained, nor checkpoints found unwritable when the first of
     * them is due.
     *
     * @throws Failure (usage) if the run's directory, or its checkpoints', cannot be made or written into
     */
    static void requireWritable(Path run) {
        for (Path needed : List.of(run, new RunDirectory(run).checkpoints().directory())) {
            Path there = existing(needed);
            if (!Files.isDirectory(there) || !Files.isWritable(there)) {
                throw Failure.usage("--run %s: %s %s; choose another place", run, there,
                        Files.isDirectory(there) ? "may not be written into" : "is a file");
            }
        }
    }

    private static Path existing(Path path) {
        Path there = path.toAbsolutePath().normalize();
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        return there;
    }

    /**
     * The memory of a phase's graph, in a line; another where it is tight.
     *
     * @param model as the graph drops its units
     * @param probeBytes what a probe takes while it runs; 0 without one
     * @throws Failure (usage) if the machine does not have so much
     */
    List<String> memory(ModelConfig model, PhasePlan phase, TrainingGraph graph, long probeBytes) {
        MemoryEstimate estimate = inOneMemory(graph, phase);
        if (cardBytes > 0) {
            return cardMemory(model, phase, graph, estimate, probeBytes);
        }
        // While a checkpoint is being written its state lies beside the one that training goes on with.
        long snapshot = Checkpointer.bytes(graph);
        long training = estimate.totalBytes() + snapshot;
        // A probe comes between two steps, to the variables of training.
        long needed = Math.max(training, training - MemoryEstimate.allocated(estimate.stepBytes()) + probeBytes);
        if (memory.totalBytes() > 0 && training <= memory.totalBytes() && needed > memory.totalBytes()) {
            throw Failure.usage("training takes about %.1f GB of memory while the probe runs, which takes %.1f, this machine has %.1f; "
                    + "leave out probe", needed / GB, probeBytes / GB, memory.totalBytes() / GB);
        }
        if (memory.totalBytes() > 0 && needed > memory.totalBytes()) {
            throw Failure.usage("training takes about %.1f GB of memory, this machine has %.1f; %s",
                    needed / GB, memory.totalBytes() / GB, advice(model, phase, graph, estimate, memory.totalBytes() - snapshot));
        }
        boolean known = memory.freeBytes() > 0;
        List<String> lines = new ArrayList<>(List.of(PhasePlan.text(
                "Memory: about %.2f GB: weights and moments %.2f, a step %.2f (activations %.2f, gradients %.2f), a "
                        + "checkpoint in the writing %.2f%s, the rest TensorFlow and Java%s",
                needed / GB,
                (estimate.parameterBytes() + estimate.optimiserBytes() + estimate.gradientSumBytes()) / GB,
                estimate.stepBytes() / GB, estimate.activationBytes() / GB, estimate.gradientBytes() / GB,
                snapshot / GB,
                probeBytes == 0 ? "" : PhasePlan.text(", a probe in a step's place %.2f", probeBytes / GB),
                known ? PhasePlan.text("; %.2f are free", memory.freeBytes() / GB) : "")));
        if (known && needed > memory.freeBytes()) {
            lines.add(PhasePlan.text("Warning: that is more memory than is free now; %s.",
                    training <= memory.freeBytes()
                            ? "without the probe it would not be"
                            : advice(model, phase, graph, estimate, memory.freeBytes() - snapshot)));
        }
        return lines;
    }

    /** Of a GPU, whose memory holds the tensors and nothing else; what is written to checkpoints lies in the machine's. */
    private List<String> cardMemory(
            ModelConfig model, PhasePlan phase, TrainingGraph graph, MemoryEstimate estimate, long probeBytes) {
        long training = estimate.tensorBytes();
        long needed = Math.max(training, training - MemoryEstimate.allocated(estimate.stepBytes()) + probeBytes);
        String line = PhasePlan.text(
                "Memory: about %.2f GB of the GPU's %.2f: weights and moments %.2f, a step %.2f (activations %.2f, gradients %.2f)",
                needed / GB, cardBytes / GB,
                (estimate.parameterBytes() + estimate.optimiserBytes() + estimate.gradientSumBytes()) / GB,
                estimate.stepBytes() / GB, estimate.activationBytes() / GB, estimate.gradientBytes() / GB);
        if (needed <= cardBytes) {
            return List.of(line);
        }
        // The estimate is TensorFlow's own kernels'; what XLA compiles takes less, so that the card itself has the last word.
        return List.of(line, PhasePlan.text("Warning: that is more memory than the GPU has; %s.",
                training <= cardBytes
                        ? "without the probe it would not be"
                        : smaller(phase, batches(model, phase, graph).largestOfTensors(cardBytes - estimate.parameterBytes()))));
    }

    /** What fits: more micro-batches learn the same, fewer sequences do not. */
    private static String advice(
            ModelConfig model, PhasePlan phase, TrainingGraph graph, MemoryEstimate estimate, long bytes) {
        // Where gradients are summed up.
        return smaller(phase, batches(model, phase, graph).largest((bytes - estimate.parameterBytes()) / phase.ownReplicas()));
    }

    /** A GPU holds one replica, the machine's memory all that are on the CPU. */
    private MemoryEstimate inOneMemory(TrainingGraph graph, PhasePlan phase) {
        return MemoryEstimate.of(graph).times(cardBytes > 0 ? 1 : phase.ownReplicas());
    }

    private static BatchMemory batches(ModelConfig model, PhasePlan phase, TrainingGraph graph) {
        Optimisation optimisation = new Optimisation(graph.learning().optimiser(), 1, 1, List.of());
        return new BatchMemory(model, phase.data().maxSeqLength(), phase.loader().predictions(), optimisation, graph.compute());
    }

    /**
     * What a run does that ran out of memory after all: by the estimate so many sequences fit at a time, but fewer than did not.
     *
     * @param graph that it was computed in
     */
    String afterwards(ModelConfig model, PhasePlan phase, TrainingGraph graph, OutOfMemory found) {
        MemoryEstimate estimate = inOneMemory(graph, phase);
        long bytes = found.gpu() ? cardBytes : memory.totalBytes();
        int sequences = phase.microBatch();
        BatchMemory batches = batches(model, phase, graph);
        int fits = Math.min(sequences - 1, bytes == 0
                ? sequences / 2
                : found.gpu()
                        ? batches.largestOfTensors(bytes - estimate.parameterBytes())
                        : batches.largest((bytes - estimate.parameterBytes()) / phase.ownReplicas()));
        return PhasePlan.text("out of memory on %s: no room for %s, in a step of %,d sequences of %,d tokens%s, which takes about %.2f GB "
                        + "by the estimate%s; %s",
                found.place(), found.asked(), sequences, phase.data().maxSeqLength(),
                phase.parts() == 1 ? "" : " at a time",
                (found.gpu() ? estimate.tensorBytes() : estimate.totalBytes()) / GB,
                bytes == 0 ? "" : PhasePlan.text(", of %.2f", bytes / GB),
                smaller(phase, fits));
    }

    private static String smaller(PhasePlan phase, int fits) {
        int batch = phase.phase().batchSize();
        for (int steps = phase.phase().accumulationSteps() + 1; steps * phase.replicas() <= batch && fits > 0; steps++) {
            int parts = steps * phase.replicas();
            if (batch % parts == 0 && batch / parts <= fits) {
                return PhasePlan.text("raise accumulation_steps to %d for the same batch in smaller parts, or lower batch_size", steps);
            }
        }
        return PhasePlan.text("not even one sequence of %d tokens fits; take a smaller model, or shorter sequences",
                phase.data().maxSeqLength());
    }

    /**
     * The disk that checkpoints take, in a line; another where it is tight.
     *
     * @param steps of the run; 0 if that is not known
     * @param kept bytes that its checkpoints take already
     * @throws Failure (usage) if there is no room for one
     */
    List<String> disk(TrainingGraph graph, CheckpointConfig checkpoints, long steps, long kept) {
        long one = Checkpointer.bytes(graph);
        if (one > diskBytes) {
            throw Failure.usage("--run %s: a checkpoint takes %s, and %s are free there; make room, or choose another place",
                    run, size(one), size(diskBytes));
        }
        long all = Checkpointer.diskBytes(graph, checkpoints, steps);
        List<String> lines = new ArrayList<>(List.of(PhasePlan.text(
                "Disk:  %s a checkpoint, %s for all that are kept; %s are free", size(one), size(all), size(diskBytes))));
        if (all > diskBytes + kept) {
            lines.add("Warning: that is more than is free; lower keep_checkpoints, raise keep_every, or make room.");
        }
        return lines;
    }

    private static String size(long bytes) {
        return bytes < GB ? PhasePlan.text("%.1f MB", bytes / MB) : PhasePlan.text("%.1f GB", bytes / GB);
    }
}
