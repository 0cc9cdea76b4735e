package org.graphbert.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunConfigTest {

    private static final String COMPLETE = "{\"model\": \"m\", \"data\": \"d\", \"run\": \"r\", \"steps\": 10}";

    @TempDir
    private Path directory;

    @Test
    void defaultsAreTheReferences() throws IOException {
        RunConfig config = of(null, COMPLETE);
        assertEquals(32, config.batchSize());
        assertEquals(1, config.accumulationSteps());
        assertEquals("linear", config.optimization().schedule());
        assertEquals(0.01, config.optimization().weightDecay());
        assertEquals(1.0, config.optimization().clipNorm());
        assertEquals(0.9, config.optimization().beta1());
        assertEquals(0.999, config.optimization().beta2());
        assertEquals(1e-6, config.optimization().epsilon());
        assertFalse(config.optimization().biasCorrection());
        assertFalse(config.dynamicMasking());
        assertEquals(12345, config.seed());
        assertNull(config.optimization().learningRate());
        assertNull(config.optimization().warmupSteps());
        assertNull(config.vocabSize());
        assertNull(config.dropout(), "the model's");
    }

    @Test
    void flagsOverrideTheFileAndTheFileTheDefaults() throws IOException {
        Path file = Files.writeString(directory.resolve("run.yaml"),
                "model: m\ndata: d\nrun: r\nsteps: 10\nbatch_size: 64\nlearning_rate: 1e-4\nseed: 7\nbias_correction: true\n");
        RunConfig fromFile = of(file, "{}");
        assertEquals(64, fromFile.batchSize());
        assertEquals(1e-4, fromFile.optimization().learningRate(), "YAML 1.1 takes 1e-4 for a string");
        assertTrue(fromFile.optimization().biasCorrection());
        assertEquals("linear", fromFile.optimization().schedule());
        RunConfig both = of(file, "{\"batch_size\": 16, \"seed\": 8, \"bias_correction\": false, \"learning_rate\": 0.5}");
        assertEquals(16, both.batchSize());
        assertEquals(8, both.seed());
        assertEquals(0.5, both.optimization().learningRate());
        assertFalse(both.optimization().biasCorrection());
        assertEquals("d", both.data());
    }

    @Test
    void aDurationOnTheCommandLineTakesThePlaceOfTheFiles() throws IOException {
        Path file = Files.writeString(directory.resolve("run.json"), COMPLETE);
        RunConfig config = of(file, "{\"epochs\": 2.5}");
        assertEquals(2.5, config.duration().epochs());
        assertNull(config.duration().steps());
    }

    @Test
    void aResolvedConfigurationLeavesNothingOpenAndChangesNothingElse() throws IOException {
        RunConfig given = of(null, COMPLETE.replace("\"steps\": 10", "\"epochs\": 3, \"batch_size\": 4, \"seed\": 9"));
        RunConfig resolved = given.resolved(Duration.ofSteps(77), given.optimization().resolved(0.25, 5L, null), null);
        assertEquals(77, resolved.duration().steps());
        assertNull(resolved.duration().epochs());
        assertEquals(0.25, resolved.optimization().learningRate());
        assertEquals(5, resolved.optimization().warmupSteps());
        assertEquals(4, resolved.batchSize());
        assertEquals(9, resolved.seed());
    }

    @Test
    void everyValidation() throws IOException {
        refused("{\"data\": \"d\", \"run\": \"r\", \"steps\": 1}", "model is not set; give --model or set it");
        refused("{\"model\": \"m\", \"run\": \"r\", \"steps\": 1}", "data is not set; give --data");
        refused("{\"model\": \"m\", \"data\": \"d\", \"steps\": 1}", "run is not set; give --run");
        refused("{\"model\": \"m\", \"data\": \"d\", \"run\": \"r\"}", "no duration: set steps, examples, tokens, epochs or budget");
        refusedWith("\"epochs\": 2", "two durations: steps is 10 and epochs is 2.0; set one of them");
        refused(COMPLETE.replace("10", "0"), "steps is 0, expected at least 1");
        refused(COMPLETE.replace("\"steps\": 10", "\"epochs\": 0"), "epochs is 0.0, expected a number above 0");
        refusedWith("\"batch_size\": 0", "batch_size is 0, expected at least 1");
        refusedWith("\"precision\": \"half\"", "precision is 'half', expected one of auto, float32, tf32, bfloat16, float16");
        refusedWith("\"dropout\": 1", "dropout is 1.0, expected a probability from 0 to below 1");
        refusedWith("\"dropout\": -0.1", "dropout is -0.1, expected a probability from 0 to below 1");
        refusedWith("\"xla\": \"yes\"", "xla is 'yes', expected one of auto, on, off");
        refusedWith("\"accumulation_steps\": 0", "accumulation_steps is 0, expected at least 1");
        refusedWith("\"batch_size\": 10, \"accumulation_steps\": 3",
                "batch_size (10) is not a multiple of accumulation_steps (3)");
        refusedWith("\"clip_norm\": 0", "clip_norm is 0.0, expected a number above 0");
        for (String key : List.of("checkpoint_every", "keep_checkpoints", "eval_every", "eval_batches", "log_every")) {
            refusedWith("\"" + key + "\": 0", key + " is 0, expected at least 1");
        }
        refusedWith("\"threads\": -1", "threads is -1, expected 0 (all cores) or more");
    }

    @Test
    void wrongTypesNameTheKey() throws IOException {
        refusedWith("\"batch_size\": \"many\"", "batch_size is \"many\", expected a whole number");
        refusedWith("\"batch_size\": 1.5", "batch_size is 1.5, expected a whole number");
        refusedWith("\"batch_size\": 5000000000", "batch_size is 5000000000, expected a whole number");
        refusedWith("\"seed\": 99999999999999999999", "seed is 99999999999999999999, expected a whole number");
        refusedWith("\"learning_rate\": \"fast\"", "learning_rate is \"fast\", expected a number");
        refusedWith("\"dynamic_masking\": 1", "dynamic_masking is 1, expected true or false");
        refusedWith("\"schedule\": 3", "schedule is 3, expected text");
        refusedWith("\"weight_decay\": [1]", "weight_decay is [1], expected a number");
        refusedWith("\"seed\": null", "seed is null, expected a whole number");
        refusedWith("\"weight_decay\": null", "weight_decay is null, expected a number");
    }

    @Test
    void unknownKeysAreRefusedWithTheNearest() throws IOException {
        refusedWith("\"lerning_rate\": 1", "unknown key 'lerning_rate'; did you mean 'learning_rate'?");
        refusedWith("\"steps_\": 1", "unknown key 'steps_'; did you mean 'steps'?");
        refusedWith("\"nonsense\": 1", "unknown key 'nonsense'; known keys: accumulation_steps, ");
    }

    private static final String PHASES = "{\"model\": \"m\", \"run\": \"r\", \"steps\": 10, \"eval_data\": \"e\", "
            + "\"batch_size\": 64, \"phases\": [%s]}";
    private static final String SHORT = "{\"data\": \"a\", \"share\": 0.9}";
    private static final String LONG = "{\"data\": \"b\", \"share\": 0.1, \"batch_size\": 16, \"accumulation_steps\": 2, "
            + "\"eval_data\": \"f\"}";

    @Test
    void phasesTakeTheRunsSettingsUnlessTheyHaveTheirOwn() throws IOException {
        RunConfig config = of(null, PHASES.formatted(SHORT + ", " + LONG));
        assertEquals(
                List.of(Phase.of("a", 0.9, 64, 1, "e"), Phase.of("b", 0.1, 16, 2, "f")), config.resolvedPhases());
        assertEquals(config.resolvedPhases(), config.resolved(config.duration(), config.optimization(), config.resolvedPhases()).phases());
        assertEquals(List.of(Phase.of("d", 1, 32, 1, null)), of(null, COMPLETE).resolvedPhases());
        Path file = Files.writeString(directory.resolve("phases.yaml"), "model: m\nrun: r\nsteps: 10\nphases:\n"
                + "  - {data: a, share: 0.9}\n  - {data: b, share: 1e-1}\n");
        assertEquals(2, of(file, "{}").phases().size());
        RunConfig one = of(file, "{\"data\": \"c\"}");
        assertNull(one.phases(), "a data set on the command line takes the place of the file's phases");
        assertEquals("c", one.data());
    }

    @Test
    void phasesAreValidated() throws IOException {
        refused(PHASES.formatted(SHORT).replace("{\"model\"", "{\"data\": \"d\", \"model\""),
                "data and phases are both set; set one of them");
        refused(PHASES.formatted(SHORT + ", " + LONG).replace("\"steps\": 10", "\"epochs\": 1"),
                "epochs and phases are both set; phases are shares of the steps: set steps");
        refused(PHASES.formatted(SHORT), "the shares of the 1 phases sum to 0.9, expected 1");
        refused(PHASES.formatted(""), "phases is [], expected a list of {data, share, batch_size, accumulation_steps, eval_data, "
                + "learning_rate, schedule, warmup_steps, warmup_ratio}");
        refused(PHASES.formatted("3"), "phases is [3], expected a list of {data, share,");
        refused(PHASES.replace("[%s]", "\"a\""), "phases is \"a\", expected a list of {data, share,");
        refused(PHASES.formatted("{\"share\": 1}"), "phases: a phase has no data; expected data: DIR and share: X in each");
        refused(PHASES.formatted("{\"data\": \"a\"}"), "phase a: share is 0.0, expected more than 0 and at most 1");
        refused(PHASES.formatted("{\"data\": \"a\", \"share\": 1.5}"), "phase a: share is 1.5, expected more than 0");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("0.1", "\"some\"")),
                "run.json: phases, number 2: share is \"some\", expected a number");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("16", "1.5")),
                "run.json: phases, number 2: batch_size is 1.5, expected a whole number");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("batch_size", "batchsize")),
                "run.json: phases, number 2: unknown key 'batchsize'; did you mean 'batch_size'?");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("16", "0")), "phase b: batch_size is 0, expected at least 1");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("\"accumulation_steps\": 2", "\"accumulation_steps\": -2")),
                "phase b: accumulation_steps is -2, expected at least 1");
        refused(PHASES.formatted(SHORT + ", " + LONG.replace("16", "15")),
                "phase b: batch_size (15) is not a multiple of accumulation_steps (2)");
        refused(PHASES.formatted(SHORT + ", " + LONG).replace("64", "64, \"accumulation_steps\": 3"),
                "phase a: batch_size (64) is not a multiple of accumulation_steps (3)");
    }

    @Test
    void theStepsOfPhasesAddUpExactly() {
        Phase most = Phase.of("a", 0.9, null, null, null);
        Phase rest = Phase.of("b", 0.1, null, null, null);
        assertArrayEquals(new long[] {900_000, 1_000_000}, Phase.ends(List.of(most, rest), 1_000_000));
        assertArrayEquals(new long[] {10, 11}, Phase.ends(List.of(most, rest), 11));
        Phase third = Phase.of("c", 1.0 / 3, null, null, null);
        assertArrayEquals(new long[] {33, 67, 100}, Phase.ends(List.of(third, third, third), 100));
        assertArrayEquals(new long[] {7}, Phase.ends(List.of(Phase.of("a", 1, 1, 1, null)), 7));
        Failure none = assertThrows(Failure.class, () -> Phase.ends(List.of(most, rest), 4));
        assertEquals("phase b has no step: its share is 0.1 of 4 steps; raise steps, or its share", none.getMessage());
    }

    @Test
    void theReferenceRecipeHasTwoLengths() throws IOException {
        for (String size : List.of("base", "large")) {
            RunConfig config = of(Path.of("config/pretrain-" + size + ".yaml"), "{}");
            assertEquals(1_000_000, config.duration().steps());
            assertEquals(List.of(0.9, 0.1), config.phases().stream().map(Phase::share).toList());
            for (Phase phase : config.resolvedPhases()) {
                assertEquals(256, phase.batchSize());
            }
        }
    }

    @Test
    void filesThatAreNone() throws IOException {
        fails("no such file; expected a configuration", directory.resolve("none.yaml"));
        fails("found no key: value pairs", Files.writeString(directory.resolve("list.yaml"), "- 1\n"));
        fails("found no key: value pairs", Files.writeString(directory.resolve("empty.json"), ""));
        fails("found no key: value pairs", Files.writeString(directory.resolve("empty.yaml"), ""));
        fails("not JSON", Files.writeString(directory.resolve("broken.json"), "{\"model\": "));
        fails("not YAML: while scanning for the next token, found character '\\t(TAB)'", Files.writeString(directory.resolve("broken.yaml"), "model: m\n\tdata: d\n"));
    }

    @Test
    void shippedRunConfigurationsParse() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("config"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                of(file, "{\"model\": \"m\", \"data\": \"d\", \"run\": \"r\", \"steps\": 3}");
            }
        }
        RunConfig quickstart = of(Path.of("src/main/resources/quickstart/run.yaml"), "{}");
        assertEquals("runs/quickstart", quickstart.run());
    }

    private RunConfig of(Path file, String flags) throws IOException {
        return RunConfig.of(file, (ObjectNode) Json.MAPPER.readTree(flags));
    }

    private void refusedWith(String more, String message) throws IOException {
        refused(COMPLETE.substring(0, COMPLETE.length() - 1) + ", " + more + "}", message);
    }

    private void refused(String json, String message) throws IOException {
        fails(message, Files.writeString(directory.resolve("run.json"), json));
    }

    private void fails(String message, Path file) {
        Failure failure = assertThrows(Failure.class, () -> of(file, "{}"), message);
        assertEquals(Failure.Kind.USAGE, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains(message), failure.getMessage() + " / expected: " + message);
        assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    }
}
