package org.graphbert.cli;

import picocli.CommandLine.Option;

/** The options that all tasks of {@code finetune} share; they reach the configuration by their names. */
final class FinetuneOptions {

    private FinetuneOptions() {}

    /** What is learnt, from what. */
    static final class Subject {

        @Option(
                names = "--from",
                paramLabel = "RUN|CHECKPOINT",
                description = "A run (its newest checkpoint), an imported one, a fine-tuned one (its best; the head is new all the same), "
                        + "or a checkpoint's prefix. Without it, with --model and --tokenizer, the weights are random.")
        private String from;

        @Option(names = "--from-best", description = "Of the run, the checkpoint of the lowest masked-LM loss instead of the newest.")
        private Boolean fromBest;

        @Option(
                names = "--scratch",
                description = "Of --from only the model and the tokenizer, and random weights: what is pre-training worth?")
        private Boolean scratch;

        @Option(names = "--model", paramLabel = "FILE", description = "Model configuration, of what is no run.")
        private String model;

        @Option(names = "--tokenizer", paramLabel = "PATH", description = "Of what is no run, or has none.")
        private String tokenizer;

        @Option(names = "--train", paramLabel = "FILE", description = "Examples to train on.")
        private String train;

        @Option(names = "--dev", paramLabel = "FILE", description = "Examples to choose the best checkpoint by.")
        private String dev;

        @Option(
                names = "--test",
                paramLabel = "FILE",
                description = "Examples to score at the end, and to write predictions for; they need no labels.")
        private String test;

        @Option(names = "--output", paramLabel = "DIR", description = "Where the run is kept, e.g. runs/NAME.")
        private String output;
    }

    /** How long and in what portions. */
    static final class Batches extends PretrainLearning.Parts {

        @Option(names = "--epochs", paramLabel = "X", description = "Passes over the examples (3).")
        private Double epochs;

        @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps, instead.")
        private Long steps;

        @Option(names = "--batch-size", paramLabel = "N", description = "Examples a step (32).")
        private Integer batchSize;

        @Option(
                names = "--max-seq-length",
                paramLabel = "N",
                description = "Tokens of a sequence, with [CLS] and [SEP] (128; qa 384; no more than the model takes).")
        private Integer maxSeqLength;
    }

    /** How the weights follow their gradients. */
    static final class Learning extends PretrainLearning.Rule {

        @Option(
                names = "--learning-rate",
                paramLabel = "X",
                description = "Peak (3e-4 up to hidden size 256, 1e-4 from 512, 3e-5 from 768).")
        private Double learningRate;

        @Option(names = "--schedule", paramLabel = "NAME", description = "linear, cosine, polynomial, constant or inverse_sqrt (linear).")
        private String schedule;

        @Option(names = "--warmup-ratio", paramLabel = "X", description = "Share of the steps up to the peak (0.1).")
        private Double warmupRatio;

        @Option(names = "--warmup-steps", paramLabel = "N", description = "The same in steps.")
        private Long warmupSteps;

        @Option(
                names = "--bias-correction",
                negatable = true,
                description = "Of adamw's moments (yes, for without it training on few examples fails now and then).")
        private Boolean biasCorrection;

        @Option(
                names = "--freeze",
                paramLabel = "LAYERS",
                description = "The embeddings and so many of the lowest layers stay as they are; 0 for the embeddings alone (none).")
        private Integer freeze;

        @Option(names = "--dropout", paramLabel = "X", description = "Instead of the model's two probabilities.")
        private Double dropout;
    }

    /** Chance. */
    static final class Seeds {

        @Option(names = "--seed", paramLabel = "N", description = "Of the head, the dropout and the order of the examples (12345).")
        private Long seed;

        @Option(
                names = "--restarts",
                paramLabel = "N",
                description = "Train N times, with the seeds from --seed on; the best on dev is kept, all are told (1).")
        private Integer restarts;
    }

    /** What is watched and kept. */
    static final class Watching {

        @Option(names = "--eval-every", paramLabel = "N", description = "Steps between evaluations on dev (a pass over the examples).")
        private Long evalEvery;

        @Option(names = "--metric", paramLabel = "NAME", description = "By which the best checkpoint is chosen (the task's own).")
        private String metric;

        @Option(names = "--early-stopping", paramLabel = "N", description = "Stop after N evaluations without a better one (never).")
        private Integer earlyStopping;

        @Option(names = "--checkpoint-every", paramLabel = "N", description = "Steps between checkpoints to go on from (500).")
        private Long checkpointEvery;

        @Option(names = "--log-every", paramLabel = "N", description = "Steps between lines of metrics.jsonl (10).")
        private Long logEvery;

        @Option(names = "--tensorboard", negatable = true, description = "Write events for TensorBoard into the run (yes).")
        private Boolean tensorboard;

        @Option(
                names = "--on-nan",
                paramLabel = "stop|skip",
                description = "Where a loss or gradient is not finite, stop, or skip the update (stop).")
        private String onNan;
    }
}
