package org.graphbert.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A pre-training run as the user configures it: defaults, overridden by a configuration file, overridden by flags. What
 * may be absent is null and is resolved when the data set is known.
 *
 * @param model the model configuration's file; null for the model of the run in init
 * @param data the data set's directory; not together with phases
 * @param phases data sets one after the other, each for its share of the steps; null for the one in data
 * @param evalData a held-out data set, or null
 * @param run the run's directory
 * @param init a run or a checkpoint prefix to take the weights from, or null
 * @param tokenizer of TFRecords without a manifest, to be kept with the run; null where the data set brings its own
 * @param steps optimiser steps; not together with epochs
 * @param epochs passes over the data; not together with steps, nor with phases
 * @param batchSize sequences of a step
 * @param accumulationSteps micro-batches that a step is computed in
 * @param learningRate the peak; null for the recipe of the model's size
 * @param warmupSteps null for min(10,000, 10% of the steps)
 * @param schedule linear, cosine or constant
 * @param clipNorm the largest global norm of the gradients
 * @param biasCorrection Adam's bias correction, which the reference leaves out
 * @param dynamicMasking masks anew in each epoch instead of as the records were prepared
 * @param pack several records in one sequence, so that hardly a position is padding
 * @param vocabSize to enlarge the vocabulary beyond the tokenizer's; null for the tokenizer's
 * @param checkpointEvery steps between checkpoints
 * @param keepCheckpoints how many of the newest are kept
 * @param evalEvery steps between evaluations on evalData
 * @param evalBatches how many batches an evaluation reads; null for all
 * @param logEvery steps between lines of metrics.jsonl
 * @param threads of TensorFlow's kernels; 0 for all cores
 */
public record RunConfig(
        String model,
        String data,
        List<Phase> phases,
        String evalData,
        String run,
        String init,
        String tokenizer,
        Long steps,
        Double epochs,
        int batchSize,
        int accumulationSteps,
        Double learningRate,
        Long warmupSteps,
        String schedule,
        double weightDecay,
        double clipNorm,
        double beta1,
        double beta2,
        double epsilon,
        boolean biasCorrection,
        boolean dynamicMasking,
        boolean pack,
        Integer vocabSize,
        long seed,
        long checkpointEvery,
        int keepCheckpoints,
        long evalEvery,
        Integer evalBatches,
        long logEvery,
        int threads) {

    private static final String DEFAULTS =
            """
            {"batch_size": 32, "accumulation_steps": 1, "schedule": "linear", "weight_decay": 0.01, "clip_norm": 1.0,
             "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-6, "bias_correction": false, "dynamic_masking": false,
             "pack": false, "seed": 12345, "checkpoint_every": 1000, "keep_checkpoints": 3, "eval_every": 500, "log_every": 10,
             "threads": 0}
            """;

    public RunConfig {
        if (init == null) {
            required("model", model);
        }
        if (phases == null) {
            required("data", data);
        } else {
            phases = List.copyOf(phases);
            if (data != null) {
                throw Failure.usage("data and phases are both set; set one of them: each phase names its own data");
            }
            if (epochs != null) {
                throw Failure.usage("epochs and phases are both set; phases are shares of the steps: set steps");
            }
            Phase.requireWhole(phases);
        }
        required("run", run);
        if ((steps == null) == (epochs == null)) {
            throw Failure.usage(steps == null
                    ? "no duration: set steps or epochs"
                    : "two durations: steps is " + steps + " and epochs is " + epochs + "; set one of them");
        }
        atLeastOne("steps", steps == null ? 1 : steps);
        if (epochs != null && !(epochs > 0)) {
            throw Failure.usage("epochs is %s, expected a number above 0", epochs);
        }
        atLeastOne("batch_size", batchSize);
        atLeastOne("accumulation_steps", accumulationSteps);
        if (phases == null && batchSize % accumulationSteps != 0) {
            throw Failure.usage(
                    "batch_size (%d) is not a multiple of accumulation_steps (%d)", batchSize, accumulationSteps);
        }
        if (phases != null) {
            for (Phase phase : phases) {
                phase.resolved(batchSize, accumulationSteps, evalData);
            }
        }
        if (!(weightDecay >= 0) || Double.isInfinite(weightDecay)) {
            throw Failure.usage("weight_decay is %s, expected a finite number from 0", weightDecay);
        }
        if (!(clipNorm > 0)) {
            throw Failure.usage("clip_norm is %s, expected a number above 0", clipNorm);
        }
        atLeastOne("checkpoint_every", checkpointEvery);
        atLeastOne("keep_checkpoints", keepCheckpoints);
        atLeastOne("eval_every", evalEvery);
        atLeastOne("eval_batches", evalBatches == null ? 1 : evalBatches);
        atLeastOne("log_every", logEvery);
        if (threads < 0) {
            throw Failure.usage("threads is %d, expected 0 (all cores) or more", threads);
        }
    }

    /** The keys of a configuration file, in order. */
    public static List<String> keys() {
        return Keys.of(RunConfig.class);
    }

    /** The phases with nothing left open; one, where there is one data set. */
    public List<Phase> resolvedPhases() {
        List<Phase> given = phases == null ? List.of(new Phase(data, 1, null, null, null)) : phases;
        return given.stream().map(phase -> phase.resolved(batchSize, accumulationSteps, evalData)).toList();
    }

    /**
     * Defaults, overridden by the file's keys, overridden by the flags.
     *
     * @param file a YAML or JSON file, or null
     * @param flags snake_case keys
     */
    public static RunConfig of(Path file, ObjectNode flags) throws IOException {
        ObjectNode merged = (ObjectNode) Json.MAPPER.readTree(DEFAULTS);
        if (file != null) {
            ObjectNode given = Json.readObject(file);
            Keys.requireKnown(file, given, RunConfig.class);
            // A duration on the command line takes the place of the file's, whichever of the two that is.
            if (flags.has("steps") || flags.has("epochs")) {
                given.remove(List.of("steps", "epochs"));
            }
            // So does a data set of the file's data or phases.
            if (flags.has("data")) {
                given.remove("phases");
            }
            // And what a flag says goes for every phase.
            given.path("phases").forEach(phase -> {
                if (phase instanceof ObjectNode of) {
                    of.remove(List.of("batch_size", "accumulation_steps", "eval_data").stream().filter(flags::has).toList());
                }
            });
            merged.setAll(given);
        }
        merged.setAll(flags);
        Keys.requireTypes(file == null ? "command line" : file, merged, RunConfig.class);
        return Json.convert(merged, RunConfig.class);
    }

    /** The same run with nothing left open. */
    public RunConfig resolved(long resolvedSteps, double rate, long warmup) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        node.put("steps", resolvedSteps).putNull("epochs");
        node.put("learning_rate", rate).put("warmup_steps", warmup);
        if (phases != null) {
            node.set("phases", Json.MAPPER.valueToTree(resolvedPhases()));
        }
        return Json.convert(node, RunConfig.class);
    }

    private static void required(String key, Object value) {
        if (value == null) {
            throw Failure.usage(
                    "%s is not set; give --%s or set it in the configuration file", key, key.replace('_', '-'));
        }
    }

    private static void atLeastOne(String key, long value) {
        if (value < 1) {
            throw Failure.usage("%s is %d, expected at least 1", key, value);
        }
    }
}
