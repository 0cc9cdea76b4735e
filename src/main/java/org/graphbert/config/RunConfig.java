package org.graphbert.config;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A pre-training run as the user configures it: defaults, overridden by a configuration file, overridden by flags. What
 * may be absent is null and is resolved when the data set is known. The keys of the records in it stand among its own.
 *
 * @param model the model configuration's file; null for the model of the run in init
 * @param data the data set's directory; not together with phases
 * @param phases data sets one after the other, each for its share of the steps; null for the one in data
 * @param evalData a held-out data set, or null
 * @param run the run's directory
 * @param init a run or a checkpoint prefix to take the weights from, or null
 * @param tokenizer of TFRecords without a manifest, to be kept with the run; null where the data set brings its own
 * @param batchSize sequences of a step
 * @param accumulationSteps micro-batches that a step is computed in
 * @param precision float32, tf32, bfloat16, float16, or auto for what the device does best
 * @param xla on, off, or auto
 * @param device cpu, gpu, or auto for a GPU where there is one
 * @param devices several of them, as {@link Devices}; null for one
 * @param dynamicMasking masks anew in each epoch instead of as the records were prepared
 * @param pack several records in one sequence, so that hardly a position is padding
 * @param dropout instead of the model's two probabilities, while pre-training; null for the model's
 * @param vocabSize to enlarge the vocabulary beyond the tokenizer's; null for the tokenizer's
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
        @JsonUnwrapped Duration duration,
        int batchSize,
        int accumulationSteps,
        @JsonUnwrapped OptimizerConfig optimization,
        String precision,
        String xla,
        String device,
        String devices,
        boolean dynamicMasking,
        boolean pack,
        Double dropout,
        Integer vocabSize,
        long seed,
        @JsonUnwrapped CheckpointConfig checkpoints,
        @JsonUnwrapped WatchConfig watching,
        @JsonUnwrapped GuardConfig guards,
        int threads) {

    /** What the device does best. */
    public static final String AUTO = "auto";
    public static final String ON = "on";
    public static final String OFF = "off";

    private static final List<String> PRECISIONS =
            Stream.concat(Stream.of(AUTO), Arrays.stream(Precision.values()).map(Precision::toString)).toList();

    private static final String DEFAULTS =
            """
            {"batch_size": 32, "accumulation_steps": 1, "optimizer": "adamw", "schedule": "linear", "schedule_power": 1.0,
             "end_learning_rate": 0.0, "decay_ratio": 0.1, "weight_decay": 0.01, "clip_norm": 1.0, "beta1": 0.9, "beta2": 0.999,
             "epsilon": 1e-6, "momentum": 0.9, "layer_decay": 1.0, "precision": "float32", "xla": "off", "device": "auto", "dynamic_masking": false, "pack": false,
             "seed": 12345, "checkpoint_every": 1000, "keep_checkpoints": 3, "keep_best": true, "eval_every": 500,
             "log_every": 10, "tensorboard": true, "on_nan": "stop", "threads": 0}
            """;

    /** Of which one takes the place of the others. */
    private static final List<String> DURATIONS = Keys.of(Duration.class);

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
            if (duration.epochs() != null) {
                throw Failure.usage("epochs and phases are both set; phases are shares of the steps: set steps");
            }
            Phase.requireWhole(phases);
        }
        requireRatio(duration, optimization.warmupSteps(), "");
        for (int i = 0; phases != null && i < phases.size(); i++) {
            requireRatio(duration, phases.get(i).warmupSteps(), "phase " + phases.get(i).data() + ": ");
        }
        required("run", run);
        Bounds.atLeastOne("batch_size", batchSize);
        Bounds.atLeastOne("accumulation_steps", accumulationSteps);
        if (phases == null && batchSize % accumulationSteps != 0) {
            throw Failure.usage(
                    "batch_size (%d) is not a multiple of accumulation_steps (%d)", batchSize, accumulationSteps);
        }
        if (phases != null) {
            for (Phase phase : phases) {
                phase.resolved(batchSize, accumulationSteps, evalData);
            }
        }
        if (dropout != null) {
            Bounds.probability("dropout", dropout);
        }
        Bounds.oneOf("precision", precision, PRECISIONS);
        Bounds.oneOf("xla", xla, List.of(AUTO, ON, OFF));
        Bounds.oneOf("device", device, DeviceChoice.names());
        requireDevices(device, devices);
        if (threads < 0) {
            throw Failure.usage("threads is %d, expected 0 (all cores) or more", threads);
        }
    }

    private static void requireDevices(String device, String devices) {
        DeviceChoice kind = devices == null ? DeviceChoice.AUTO : Devices.parse(devices).kind();
        if (kind != DeviceChoice.AUTO && !device.equals(AUTO) && !device.equals(kind.toString())) {
            throw Failure.usage("device is %s, but devices is %s; leave device out, devices says it", device, devices);
        }
    }

    /** How many devices a resolved run is computed on. */
    public int deviceCount() {
        return devices == null ? 1 : Devices.parse(devices).count();
    }

    /** CPU or GPU, as far as that is said. */
    public DeviceChoice deviceChoice() {
        DeviceChoice several = devices == null ? DeviceChoice.AUTO : Devices.parse(devices).kind();
        return several == DeviceChoice.AUTO ? DeviceChoice.of(device) : several;
    }

    /** The model as pre-training drops its units; what is kept of it, and fine-tuned later, has its own probabilities. */
    public ModelConfig inPretraining(ModelConfig model) {
        return dropout == null ? model : model.withDropout(dropout, dropout);
    }

    /** Steps between probes; 0 without a probe. */
    public long probeEvery() {
        if (guards.probe() == null) {
            return 0;
        }
        return guards.probeEvery() == null ? watching.evalEvery() : guards.probeEvery();
    }

    /** What holds where neither a file nor a flag says otherwise. */
    static ObjectNode defaults() {
        try {
            return (ObjectNode) Json.MAPPER.readTree(DEFAULTS);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The keys of a configuration file, in order. */
    public static List<String> keys() {
        return Keys.of(RunConfig.class);
    }

    /** The phases with nothing left open; one, where there is one data set. */
    public List<Phase> resolvedPhases() {
        List<Phase> given = phases == null ? List.of(Phase.of(data, 1, null, null, null)) : phases;
        return given.stream().map(phase -> phase.resolved(batchSize, accumulationSteps, evalData)).toList();
    }

    /**
     * Defaults, overridden by the file's keys, overridden by the flags.
     *
     * @param file a YAML or JSON file, or null
     * @param flags snake_case keys
     */
    public static RunConfig of(Path file, ObjectNode flags) throws IOException {
        ObjectNode merged = defaults();
        if (file != null) {
            ObjectNode given = Json.readObject(file);
            Keys.requireKnown(file, given, RunConfig.class);
            // A duration on the command line takes the place of the file's, whichever that is; so does a warm-up.
            if (DURATIONS.stream().anyMatch(flags::has)) {
                given.remove(DURATIONS);
            }
            if (flags.has("warmup_steps") || flags.has("warmup_ratio")) {
                given.remove(List.of("warmup_steps", "warmup_ratio"));
            }
            // And a data set that of the file's data or phases.
            if (flags.has("data")) {
                given.remove("phases");
            }
            // And what a flag says goes for every phase.
            given.path("phases").forEach(phase -> {
                if (phase instanceof ObjectNode of) {
                    of.remove(List.of("batch_size", "accumulation_steps", "eval_data", "learning_rate", "schedule").stream()
                            .filter(flags::has).toList());
                    if (flags.has("warmup_steps") || flags.has("warmup_ratio")) {
                        of.remove(List.of("warmup_steps", "warmup_ratio"));
                    }
                }
            });
            merged.setAll(given);
        }
        merged.setAll(flags);
        Keys.requireTypes(file == null ? "command line" : file, merged, RunConfig.class);
        return Json.convert(merged, RunConfig.class);
    }

    /**
     * The same run with nothing left open.
     *
     * @param length the steps, or the budget
     * @param schedule with a peak and a warm-up
     * @param each the phases with their schedules; null where the run has none
     */
    public RunConfig resolved(Duration length, OptimizerConfig schedule, List<Phase> each) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        node.setAll(Json.MAPPER.<ObjectNode>valueToTree(length));
        node.setAll(Json.MAPPER.<ObjectNode>valueToTree(schedule));
        node.set("phases", Json.MAPPER.valueToTree(each));
        return Json.convert(node, RunConfig.class);
    }

    /**
     * The same run under a precision, with XLA on or off and on certain devices, where these were left to the machine.
     *
     * @param all the devices; null for the one that TensorFlow takes by itself
     */
    public RunConfig computed(Precision chosen, boolean compiled, Devices all) {
        ObjectNode node = Json.MAPPER.valueToTree(this);
        node.put("precision", chosen.toString()).put("xla", compiled ? ON : OFF);
        node.put("devices", all == null ? null : all.toString());
        return Json.convert(node, RunConfig.class);
    }

    /** A recorded configuration with what versions before it had no key for: they did as the defaults do. */
    public static ObjectNode withDefaults(ObjectNode recorded) {
        ObjectNode complete = defaults();
        complete.setAll(recorded);
        return complete;
    }

    /** In a budget nobody knows how many steps there will be. */
    private static void requireRatio(Duration duration, Long warmup, String where) {
        if (duration.timed() && warmup != null) {
            throw Failure.usage("%swarmup_steps is %d, but budget is %s, and how many steps that will be is not known; set "
                    + "warmup_ratio, a share of the time", where, warmup, duration.budget());
        }
    }

    private static void required(String key, Object value) {
        if (value == null) {
            throw Failure.usage(
                    "%s is not set; give --%s or set it in the configuration file", key, key.replace('_', '-'));
        }
    }
}
