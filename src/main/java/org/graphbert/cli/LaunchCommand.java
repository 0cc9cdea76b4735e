package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;
import org.graphbert.config.RunConfig;
import org.graphbert.distribute.launch.Launch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code graphbert launch}: workers of one training on this machine, and their supervisor. */
@Command(
        name = "launch",
        description = "Trains with several worker processes on this machine, and starts all of them again where one is lost. A "
                + "signal, or the end of the launcher, ends all; each saves its state first.",
        customSynopsis = "graphbert launch --workers=N [--restart=R] [OPTIONS] -- pretrain ...",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert launch --workers 2 --restart 3 -- \\",
            "      pretrain --config config/pretrain-mini.yaml --data tfrecords/wiki",
            "",
            "  On each of several machines, each started again whenever one is lost:",
            "  graphbert launch --workers 1 --restart 9 -- pretrain \\",
            "      --cluster a:7000,b:7000 --task 0 --config run.yaml"
        })
final class LaunchCommand implements Callable<Integer> {

    private static final String PRETRAIN = "pretrain";
    private static final String THREADS = "--threads";
    /** What launch itself tells several workers. */
    private static final List<String> CLUSTER = List.of("--cluster", "--task");
    private static final String CLUSTER_VARIABLE = "TF_CONFIG";
    /** The end of this process waits ten minutes for those of its workers. */
    private static final int LONGEST_GRACE = 540;
    /** The launcher names TensorFlow's chatter, which it keeps out of this process' own stderr. */
    private static final String CHATTER = "graphbert.chatter";

    @Option(names = "--workers", required = true, paramLabel = "N", description = "Worker processes; worker 0 is the chief.")
    private int workers;

    @Option(
            names = "--restart",
            paramLabel = "R",
            description = "Start all again, at most so often, when a worker is lost: killed, or ended with code 1 or 5 "
                    + "(${DEFAULT-VALUE}).")
    private int restarts;

    @Option(
            names = THREADS,
            paramLabel = "N",
            description = "Of each worker's kernels (the cores divided by the workers, unless pretrain's own are given).")
    private Integer threads;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            description = "How long a worker that is to end has for saving before it is killed (${DEFAULT-VALUE}).")
    private int grace = 120;

    @Parameters(arity = "1..*", paramLabel = "pretrain", description = "What the workers run, after --.")
    private List<String> command;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        require("--workers", workers, 1, Integer.MAX_VALUE);
        require("--restart", restarts, 0, Integer.MAX_VALUE);
        require("--grace", grace, 1, LONGEST_GRACE);
        if (!command.get(0).equals(PRETRAIN)) {
            throw Failure.usage("'%s' is no command for workers, expected %s: launch --workers 2 -- pretrain ...", command.get(0), PRETRAIN);
        }
        CommandLine pretrain = spec.root().commandLine().getSubcommands().get(PRETRAIN);
        ParseResult given = pretrain.parseArgs(command.subList(1, command.size()).toArray(String[]::new));
        if (CommandLine.executeHelpRequest(given) != null) {
            return 0;
        }
        if (workers > 1) {
            requireNoCluster(given);
        }
        List<String> arguments = arguments(given);
        Launch launch = new Launch(workers, restarts, Duration.ofSeconds(grace));
        return launch.run((task, addresses) -> worker(launch, arguments, task, addresses),
                new Launch.Output(System.out, System.err, chatter()));
    }

    /** @throws Failure (usage) if the command names a cluster; pretrain itself knows what belongs to one */
    private void requireNoCluster(ParseResult given) {
        for (String option : CLUSTER) {
            if (given.hasMatchedOption(option)) {
                throw Failure.usage("%s is given, but --workers %d is a cluster that launch makes; leave it out, or use --workers 1",
                        option, workers);
            }
        }
        if (System.getenv(CLUSTER_VARIABLE) != null) {
            throw Failure.usage("%s names a cluster, but --workers %d is one that launch makes; unset it, or use --workers 1",
                    CLUSTER_VARIABLE, workers);
        }
    }

    /** What all workers get, with the threads of each. */
    private List<String> arguments(ParseResult given) throws IOException {
        List<String> arguments = new ArrayList<>(command);
        Path file = given.matchedOptionValue("--config", null);
        int own = RunConfig.of(file, PretrainCommand.flags(given)).threads();
        if (threads != null) {
            require(THREADS, threads, 1, Integer.MAX_VALUE);
            if (given.hasMatchedOption(THREADS)) {
                throw Failure.usage("%s is given to launch (%d) and to pretrain (%d); give it once", THREADS, threads, own);
            }
        }
        if (threads != null || own == 0 && workers > 1) {
            int shared = Math.max(1, Runtime.getRuntime().availableProcessors() / workers);
            arguments.addAll(List.of(THREADS, Integer.toString(threads != null ? threads : shared)));
        }
        return arguments;
    }

    private static List<String> worker(Launch launch, List<String> arguments, int task, List<String> addresses) {
        List<String> worker = Launched.command(launch.grace());
        worker.addAll(arguments);
        if (launch.workers() > 1) {
            worker.addAll(List.of("--cluster", String.join(",", addresses), "--task", Integer.toString(task)));
        }
        return worker;
    }

    private static Predicate<String> chatter() {
        String pattern = System.getProperty(CHATTER);
        return pattern == null ? line -> false : Pattern.compile(pattern).asPredicate();
    }

    private static void require(String option, int found, int least, int most) {
        if (found < least || found > most) {
            throw Failure.usage("%s is %d, expected %s", option, found,
                    most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most);
        }
    }
}
