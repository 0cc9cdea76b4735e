package org.graphbert.cli;

import picocli.CommandLine.Option;

/** The options of {@code pretrain} that say how the weights are learnt; some of them are those of {@code finetune} too. */
final class PretrainLearning {

    private PretrainLearning() {}

    /** Of any training: in how many parts a step is computed. */
    static class Parts {

        @Option(names = "--accumulation-steps", paramLabel = "N", description = "Parts to compute a batch in, for less memory (1).")
        private Integer accumulationSteps;
    }

    /** Of any training: how the weights follow their gradients. */
    static class Rule {

        @Option(names = "--optimizer", paramLabel = "NAME", description = "adamw, lamb, adafactor or sgd (adamw).")
        private String optimizer;

        @Option(names = "--weight-decay", paramLabel = "X", description = "Of all weights but biases and LayerNorms (0.01).")
        private Double weightDecay;

        @Option(
                names = "--layer-decay",
                paramLabel = "X",
                description = "A layer's rate is so many times that of the layer above (1.0).")
        private Double layerDecay;

        @Option(names = "--clip-norm", paramLabel = "X", description = "Largest global norm of the gradients (1.0).")
        private Double clipNorm;
    }

    /** What a step is computed on. */
    static final class Batches extends Parts {

        @Option(names = "--batch-size", paramLabel = "N", description = "Sequences a step (32).")
        private Integer batchSize;

        @Option(names = "--pack", description = "Several records in one sequence, each by itself: hardly any padding.")
        private Boolean pack;

        @Option(names = "--dynamic-masking", description = "Mask anew in every epoch.")
        private Boolean dynamicMasking;
    }

    /** How the weights follow their gradients. */
    static final class Optimiser extends Rule {

        @Option(
                names = "--dropout",
                paramLabel = "X",
                description = "Instead of the model's two probabilities, while pre-training; fine-tuning has the model's.")
        private Double dropout;

        @Option(names = "--beta1", paramLabel = "X", description = "Decay of the first moment, adamw and lamb (0.9).")
        private Double beta1;

        @Option(names = "--beta2", paramLabel = "X", description = "Decay of the second moment, adamw and lamb (0.999).")
        private Double beta2;

        @Option(names = "--epsilon", paramLabel = "X", description = "Added to the second moment's root (1e-6).")
        private Double epsilon;

        @Option(names = "--momentum", paramLabel = "X", description = "Of sgd (0.9).")
        private Double momentum;

        @Option(
                names = "--bias-correction",
                negatable = true,
                description = "Of the moments; lamb does unless told otherwise, adamw as BERT has it does not.")
        private Boolean biasCorrection;
    }

    /** The learning rate from the first step to the last. */
    static final class Schedule {

        @Option(
                names = "--learning-rate",
                paramLabel = "X",
                description = "Peak (with adamw 5e-4 up to hidden size 256, 3e-4 at 512, 1e-4 from 768).")
        private Double learningRate;

        @Option(
                names = "--schedule",
                paramLabel = "NAME",
                description = "linear, cosine, polynomial, constant, inverse_sqrt or wsd: warm-up, stable, decay (linear).")
        private String schedule;

        @Option(
                names = "--warmup-steps",
                paramLabel = "N",
                description = "Steps up to the peak (10,000 or, if fewer, 10%% of the steps).")
        private Long warmupSteps;

        @Option(names = "--warmup-ratio", paramLabel = "X", description = "The same as a share of the steps, or of the budget.")
        private Double warmupRatio;

        @Option(names = "--schedule-power", paramLabel = "X", description = "Of polynomial (1.0).")
        private Double schedulePower;

        @Option(names = "--end-learning-rate", paramLabel = "X", description = "Where linear, polynomial, cosine and wsd end (0).")
        private Double endLearningRate;

        @Option(names = "--decay-ratio", paramLabel = "X", description = "Share of the steps in which wsd decays (0.1).")
        private Double decayRatio;
    }

    /** How it is computed. */
    static final class Speed {

        @Option(
                names = "--precision",
                paramLabel = "NAME",
                description = "Of matrix products: float32, tf32, bfloat16, float16, or auto for what the device does best (float32).")
        private String precision;

        @Option(names = "--xla", paramLabel = "on|off|auto", description = "Compile the graph (off).")
        private String xla;

        @Option(names = "--device", paramLabel = "auto|cpu|gpu", description = "Compute on a GPU where there is one, or only there (auto).")
        private String device;

        @Option(
                names = "--devices",
                paramLabel = "auto|cpu:N|gpu:0,1",
                description = "Several devices, each with its part of every batch: all GPUs, the CPU as N, or GPUs by their "
                        + "numbers (one device).")
        private String devices;

        @Option(names = "--threads", paramLabel = "N", description = "Of TensorFlow's kernels; 0 for all cores (0).")
        private Integer threads;
    }
}
