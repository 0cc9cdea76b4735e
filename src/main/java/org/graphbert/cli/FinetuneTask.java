package org.graphbert.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Json;
import org.graphbert.train.FineTuning;
import org.graphbert.train.FineTuningPlan;
import org.graphbert.train.FineTuningResult;
import org.graphbert.train.FineTuningResults;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A task of {@code finetune}: its name is the command's. */
abstract class FinetuneTask implements Callable<Integer> {

    private static final int EXIT_INTERRUPTED = 130;

    @ArgGroup(validate = false, order = 1, heading = "%nModel and examples:%n")
    private FinetuneOptions.Subject subject;

    @ArgGroup(validate = false, order = 3, heading = "%nHow long, in what portions:%n")
    private FinetuneOptions.Batches batches;

    @ArgGroup(validate = false, order = 4, heading = "%nLearning:%n")
    private FinetuneOptions.Learning learning;

    @ArgGroup(validate = false, order = 5, heading = "%nPrecision and speed:%n")
    private PretrainLearning.Speed speed;

    @ArgGroup(validate = false, order = 6, heading = "%nChance:%n")
    private FinetuneOptions.Seeds seeds;

    @ArgGroup(validate = false, order = 7, heading = "%nWatching:%n")
    private FinetuneOptions.Watching watching;

    @Option(names = "--dry-run", description = "Check everything, say what would be done, train nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the results as JSON, as results.json has them.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ConsoleProgress progress = new ConsoleProgress();
        ObjectNode flags = PretrainCommand.flags(spec.commandLine().getParseResult(), FineTuningConfig.keys());
        FineTuningPlan plan = new FineTuningPlan(FineTuningConfig.of(flags.put("task", spec.name())), progress::say);
        if (dryRun) {
            progress.say("Configuration: " + Json.writeLine(plan.config()));
            plan.describe().forEach(progress::say);
            return 0;
        }
        Optional<FineTuningResults> results = FineTuning.run(plan, progress);
        if (results.isEmpty()) {
            return EXIT_INTERRUPTED;
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.write(results.get()));
        } else {
            print(results.get(), plan.config(), out);
        }
        return 0;
    }

    private static void print(FineTuningResults results, FineTuningConfig config, PrintWriter out) {
        FineTuningResult best = results.best();
        boolean several = results.dev() != null;
        out.printf(Locale.ROOT, "%s: the best by %s on dev is step %,d of %,d%s%n", config.output(), results.metric(), best.bestStep(),
                best.steps(), several
                        ? String.format(Locale.ROOT, ", seed %d of %d trainings", best.seed(), results.restarts().size())
                        : "");
        out.printf("%-24s %10s%s%s%n", "", "dev", best.test() == null ? "" : String.format(" %10s", "test"),
                several ? "   over all trainings, mean ± deviation" : "");
        best.dev().forEach((name, value) -> out.printf(Locale.ROOT, "%-24s %10.4f%s%s%n", name, value,
                best.test() == null ? "" : test(best.test().get(name)),
                several ? "   " + spread("dev", results.dev(), name) + spread("  test", results.test(), name) : ""));
    }

    /** Of questions that all have an answer there are fewer scores than of others. */
    private static String test(Double score) {
        return score == null ? String.format(" %10s", "-") : String.format(Locale.ROOT, " %10.4f", score);
    }

    private static String spread(String part, Map<String, FineTuningResults.Spread> of, String name) {
        return of == null || !of.containsKey(name) ? "" : String.format(Locale.ROOT, "%s %.4f ± %.4f", part, of.get(name).mean(), of.get(name).deviation());
    }
}
