package org.graphbert.cli;

import picocli.CommandLine.Option;

/** The options of {@code pretrain} that say what is trained, on what, and how long. */
final class PretrainData {

    private PretrainData() {}

    /** Data and model. */
    static final class Subject {

        @Option(
                names = "--model",
                paramLabel = "FILE",
                description = "Model configuration, e.g. config/bert-mini.json; with --init RUN that run's may stand for it.")
        private String model;

        @Option(names = "--data", paramLabel = "DIR", description = "Data set to train on.")
        private String data;

        @Option(names = "--eval-data", paramLabel = "DIR", description = "Held-out data set to evaluate on.")
        private String evalData;

        @Option(names = "--run", paramLabel = "DIR", description = "Where the run is kept, e.g. runs/NAME.")
        private String run;

        @Option(
                names = "--init",
                paramLabel = "RUN|CHECKPOINT",
                description = "Start from the weights of a run or of a checkpoint's prefix.")
        private String init;

        @Option(
                names = "--tokenizer",
                paramLabel = "PATH",
                description = "Of TFRecords that came without one, for predict and export.")
        private String tokenizer;

        @Option(names = "--vocab-size", paramLabel = "N", description = "More entries than the tokenizer has.")
        private Integer vocabSize;

        @Option(names = "--seed", paramLabel = "N", description = "Of weights, dropout and shuffling (12345).")
        private Long seed;
    }

    /** How long; one of these, for one takes the place of the others. */
    static final class Length {

        @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps.")
        private Long steps;

        @Option(names = "--examples", paramLabel = "N", description = "Records to train on.")
        private Long examples;

        @Option(names = "--tokens", paramLabel = "N", description = "Positions to train on, padding too.")
        private Long tokens;

        @Option(names = "--epochs", paramLabel = "X", description = "Passes over the data.")
        private Double epochs;

        @Option(
                names = "--budget",
                paramLabel = "TIME",
                description = "Wall-clock time, e.g. 45m or 1h30m; the schedule ends when it does.")
        private String budget;
    }
}
