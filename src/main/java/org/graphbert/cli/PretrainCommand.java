package org.graphbert.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.config.Json;
import org.graphbert.config.RunConfig;
import org.graphbert.train.Plan;
import org.graphbert.train.Pretraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert pretrain}: a data set to a trained run. */
@Command(
        name = "pretrain",
        description = "Trains a model on a data set; the same command continues an interrupted run.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A configuration file (--config) sets any of these, with _ for -; flags override it. Its key phases, a list of",
            "{data, share, batch_size, accumulation_steps, eval_data, learning_rate, schedule, warmup_steps, warmup_ratio},",
            "gives each data set its share of the steps, or of the budget; where one has a schedule of its own, each has.",
            "Its key variable_rules, a list of {pattern, learning_rate, weight_decay}, changes the rate, by a factor (0 freezes),",
            "and the decay of the variables in whose names the pattern, a regular expression, is found; the first that is holds.",
            "",
            "Example:",
            "  graphbert pretrain --model config/bert-mini.json --data tfrecords/wiki \\",
            "      --eval-data tfrecords/wiki-held-out --run runs/wiki --steps 3000",
            "",
            "Training on from other weights, under the model of their run:",
            "  graphbert pretrain --init runs/imported --data tfrecords/law --run runs/law --steps 3000"
        })
final class PretrainCommand implements Callable<Integer> {

    private static final int EXIT_INTERRUPTED = 130;

    @Option(names = "--config", paramLabel = "FILE", description = "Run configuration, YAML or JSON.")
    private Path configFile;

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

    @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps.")
    private Long steps;

    @Option(names = "--examples", paramLabel = "N", description = "Records to train on, instead of --steps.")
    private Long examples;

    @Option(names = "--tokens", paramLabel = "N", description = "Positions to train on, padding too, instead of --steps.")
    private Long tokens;

    @Option(names = "--epochs", paramLabel = "X", description = "Passes over the data, instead of --steps.")
    private Double epochs;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "Wall-clock time, e.g. 45m or 1h30m, instead of --steps: the schedule ends when it does.")
    private String budget;

    @Option(names = "--batch-size", paramLabel = "N", description = "Sequences a step (32).")
    private Integer batchSize;

    @Option(names = "--accumulation-steps", paramLabel = "N", description = "Parts that a batch is computed in (1).")
    private Integer accumulationSteps;

    @Option(names = "--optimizer", paramLabel = "NAME", description = "adamw, lamb, adafactor or sgd (adamw).")
    private String optimizer;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "Peak (with adamw 5e-4 up to hidden size 256, 3e-4 at 512, 1e-4 from 768).")
    private Double learningRate;

    @Option(names = "--warmup-steps", paramLabel = "N", description = "min(10,000, 10%% of the steps).")
    private Long warmupSteps;

    @Option(names = "--warmup-ratio", paramLabel = "X", description = "The warm-up as a share of the steps, or of the budget.")
    private Double warmupRatio;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "linear, cosine, polynomial, constant, inverse_sqrt or wsd: warm-up, stable, decay (linear).")
    private String schedule;

    @Option(names = "--schedule-power", paramLabel = "X", description = "Of polynomial (1.0).")
    private Double schedulePower;

    @Option(
            names = "--end-learning-rate",
            paramLabel = "X",
            description = "Where linear, polynomial, cosine and wsd end (0).")
    private Double endLearningRate;

    @Option(names = "--decay-ratio", paramLabel = "X", description = "Share of the steps in which wsd decays (0.1).")
    private Double decayRatio;

    @Option(names = "--weight-decay", paramLabel = "X", description = "0.01.")
    private Double weightDecay;

    @Option(
            names = "--layer-decay",
            paramLabel = "X",
            description = "A layer's rate is so many times that of the layer above (1.0).")
    private Double layerDecay;

    @Option(names = "--clip-norm", paramLabel = "X", description = "Largest global norm of the gradients (1.0).")
    private Double clipNorm;

    @Option(names = "--beta1", paramLabel = "X", description = "Of the first moment, adamw and lamb (0.9).")
    private Double beta1;

    @Option(names = "--beta2", paramLabel = "X", description = "Of the second moment, adamw and lamb (0.999).")
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

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "Of matrix products: float32, bfloat16, float16, or auto for what the device does best (float32).")
    private String precision;

    @Option(names = "--xla", paramLabel = "on|off|auto", description = "Compile the graph (off).")
    private String xla;

    @Option(names = "--dynamic-masking", description = "Mask anew in every epoch.")
    private Boolean dynamicMasking;

    @Option(names = "--pack", description = "Several pairs in one sequence, each by itself: hardly any padding.")
    private Boolean pack;

    @Option(names = "--vocab-size", paramLabel = "N", description = "More entries than the tokenizer has.")
    private Integer vocabSize;

    @Option(names = "--seed", paramLabel = "N", description = "Of weights, dropout and shuffling (12345).")
    private Long seed;

    @Option(names = "--checkpoint-every", paramLabel = "N", description = "Steps (1000).")
    private Long checkpointEvery;

    @Option(names = "--keep-checkpoints", paramLabel = "N", description = "The newest so many (3).")
    private Integer keepCheckpoints;

    @Option(names = "--keep-every", paramLabel = "N", description = "Those of every so many steps, for good (none).")
    private Long keepEvery;

    @Option(
            names = "--keep-best",
            negatable = true,
            description = "The one of the lowest masked-LM loss on held-out data, for --best elsewhere (yes).")
    private Boolean keepBest;

    @Option(names = "--eval-every", paramLabel = "N", description = "Steps (500).")
    private Long evalEvery;

    @Option(names = "--eval-batches", paramLabel = "N", description = "At most so many (all).")
    private Integer evalBatches;

    @Option(names = "--log-every", paramLabel = "N", description = "Steps between lines of metrics.jsonl (10).")
    private Long logEvery;

    @Option(names = "--tensorboard", negatable = true, description = "Write events for TensorBoard into the run (yes).")
    private Boolean tensorboard;

    @Option(names = "--histograms-every", paramLabel = "N", description = "Steps between histograms of the weights in them (none).")
    private Long histogramsEvery;

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

    @Option(
            names = "--probe",
            paramLabel = "TASK",
            description = "Fine-tune the weights on a task now and then and log its accuracy: a directory with train.tsv and dev.tsv.")
    private String probe;

    @Option(names = "--probe-every", paramLabel = "N", description = "Steps (as --eval-every).")
    private Long probeEvery;

    @Option(names = "--threads", paramLabel = "N", description = "0 for all cores (0).")
    private Integer threads;

    @Option(names = "--dry-run", description = "Check everything, print the configuration, train nothing.")
    private boolean dryRun;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ConsoleProgress progress = new ConsoleProgress();
        try (Plan plan = new Plan(RunConfig.of(configFile, flags()))) {
            progress.say("Configuration: " + Json.writeLine(plan.config()));
            if (dryRun) {
                plan.describe().forEach(progress::say);
                return 0;
            }
            Pretraining.Outcome outcome = Pretraining.run(plan, progress, ((Main) spec.root().userObject()).begun());
            return outcome == Pretraining.Outcome.INTERRUPTED ? EXIT_INTERRUPTED : 0;
        }
    }

    /** The flags that were given, under the keys of a configuration file. */
    private ObjectNode flags() {
        ObjectNode flags = Json.MAPPER.createObjectNode();
        for (OptionSpec option : spec.options()) {
            String key = option.longestName().substring(2).replace('-', '_');
            if (RunConfig.keys().contains(key) && option.getValue() != null) {
                flags.set(key, Json.MAPPER.valueToTree(option.getValue()));
            }
        }
        return flags;
    }
}
