package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fine-tuning as it is asked for: the options of {@code finetune}, with _ for -, and the keys of run.json.
 *
 * @param task classify, tag or qa
 * @param from a run or the prefix of a checkpoint, whose encoder is trained on; null for random weights, of a model
 * @param model configuration file, for what is no run
 * @param tokenizer for what is no run, or has none
 * @param fromBest of a run, its best checkpoint instead of the newest
 * @param scratch the model and the tokenizer of {@code from}, but random weights
 * @param train file of examples
 * @param dev file of examples, by which the best checkpoint is chosen
 * @param test file of examples, scored at the end; null for none
 * @param output the run's directory
 * @param files how the examples are read
 * @param batchSize examples a step
 * @param accumulationSteps parts that a batch is computed in
 * @param freeze so many of the lowest layers, and the embeddings, stay as they are; 0 for the embeddings alone, null for nothing
 * @param dropout instead of the model's two probabilities
 * @param precision of the encoder's matrix products
 * @param xla on, off or auto
 * @param device auto, cpu or gpu
 * @param seed of the head, the dropout and the order of the examples
 * @param restarts so many trainings, with seed, seed + 1, ...; the best on dev is kept
 * @param evalEvery steps between evaluations on dev; null for a pass over the examples
 * @param metric by which the best is chosen; null for the task's own
 * @param earlyStopping after so many evaluations without a better one; null for never
 * @param onNan stop, or skip: the update of a step whose loss or gradient is not finite
 * @param threads of TensorFlow's kernels; 0 for all cores
 */
public record FineTuningConfig(
        String task,
        String from,
        String model,
        String tokenizer,
        boolean fromBest,
        boolean scratch,
        String train,
        String dev,
        String test,
        String output,
        @JsonUnwrapped TaskConfig files,
        @JsonUnwrapped Duration duration,
        int batchSize,
        int accumulationSteps,
        @JsonUnwrapped OptimizerConfig optimization,
        Integer freeze,
        Double dropout,
        String precision,
        String xla,
        String device,
        long seed,
        int restarts,
        @JsonUnwrapped CheckpointConfig checkpoints,
        Long evalEvery,
        long logEvery,
        boolean tensorboard,
        String metric,
        Integer earlyStopping,
        String onNan,
        int threads) {

    private static final double EPOCHS = 3;
    private static final List<String> DURATIONS = List.of("steps", "epochs");

    /** Where they are others than those of pre-training: with bias correction, as Mosbach et al. 2021 found needed. */
    private static final String DEFAULTS =
            """
            {"from_best": false, "scratch": false, "restarts": 1, "regression": false, "pooling": "cls", "max_query_length": 64,
             "max_answer_length": 30, "n_best": 20, "eval_every": null, "bias_correction": true, "warmup_ratio": 0.1, "checkpoint_every": 500,
             "keep_checkpoints": 1}
            """;

    public FineTuningConfig {
        Bounds.oneOf("task", task, List.of("classify", "tag", "qa"));
        if (from == null && (model == null || tokenizer == null)) {
            throw Failure.usage("from is not set; give --from RUN or a checkpoint's prefix, or for random weights --model FILE and "
                    + "--tokenizer PATH");
        }
        if (scratch && from == null) {
            throw Failure.usage("scratch is for the model of a run, and from is not set; with --model alone the weights are random already");
        }
        Bounds.atLeastOne("batch_size", batchSize);
        Bounds.atLeastOne("accumulation_steps", accumulationSteps);
        if (batchSize % accumulationSteps != 0) {
            throw Failure.usage("batch_size (%d) is not a multiple of accumulation_steps (%d)", batchSize, accumulationSteps);
        }
        if (freeze != null && freeze < 0) {
            throw Failure.usage("freeze is %d, expected 0 (the embeddings) or more layers", freeze);
        }
        if (dropout != null) {
            Bounds.probability("dropout", dropout);
        }
        Bounds.oneOf("precision", precision, Stream.concat(Stream.of(RunConfig.AUTO), Stream.of(Precision.values()).map(Precision::toString)).toList());
        Bounds.oneOf("xla", xla, List.of(RunConfig.AUTO, RunConfig.ON, RunConfig.OFF));
        Bounds.oneOf("device", device, DeviceChoice.names());
        Bounds.oneOf("on_nan", onNan, List.of("stop", "skip"));
        Bounds.atLeastOne("restarts", restarts);
        Bounds.atLeastOne("eval_every", evalEvery == null ? 1 : evalEvery);
        Bounds.atLeastOne("log_every", logEvery);
        Bounds.atLeastOne("early_stopping", earlyStopping == null ? 1 : earlyStopping);
        if (threads < 0) {
            throw Failure.usage("threads is %d, expected 0 (all cores) or more", threads);
        }
    }

    /** The keys, in order. */
    public static List<String> keys() {
        return Keys.of(FineTuningConfig.class);
    }

    /** Defaults, overridden by the flags. */
    public static FineTuningConfig of(ObjectNode flags) {
        ObjectNode merged = defaults();
        if (flags.has("warmup_steps")) {
            merged.remove("warmup_ratio");
        }
        if (DURATIONS.stream().noneMatch(flags::has)) {
            merged.put("epochs", EPOCHS);
        }
        merged.setAll(flags);
        return Json.convert(merged.retain(keys()), FineTuningConfig.class);
    }

    /** A recorded configuration with what versions before it had no key for: they did as the defaults do. */
    public static ObjectNode withDefaults(ObjectNode recorded) {
        ObjectNode complete = defaults().retain(keys());
        complete.setAll(recorded);
        return complete;
    }

    private static ObjectNode defaults() {
        ObjectNode defaults = RunConfig.defaults();
        try {
            defaults.setAll((ObjectNode) Json.MAPPER.readTree(DEFAULTS));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return defaults;
    }

    /** A recorded configuration. */
    static FineTuningConfig convert(ObjectNode node) {
        return Json.convert(node, FineTuningConfig.class);
    }

    /** The same with nothing left open. */
    public FineTuningConfig resolved(Resolved found) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        node.setAll(Json.MAPPER.<ObjectNode>valueToTree(Duration.ofSteps(found.steps())));
        node.setAll(Json.MAPPER.<ObjectNode>valueToTree(optimization.resolved(found.learningRate(), found.warmupSteps(), null)));
        node.put("precision", found.precision().toString()).put("xla", found.xla() ? RunConfig.ON : RunConfig.OFF);
        node.put("eval_every", found.evalEvery()).put("metric", found.metric());
        node.setAll(Json.MAPPER.<ObjectNode>valueToTree(found.files()));
        return convert(node);
    }

    /** What a configuration may leave open, as data, model and device have it. */
    public record Resolved(
            long steps, double learningRate, long warmupSteps, Precision precision, boolean xla, long evalEvery, String metric,
            TaskConfig files) {}

    /** The same of one of the restarts, in a directory of its own. */
    public FineTuningConfig restart(long number, String directory) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        return convert(node.put("seed", seed + number).put("restarts", 1).put("output", directory));
    }

    /** The model as fine-tuning drops its units. */
    public ModelConfig dropping(ModelConfig of) {
        return dropout == null ? of : of.withDropout(dropout, dropout);
    }
}
