package org.graphbert.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;
import org.graphbert.device.Accelerator;
import org.graphbert.distribute.Place;
import org.graphbert.train.ClusterTraining;
import org.graphbert.train.Plan;
import org.graphbert.train.Pretraining;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * {@code graphbert pretrain}: a data set to a trained run. Its options are the keys of {@link RunConfig}; they reach it by
 * their names, whichever group they stand in.
 */
@Command(
        name = "pretrain",
        description = {
            "Trains a model on a data set; the same command continues an interrupted run.",
            "Defaults are in parentheses."
        },
        customSynopsis = {
            "graphbert pretrain --model=FILE --data=DIR --run=DIR --steps=N [OPTIONS]",
            "       graphbert pretrain --config=FILE [OPTIONS]"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A configuration file sets any of these, with _ for -; options override it. Two "
                    + "of its keys are lists, and have no option:",
            "",
            "  phases          Data sets one after the other, each for its share of the",
            "                  steps, or of the budget: {data, share, batch_size,",
            "                  accumulation_steps, eval_data, learning_rate, schedule,",
            "                  warmup_steps, warmup_ratio}. Where one has a schedule of its",
            "                  own, each has.",
            "  variable_rules  {pattern, learning_rate, weight_decay}: the rate, times that",
            "                  factor (0 freezes), and the decay of the variables in whose",
            "                  names the pattern, a regular expression, is found. The first",
            "                  that is found holds.",
            "",
            "Examples:",
            "  graphbert pretrain --model config/bert-mini.json --data tfrecords/wiki \\",
            "      --eval-data tfrecords/wiki-held-out --run runs/wiki --steps 3000",
            "",
            "  From other weights, under the model of their run:",
            "  graphbert pretrain --init runs/imported --data tfrecords/law \\",
            "      --run runs/law --steps 3000"
        })
final class PretrainCommand implements Callable<Integer> {

    private static final int EXIT_INTERRUPTED = 130;

    @ArgGroup(validate = false, order = 1, heading = "%nData and model:%n")
    private PretrainData.Subject subject;

    @ArgGroup(validate = false, order = 2, heading = "%nHow long, one of:%n")
    private PretrainData.Length length;

    @ArgGroup(validate = false, order = 3, heading = "%nBatch:%n")
    private PretrainLearning.Batches batches;

    @ArgGroup(validate = false, order = 4, heading = "%nOptimiser and regularisation:%n")
    private PretrainLearning.Optimiser optimiser;

    @ArgGroup(validate = false, order = 5, heading = "%nSchedule of the learning rate:%n")
    private PretrainLearning.Schedule schedule;

    @ArgGroup(validate = false, order = 6, heading = "%nPrecision and speed:%n")
    private PretrainLearning.Speed speed;

    @ArgGroup(validate = false, order = 7, heading = "%nCheckpoints:%n")
    private PretrainWatch.Saving saving;

    @ArgGroup(validate = false, order = 8, heading = "%nWatching:%n")
    private PretrainWatch.Telling telling;

    @ArgGroup(validate = false, order = 9, heading = "%nGuards:%n")
    private PretrainWatch.Guards guards;

    @ArgGroup(validate = false, order = 10, heading = "%nSeveral machines:%n")
    private PretrainCluster workers = new PretrainCluster();

    @Option(names = "--config", paramLabel = "FILE", description = "Run configuration, YAML or JSON.")
    private Path configFile;

    @Option(names = "--dry-run", description = "Check everything, print the configuration, train nothing.")
    private boolean dryRun;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ConsoleProgress progress = new ConsoleProgress();
        RunConfig config = RunConfig.of(configFile, flags(spec.commandLine().getParseResult()));
        Accelerator.use(config.deviceChoice(), Precision.given(config.precision()), progress::say);
        Main main = (Main) spec.root().userObject();
        Optional<ClusterTraining> cluster = workers.training(System.getenv(), progress);
        try (Plan plan = new Plan(config, cluster.map(of -> of.spec().place()).orElse(Place.ALONE))) {
            if (plan.chief()) {
                progress.say("Configuration: " + Json.writeLine(plan.config()));
            }
            if (dryRun) {
                plan.describe().forEach(progress::say);
                return 0;
            }
            Pretraining.Outcome outcome;
            if (cluster.isPresent()) {
                main.endAbruptly();
                outcome = cluster.get().run(plan, progress, main.begun());
            } else {
                outcome = Pretraining.run(plan, progress, main.begun());
            }
            return outcome == Pretraining.Outcome.INTERRUPTED ? EXIT_INTERRUPTED : 0;
        }
    }

    /**
     * The options that were given, under the keys of a configuration file.
     *
     * @throws Failure (usage) if one is given twice: in groups, picocli would let that pass and forget the others of its group
     */
    static ObjectNode flags(ParseResult given) {
        return flags(given, RunConfig.keys());
    }

    /**
     * The same of another configuration.
     *
     * @param keys that it has
     */
    static ObjectNode flags(ParseResult given, List<String> keys) {
        ObjectNode flags = Json.MAPPER.createObjectNode();
        for (OptionSpec option : given.matchedOptionsSet()) {
            String key = key(option);
            if (option.originalStringValues().size() > 1 && !option.isMultiValue()) {
                throw Failure.usage("%s is given twice (%s); give it once",
                        option.longestName(), String.join(" and ", option.originalStringValues()));
            }
            if (keys.contains(key)) {
                flags.set(key, Json.MAPPER.valueToTree(option.getValue()));
            }
        }
        return flags;
    }

    /** What a configuration file calls it. */
    static String key(OptionSpec option) {
        return option.longestName().substring("--".length()).replace('-', '_');
    }
}
