package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.RunConfig;
import org.graphbert.config.Version;
import org.graphbert.device.Accelerator;
import org.graphbert.distribute.cluster.Identity;
import org.tensorflow.TensorFlow;

/**
 * run.json: what a run was made from, kept with it. A run is trained, and has a configuration and data, or it is imported, or
 * it is fine-tuned on a task.
 *
 * @param config the resolved configuration; null of an imported or a fine-tuned run
 * @param model with the vocabulary size that training uses
 * @param data each phase's; one is written without a list around it; null of an imported or a fine-tuned run
 * @param workers how many processes train it together; null where it is one
 * @param imported where an imported run comes from; null of a trained one
 * @param fineTuned the task of a fine-tuned run; null of another
 */
public record RunRecord(
        String graphbertVersion,
        @JsonInclude(JsonInclude.Include.NON_NULL) RunConfig config,
        ModelConfig model,
        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonFormat(with = {
            JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY, JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
        }) List<Data> data,
        @JsonInclude(JsonInclude.Include.NON_NULL) Integer workers,
        @JsonInclude(JsonInclude.Include.NON_NULL) Imported imported,
        @JsonInclude(JsonInclude.Include.NON_NULL) FineTuned fineTuned,
        Environment environment) {

    /**
     * These may change between a run and its resumption: they decide nothing of what is learned, or, as the pairs of a data
     * set, go with its checksum.
     */
    private static final Set<String> NEUTRAL = Set.of(
            "model", "data", "pairs", "eval_data", "run", "init", "tokenizer", "checkpoint_every", "keep_checkpoints", "keep_every",
            "keep_best", "accumulation_steps", "eval_every", "eval_batches", "log_every", "tensorboard", "histograms_every", "on_nan", "early_stopping",
            "probe", "probe_every", "threads", "xla", "device", "devices",
            // Of a fine-tuned run: where files lie, what becomes of them at the end, and how many more times it is done.
            "train", "dev", "test", "output", "restarts", "n_best", "null_threshold");

    /** Of these, what workers that train together must have the same of. */
    private static final Set<String> ALIKE = Set.of("accumulation_steps", "on_nan", "xla");

    /**
     * The training data.
     *
     * @param pairs what the pair head learns, in the words of --pairs; null in older records
     * @param checksum of the data set; null for files without a manifest
     * @param tokenizerChecksum null for files without a manifest
     */
    record Data(long records, int maxSeqLength, String pairs, String checksum, String tokenizerChecksum) {}

    /**
     * Where an imported run comes from.
     *
     * @param from the files, as the user named them
     * @param format huggingface, google or onnx
     * @param checksums SHA-256 of each of the files, by its name
     * @param tokenizerChecksum null where there was no tokenizer
     * @param seed of the initialised variables
     * @param initialised variables that the files do not have, or not in this shape
     * @param notes what was said of it
     */
    public record Imported(
            String from,
            String format,
            Map<String, String> checksums,
            @JsonInclude(JsonInclude.Include.NON_NULL) String tokenizerChecksum,
            long seed,
            List<String> initialised,
            List<String> notes) {

        /** Whether the same variables come of the same files, wherever these lie. */
        boolean same(Imported other) {
            return format.equals(other.format) && checksums.equals(other.checksums)
                    && Objects.equals(tokenizerChecksum, other.tokenizerChecksum) && initialised.equals(other.initialised)
                    && (initialised.isEmpty() || seed == other.seed);
        }

        /** Whether the masked-LM head has learnt nothing yet. */
        boolean untrainedMaskedLm() {
            return initialised.stream().anyMatch(name -> name.startsWith("cls/predictions/"));
        }

        /** Whether the head for pairs has learnt nothing yet: it, or the pooler that it stands on. */
        boolean untrainedPairs() {
            return initialised.stream()
                    .anyMatch(name -> name.startsWith("cls/seq_relationship/") || name.startsWith("bert/pooler/"));
        }
    }

    /**
     * What a fine-tuned run has learnt.
     *
     * @param config the resolved configuration
     * @param labels of the task, in the order of their classes; none where it predicts numbers or places
     * @param checkpoint the prefix of the one that it began with; null for random weights
     * @param step of that checkpoint; null where it does not say
     * @param checksums SHA-256 of each file of examples, by its use: train, dev, test
     */
    public record FineTuned(
            FineTuningConfig config,
            List<String> labels,
            @JsonInclude(JsonInclude.Include.NON_NULL) String checkpoint,
            @JsonInclude(JsonInclude.Include.NON_NULL) Long step,
            Map<String, String> checksums,
            String tokenizerChecksum) {}

    /** The machine; a change of it is noted and not refused. */
    record Environment(String java, String tensorflow, String os, int cores, String device) {

        static Environment here() {
            return new Environment(
                    System.getProperty("java.vm.name") + " " + Runtime.version(),
                    TensorFlow.version(),
                    System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                    Runtime.getRuntime().availableProcessors(),
                    Accelerator.device().recorded());
        }
    }

    static RunRecord of(RunConfig resolved, ModelConfig model, List<Data> data, int workers) {
        return new RunRecord(Version.CURRENT, resolved, model, data, workers == 1 ? null : workers, null, null, Environment.here());
    }

    static RunRecord imported(ModelConfig model, Imported imported) {
        return new RunRecord(Version.CURRENT, null, model, null, null, imported, null, Environment.here());
    }

    static RunRecord fineTuned(ModelConfig model, FineTuned task) {
        return new RunRecord(Version.CURRENT, null, model, null, null, null, task, Environment.here());
    }

    static RunRecord read(Path file) throws IOException {
        ObjectNode node = object(file);
        if (node.get("config") instanceof ObjectNode config) {
            node.set("config", RunConfig.withDefaults(config));
        }
        if (node.get("fine_tuned") instanceof ObjectNode tuned && tuned.get("config") instanceof ObjectNode config) {
            tuned.set("config", FineTuningConfig.withDefaults(config));
        }
        try {
            return Json.convert(node, RunRecord.class);
        } catch (IllegalArgumentException e) {
            throw Failure.data("%s: not a run's record: %s", file, e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    /** It is written whole or not at all: what cannot be parsed has been damaged since, and is no mistake of the command's. */
    private static ObjectNode object(Path file) throws IOException {
        try {
            return Json.readObject(file);
        } catch (Failure e) {
            throw Files.exists(file)
                    ? Failure.data("%s; the run's record is damaged: restore it, or choose another run", e.getMessage(), e)
                    : e;
        }
    }

    void write(Path file) throws IOException {
        Directories.replaceFile(file, Json.write(this) + "\n");
    }

    /** That it goes on where it was not computed before: it learns the same, but no longer bit for bit. */
    Optional<String> moved(RunRecord now) {
        String was = environment.device();
        String is = now.environment().device();
        // Before there was a choice it was the CPU, and only that was recorded.
        return is.startsWith(was) ? Optional.empty() : Optional.of(String.format(
                "It was computed on %s before, and is on %s now: it goes on the same, though not bit for bit.", was, is));
    }

    /** How many processes train it. */
    int processes() {
        return workers == null ? 1 : workers;
    }

    /**
     * What all workers that train it must have the same of: all that decides what is learnt, and what must be computed alike for the
     * workers to meet. Where files lie, and what only the chief does, may differ.
     */
    Identity identity() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("graphbert version", graphbertVersion);
        facts.put("TensorFlow", environment.tensorflow());
        ObjectNode tree = Json.MAPPER.valueToTree(config);
        // All phases, not only their files; and in how many parts a step is computed.
        tree.properties().stream()
                .filter(entry -> !NEUTRAL.contains(entry.getKey()) || ALIKE.contains(entry.getKey()))
                .forEach(entry -> facts.put(entry.getKey(), text(deciding(entry.getValue()))));
        facts.put("number of devices", String.valueOf(config.deviceCount()));
        Json.MAPPER.<ObjectNode>valueToTree(model).properties().forEach(entry -> facts.put("model " + entry.getKey(), text(entry.getValue())));
        for (int i = 0; i < data.size(); i++) {
            String set = data.size() == 1 ? "data set " : "data set of phase " + (i + 1) + " with ";
            Json.MAPPER.<ObjectNode>valueToTree(data.get(i)).properties()
                    .forEach(entry -> facts.put(set + entry.getKey(), text(entry.getValue())));
        }
        return new Identity(facts);
    }

    /** That its batches are computed in another number of parts: the same batches, under other draws of the dropout. */
    Optional<String> divided(RunRecord now) {
        List<String> changes = new ArrayList<>();
        if (config.accumulationSteps() != now.config().accumulationSteps()) {
            changes.add(String.format(
                    "accumulation_steps was %d before, and is %d now", config.accumulationSteps(), now.config().accumulationSteps()));
        }
        int was = config.deviceCount();
        int is = now.config().deviceCount();
        if (processes() != now.processes()) {
            changes.add(String.format("%d worker%s trained it before, and %d %s now", processes(), processes() == 1 ? "" : "s",
                    now.processes(), now.processes() == 1 ? "does" : "do"));
        }
        if (was != is) {
            changes.add(String.format("it was computed on %d device%s before, and is on %d now", was, was == 1 ? "" : "s", is));
        }
        ModelConfig trained = now.config().inPretraining(now.model());
        boolean drops = trained.hiddenDropoutProb() > 0 || trained.attentionProbsDropoutProb() > 0;
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", changes)
                + ": it goes on with the same batches, though " + (drops ? "other dropout." : "not bit for bit."));
    }

    /** Refuses to go on with a run under a configuration that would learn something else. */
    void requireSame(RunRecord now, Path run) {
        difference(now).ifPresent(found -> {
            throw Failure.usage("%s exists with %s; continue it with the same, or choose another --run", run, found);
        });
    }

    /** What of another record would learn something else, in words; empty if nothing would. */
    Optional<String> difference(RunRecord now) {
        if (fineTuned != null || now.fineTuned != null) {
            return difference("", tree(fineTuned, FineTuned::config), tree(now.fineTuned, FineTuned::config))
                    .or(() -> difference("examples of ", learning(fineTuned), learning(now.fineTuned)));
        }
        ObjectNode was = Json.MAPPER.valueToTree(model);
        ObjectNode is = Json.MAPPER.valueToTree(now.model());
        // An option that is off has no key: these were turned on.
        JsonNode more = is.deepCopy().remove(was.properties().stream().map(Map.Entry::getKey).toList());
        return difference("", Json.MAPPER.valueToTree(config), Json.MAPPER.valueToTree(now.config()))
                .or(() -> difference("model ", was, is))
                .or(() -> difference("model ", more, was, is))
                // The configurations are the same, and so is the number of phases.
                .or(() -> IntStream.range(0, data.size())
                        .mapToObj(i -> difference(
                                "data set ", Json.MAPPER.valueToTree(data.get(i)), Json.MAPPER.valueToTree(now.data().get(i))))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    /** Of the files, those that decide what is learned and kept; other examples to test by change nothing of that. */
    private static JsonNode learning(FineTuned of) {
        ObjectNode files = Json.MAPPER.createObjectNode();
        if (of != null) {
            List.of("train", "dev").forEach(use -> files.put("--" + use, of.checksums().get(use)));
        }
        return files;
    }

    private static JsonNode tree(FineTuned of, Function<FineTuned, Object> part) {
        return Json.MAPPER.valueToTree(of == null ? Map.of() : part.apply(of));
    }

    private static Optional<String> difference(String what, JsonNode before, JsonNode now) {
        return difference(what, before, before, now);
    }

    private static Optional<String> difference(String what, JsonNode keys, JsonNode before, JsonNode now) {
        for (Map.Entry<String, JsonNode> entry : keys.properties()) {
            String key = entry.getKey();
            JsonNode was = deciding(before.path(key));
            JsonNode is = deciding(now.path(key));
            if (!NEUTRAL.contains(key) && !was.equals(is)) {
                return Optional.of(String.format("%s%s %s, now it is %s", what, key, text(was), text(is)));
            }
        }
        return Optional.empty();
    }

    /** Of the phases, without what is neutral. */
    private static JsonNode deciding(JsonNode value) {
        JsonNode copy = value.deepCopy();
        copy.forEach(element -> {
            if (element instanceof ObjectNode phase) {
                phase.remove(NEUTRAL);
            }
        });
        return copy;
    }

    private static String text(JsonNode value) {
        return value.isContainerNode() ? value.toString() : value.isMissingNode() || value.isNull() ? "not set" : value.asText();
    }
}
