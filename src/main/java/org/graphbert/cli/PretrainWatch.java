package org.graphbert.cli;

import picocli.CommandLine.Option;

/** The options of {@code pretrain} that say what is kept of a run, what it tells, and what stops it. */
final class PretrainWatch {

    private PretrainWatch() {}

    /** Checkpoints. */
    static final class Saving {

        @Option(names = "--checkpoint-every", paramLabel = "N", description = "Steps between checkpoints (1000).")
        private Long checkpointEvery;

        @Option(names = "--keep-checkpoints", paramLabel = "N", description = "Keep the newest so many (3).")
        private Integer keepCheckpoints;

        @Option(names = "--keep-every", paramLabel = "N", description = "Keep for good those of every so many steps (none).")
        private Long keepEvery;

        @Option(
                names = "--keep-best",
                negatable = true,
                description = "Keep the one of the lowest masked-LM loss on held-out data, which --best takes (yes).")
        private Boolean keepBest;
    }

    /** What the run tells of itself. */
    static final class Telling {

        @Option(names = "--eval-every", paramLabel = "N", description = "Steps between evaluations on held-out data (500).")
        private Long evalEvery;

        @Option(names = "--eval-batches", paramLabel = "N", description = "Batches that an evaluation reads at most (all).")
        private Integer evalBatches;

        @Option(names = "--log-every", paramLabel = "N", description = "Steps between lines of metrics.jsonl (10).")
        private Long logEvery;

        @Option(names = "--tensorboard", negatable = true, description = "Write events for TensorBoard into the run (yes).")
        private Boolean tensorboard;

        @Option(
                names = "--histograms-every",
                paramLabel = "N",
                description = "Steps between histograms of the weights in them (none).")
        private Long histogramsEvery;

        @Option(
                names = "--probe",
                paramLabel = "TASK",
                description = "Fine-tune the weights on a task now and then and log its accuracy: a directory with train.tsv and "
                        + "dev.tsv.")
        private String probe;

        @Option(names = "--probe-every", paramLabel = "N", description = "Steps between probes (as --eval-every).")
        private Long probeEvery;
    }

    /** What stops a run before its end. */
    static final class Guards {

        @Option(
                names = "--on-nan",
                paramLabel = "stop|skip",
                description = "Where a loss or gradient is not finite, stop, or skip the update (stop).")
        private String onNan;

        @Option(
                names = "--early-stopping",
                paramLabel = "N",
                description = "Stop after N evaluations without a better one, of the probe if there is one (never).")
        private Integer earlyStopping;
    }
}
