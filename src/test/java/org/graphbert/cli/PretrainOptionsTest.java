package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.RecordedProgress;
import org.graphbert.config.RunConfig;
import org.graphbert.distribute.Place;
import org.graphbert.distribute.cluster.Patience;
import org.graphbert.train.ClusterTraining;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of pretrain are the keys of a run's configuration, in groups. */
class PretrainOptionsTest {

    /** Lists, which only a file can hold. */
    private static final List<String> WITHOUT_OPTION = List.of("phases", "variable_rules");

    /** Which are no part of a run: where its workers are. */
    private static final List<String> OF_WORKERS = List.of("cluster", "task", "cluster_wait", "worker_timeout");

    /** A value for each option that differs from its default, as the command line takes it. */
    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("model", "m.json"), Map.entry("data", "d"), Map.entry("eval_data", "e"), Map.entry("run", "r"),
            Map.entry("init", "i"), Map.entry("tokenizer", "t"), Map.entry("vocab_size", "77"),
            Map.entry("dynamic_masking", "true"), Map.entry("pack", "true"),
            Map.entry("steps", "11"), Map.entry("examples", "12"), Map.entry("tokens", "13"), Map.entry("epochs", "1.5"),
            Map.entry("budget", "1h30m"),
            Map.entry("batch_size", "8"), Map.entry("accumulation_steps", "2"), Map.entry("dropout", "0.25"), Map.entry("seed", "5"),
            Map.entry("optimizer", "lamb"), Map.entry("weight_decay", "0.02"), Map.entry("layer_decay", "0.75"),
            Map.entry("clip_norm", "2.5"), Map.entry("beta1", "0.8"), Map.entry("beta2", "0.98"), Map.entry("epsilon", "1.0E-8"),
            Map.entry("momentum", "0.5"), Map.entry("bias_correction", "true"),
            Map.entry("learning_rate", "0.003"), Map.entry("schedule", "cosine"), Map.entry("warmup_steps", "3"),
            Map.entry("warmup_ratio", "0.3"), Map.entry("schedule_power", "2.0"), Map.entry("end_learning_rate", "1.0E-5"),
            Map.entry("decay_ratio", "0.2"),
            Map.entry("precision", "bfloat16"), Map.entry("xla", "auto"), Map.entry("device", "cpu"),
            Map.entry("devices", "cpu:2"),
            Map.entry("threads", "3"),
            Map.entry("checkpoint_every", "21"), Map.entry("keep_checkpoints", "4"), Map.entry("keep_every", "42"),
            Map.entry("keep_best", "false"),
            Map.entry("eval_every", "31"), Map.entry("eval_batches", "6"), Map.entry("log_every", "7"),
            Map.entry("tensorboard", "false"), Map.entry("histograms_every", "9"), Map.entry("probe", "p"),
            Map.entry("probe_every", "62"),
            Map.entry("on_nan", "skip"), Map.entry("early_stopping", "2"));

    /** What a run cannot do without, and what an option asks for beside it. */
    private static final List<String> NEEDED = List.of("model", "data", "run", "steps");

    private static ObjectNode flags(List<String> arguments) {
        CommandLine command = new CommandLine(new PretrainCommand());
        return PretrainCommand.flags(command.parseArgs(arguments.toArray(String[]::new)));
    }

    /** On the command line, as switches where it is true or false. */
    private static List<String> argument(String key) {
        String name = key.replace('_', '-');
        return switch (VALUES.get(key)) {
            case "true" -> List.of("--" + name);
            case "false" -> List.of("--no-" + name);
            default -> List.of("--" + name, VALUES.get(key));
        };
    }

    @Test
    void everyKeyHasAnOptionButForTheLists() {
        TreeSet<String> keys = new TreeSet<>(RunConfig.keys());
        keys.removeAll(WITHOUT_OPTION);
        TreeSet<String> options = new TreeSet<>();
        for (OptionSpec option : new CommandLine(new PretrainCommand()).getCommandSpec().options()) {
            if (option.group() != null) {
                options.add(PretrainCommand.key(option));
            }
        }
        assertTrue(options.removeAll(OF_WORKERS));
        assertEquals(keys, options, "the options in groups are the keys");
        assertEquals(keys, new TreeSet<>(VALUES.keySet()), "and are tried here");
    }

    @Test
    void everyOptionReachesTheConfiguration() throws IOException {
        List<String> durations = List.of("examples", "tokens", "epochs", "budget");
        for (String key : VALUES.keySet()) {
            List<String> given = new ArrayList<>(NEEDED);
            if (durations.contains(key)) {
                given.remove("steps");
            }
            if (key.equals("probe_every")) {
                given.add("probe");
            }
            if (!given.contains(key)) {
                given.add(key);
            }
            ObjectNode flags = flags(given.stream().flatMap(each -> argument(each).stream()).toList());
            assertEquals(given.size(), flags.size(), "no others: " + flags);
            ObjectNode config = Json.MAPPER.valueToTree(RunConfig.of(null, flags));
            for (String each : given) {
                assertEquals(VALUES.get(each), config.get(each).asText(), each);
            }
            assertTrue(NEEDED.contains(key)
                    || !VALUES.get(key).equals(plain().path(key).asText()), key + ": the default would pass here");
        }
    }

    private static ObjectNode plain() throws IOException {
        return Json.MAPPER.valueToTree(
                RunConfig.of(null, flags(NEEDED.stream().flatMap(key -> argument(key).stream()).toList())));
    }

    /** Groups are headings in the help and nothing else: their options may be mixed as one likes. */
    @Test
    void groupsDoNotMatterOnTheCommandLine() {
        long seed = System.nanoTime();
        List<String> keys = new ArrayList<>(new TreeSet<>(VALUES.keySet()));
        Collections.shuffle(keys, new Random(seed));
        ObjectNode flags = flags(keys.stream().flatMap(key -> argument(key).stream()).toList());
        assertEquals(VALUES.size(), flags.size(), "seed " + seed);
        VALUES.forEach((key, value) -> assertEquals(value, flags.get(key).asText(), key + ", seed " + seed));
    }

    /** As of any other command; and none of the others is lost by it. */
    @Test
    void anOptionThatIsGivenTwiceIsRefused() {
        Failure failure = assertThrows(Failure.class, () -> flags(List.of(
                "--no-tensorboard", "--batch-size", "8", "--accumulation-steps", "4", "--eval-every", "5", "--batch-size", "4")));
        assertEquals("--batch-size is given twice (8 and 4); give it once", failure.getMessage());
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertThrows(Failure.class, () -> flags(List.of("--keep-best", "--no-keep-best")));
    }

    @Test
    void theHelpNamesEveryOptionOnceUnderItsHeading() {
        String help = Main.commandLine(new Main()).getSubcommands().get("pretrain").getUsageMessage();
        List<String> lines = help.lines().toList();
        assertTrue(lines.get(0).startsWith("Usage: graphbert pretrain --model=FILE"), lines.get(0));
        for (String key : VALUES.keySet()) {
            String name = "--" + key.replace('_', '-');
            long shown = lines.stream().takeWhile(line -> !line.equals("General:")).filter(line -> line.matches(" {6}(--\\[no-]" + name.substring(2) + "|" + name + ")\\b(?!-).*"))
                    .count();
            assertEquals(1, shown, name);
        }
        List<String> headings = lines.stream().filter(line -> line.matches("[A-Z][a-z ,]+:")).toList();
        assertEquals(
                List.of("Data and model:", "How long, one of:", "Batch:", "Optimiser and regularisation:", "Schedule of the learning rate:",
                        "Precision and speed:", "Checkpoints:", "Watching:", "Guards:", "Several machines:", "General:", "Examples:"),
                headings);
        assertTrue(Arrays.stream(help.split("General:")[1].split("\\R")).anyMatch(line -> line.contains("--help")), help);
    }

    private static Optional<ClusterTraining> workers(Map<String, String> environment, RecordedProgress said, String... arguments) {
        PretrainCluster options = new PretrainCluster();
        new CommandLine(CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
        return options.training(environment, said);
    }

    @Test
    void whereTheWorkersAreIsSaidByOptionsOrTheEnvironment() {
        RecordedProgress said = new RecordedProgress();
        Map<String, String> environment = Map.of("TF_CONFIG", "{\"cluster\":{\"worker\":[\"a:1\",\"b:2\"]},\"task\":{\"type\":\"worker\",\"index\":1}}");
        assertEquals(Optional.empty(), workers(Map.of(), said));
        ClusterTraining given = workers(environment, said, "--cluster", "c:3,d:4,e:5", "--task", "2", "--worker-timeout", "7").orElseThrow();
        assertEquals(new Place(2, 3), given.spec().place());
        assertEquals(new Patience(Duration.ofSeconds(600), Duration.ofSeconds(7)), given.patience());
        assertEquals(new Place(1, 2), workers(environment, said).orElseThrow().spec().place());
        assertEquals(List.of(), said.lines());
        assertEquals(Optional.empty(), workers(Map.of(), said, "--cluster", "c:3", "--task", "0"));
        assertEquals(List.of("--cluster names one worker: this process trains alone."), said.lines());
    }

    @Test
    void workersThatAreNotWholeAreRefused() {
        RecordedProgress said = new RecordedProgress();
        assertEquals("--task is 1, and --cluster is not given; name all workers with it",
                assertThrows(Failure.class, () -> workers(Map.of(), said, "--task", "1")).getMessage());
        assertEquals("--worker-timeout is given without --cluster",
                assertThrows(Failure.class, () -> workers(Map.of(), said, "--worker-timeout", "9")).getMessage());
        assertEquals("--cluster-wait is 0, expected at least 1 s", assertThrows(Failure.class,
                () -> workers(Map.of(), said, "--cluster", "a:1,b:2", "--task", "0", "--cluster-wait", "0")).getMessage());
    }
}
