package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Phase;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The run configurations in config/: each can be run, says what to expect, and gives its reason where it departs from BERT. */
class RunConfigFilesTest {

    /** BERT's recipe, by the keys of a configuration (Devlin et al. 2018, A.2; google-research/bert). */
    private static final Map<String, List<String>> REFERENCE = Map.ofEntries(
            Map.entry("steps", List.of("1000000")),
            Map.entry("batch_size", List.of("256")),
            Map.entry("accumulation_steps", List.of("1")),
            Map.entry("share", List.of("0.9", "0.1")),
            Map.entry("optimizer", List.of("adamw")),
            Map.entry("learning_rate", List.of("1e-4")),
            Map.entry("warmup_steps", List.of("10000")),
            Map.entry("warmup_ratio", List.of("0.01")),
            Map.entry("schedule", List.of("linear")),
            Map.entry("schedule_power", List.of("1")),
            Map.entry("end_learning_rate", List.of("0")),
            Map.entry("weight_decay", List.of("0.01")),
            Map.entry("clip_norm", List.of("1")),
            Map.entry("beta1", List.of("0.9")),
            Map.entry("beta2", List.of("0.999")),
            Map.entry("epsilon", List.of("1e-6")),
            Map.entry("bias_correction", List.of("false")),
            Map.entry("layer_decay", List.of("1")),
            Map.entry("precision", List.of("float32")),
            Map.entry("xla", List.of("off")),
            Map.entry("dynamic_masking", List.of("false")),
            Map.entry("pack", List.of("false")),
            Map.entry("dropout", List.of("0.1")));

    /** Where a run takes and leaves its things, and what it tells: nothing that decides the weights, but for the seed. */
    private static final Set<String> NO_RECIPE = Set.of(
            "model", "data", "eval_data", "phases", "run", "seed", "threads", "eval_every", "eval_batches", "log_every",
            "checkpoint_every", "keep_checkpoints", "keep_every", "keep_best", "tensorboard", "histograms_every", "on_nan",
            "early_stopping", "probe", "probe_every");

    /** A key with its value and its comment, in the file's own line. */
    private static final Pattern KEY = Pattern.compile("\\s*(?:- )?([a-z0-9_]+):\\s*([^#]*?)\\s*(#.*)?");

    /** Without which a run would take a default of ours and not BERT's. */
    private static final List<String> STATED = List.of("batch_size", "learning_rate", "schedule", "weight_decay", "clip_norm");

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("config"))) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @Test
    void thereIsOneForEachModel() throws IOException {
        Set<String> models = new HashSet<>();
        for (Path recipe : recipes()) {
            models.add(RunConfig.of(recipe, Json.MAPPER.createObjectNode()).model());
        }
        try (Stream<Path> files = Files.list(Path.of("config"))) {
            assertEquals(
                    files.filter(file -> file.toString().endsWith(".json")).map(Path::toString).sorted().toList(),
                    models.stream().sorted().toList());
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void eachCanBeRun(Path recipe) throws IOException {
        RunConfig config = RunConfig.of(recipe, Json.MAPPER.createObjectNode());
        ModelConfig model = ModelConfig.read(Path.of(config.model()));
        assertNotNull(Optimiser.of(config.optimization()));
        long steps = config.duration().steps();
        List<Phase> phases = config.resolvedPhases();
        long[] ends = Phase.ends(phases, steps);
        assertEquals(steps, ends[ends.length - 1]);
        for (int i = 0; i < ends.length; i++) {
            long length = ends[i] - (i == 0 ? 0 : ends[i - 1]);
            boolean own = Phase.eachScheduled(phases);
            long scheduled = own ? length : steps;
            LearningRate rate = LearningRate.of(
                    own ? phases.get(i).over(config.optimization()) : config.optimization(), scheduled);
            assertTrue(rate.peak() > 0 && rate.warmupSteps() < scheduled, recipe + ": " + rate);
            assertEquals(0, phases.get(i).batchSize() % phases.get(i).accumulationSteps(), recipe + ": batches in equal parts");
        }
        assertEquals(phases.size() == 1, !recipe.toString().matches(".*(small|medium|base|large).*"), "two lengths for the larger");
        assertTrue(model.maxPositionEmbeddings() >= 512);
    }

    @Test
    void lambHasTheStepsThatNvidiaGivesIt() throws IOException {
        RunConfig config = RunConfig.of(Path.of("config/pretrain-large-lamb.yaml"), Json.MAPPER.createObjectNode());
        assertArrayEquals(new long[] {7038, 8601}, Phase.ends(config.resolvedPhases(), config.duration().steps()));
        Phase first = config.resolvedPhases().get(0);
        Phase second = config.resolvedPhases().get(1);
        LearningRate rates = LearningRate.of(first.over(config.optimization()), 7038);
        assertEquals(2001, rates.warmupSteps());
        // 6e-3 · √(1 − step / 7,038): NVIDIA's PolyWarmUpScheduler, of degree 0.5, counts from the first step too.
        assertEquals(6e-3 * Math.sqrt(1 - 5000 / 7038.0), rates.at(5000), 1e-12);
        assertEquals(4e-3 * Math.sqrt(0.5), LearningRate.of(second.over(config.optimization()), 1563).at(781), 1e-5);
        assertTrue(config.optimization().biasCorrection());
        assertEquals(32, first.batchSize() / first.accumulationSteps());
        assertEquals(4, second.batchSize() / second.accumulationSteps());
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void eachSaysHowItIsLaunchedAndWhatToExpect(Path recipe) throws IOException {
        List<String> head = Files.readAllLines(recipe).stream().takeWhile(line -> line.startsWith("#")).toList();
        assertEquals("# graphbert pretrain --config " + recipe, head.get(0));
        for (String what : List.of("Expected:", "Batch:", "Duration:", "Memory:")) {
            assertEquals(1, head.stream().filter(line -> line.startsWith("# " + what)).count(), recipe + " says " + what);
        }
        assertTrue(String.join(" ", head).contains("measured"), recipe + " says whether that was measured");
    }

    /** Of the small ones, whose data its head describes: 8,000 entries, sequences of 128 tokens, of which 20 are predicted. */
    @ParameterizedTest
    @ValueSource(strings = {"tiny", "mini", "mini-fast"})
    void theMemoryIsWhatADryRunEstimates(String size) throws IOException {
        Path recipe = Path.of("config/pretrain-" + size + ".yaml");
        RunConfig config = RunConfig.of(recipe, Json.MAPPER.createObjectNode());
        ModelConfig model = config.inPretraining(ModelConfig.read(Path.of(config.model())).withVocabSize(8000));
        try (TrainingGraph graph = TrainingGraph.build(model, new TrainingGraph.Sizes(config.batchSize(), 128, 20, false),
                Optimisation.of(config.optimization()), new Compute(Precision.of(config.precision()), false), 1)) {
            String stated = String.format(Locale.ROOT, "# Memory:   %.1f GB by the estimate of --dry-run.",
                    (MemoryEstimate.of(graph).totalBytes() + Checkpointer.bytes(graph)) / 1e9);
            assertTrue(Files.readAllLines(recipe).contains(stated), recipe + ", expected: " + stated);
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void whatDepartsFromTheReferenceSaysWhy(Path recipe) throws IOException {
        List<String> departures = departures(recipe, Files.readAllLines(recipe));
        assertEquals(List.of(), departures);
    }

    /** The rule itself: it finds a departure without its reason, and nothing else. */
    @Test
    void departuresWithoutAReasonAreFound() {
        String stated = "batch_size: 256\nlearning_rate: 1.0e-4\nschedule: linear\nweight_decay: 1.0e-2\nclip_norm: 1\n";
        assertEquals(List.of(), departures(Path.of("x"), (stated + "phases:\n  - share: 0.9\n  - share: 0.1\n").lines().toList()));
        assertEquals(List.of("x: line 6: steps 3000 is not BERT's [1000000], and has no reason"),
                departures(Path.of("x"), (stated + "steps: 3000\n").lines().toList()));
        assertEquals(List.of(), departures(Path.of("x"), (stated + "steps: 3000 # few\n").lines().toList()));
        assertEquals(List.of("x: line 6: pack true is not BERT's [false], and has no reason"),
                departures(Path.of("x"), (stated + "pack: true\n").lines().toList()));
        assertEquals(List.of("x: line 6: momentum is neither of the recipe nor outside it"),
                departures(Path.of("x"), (stated + "momentum: 0.9\n").lines().toList()));
        assertEquals(List.of("x: does not state clip_norm"), departures(Path.of("x"), stated.lines().limit(4).toList()));
    }

    private static List<String> departures(Path recipe, List<String> lines) {
        List<String> departures = new ArrayList<>();
        Set<String> stated = new HashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            Matcher matcher = KEY.matcher(lines.get(i));
            if (!matcher.matches()) {
                continue;
            }
            String key = matcher.group(1);
            stated.add(key);
            String where = recipe + ": line " + (i + 1) + ": ";
            List<String> reference = REFERENCE.get(key);
            if (reference == null && !NO_RECIPE.contains(key)) {
                departures.add(where + key + " is neither of the recipe nor outside it");
            } else if (reference != null && reference.stream().noneMatch(value -> same(value, matcher.group(2)))
                    && matcher.group(3) == null) {
                departures.add(where + key + " " + matcher.group(2) + " is not BERT's " + reference + ", and has no reason");
            }
        }
        STATED.stream().filter(key -> !stated.contains(key)).forEach(key -> departures.add(recipe + ": does not state " + key));
        return departures;
    }

    private static boolean same(String reference, String found) {
        try {
            return Double.parseDouble(reference) == Double.parseDouble(found);
        } catch (NumberFormatException e) {
            return reference.equals(found);
        }
    }
}
