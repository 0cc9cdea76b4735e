package org.graphbert.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measured figures. */
@Command(
        name = "bench",
        description = "Measure: a figure as text or JSON.",
        mixinStandardHelpOptions = true,
        subcommands = {
            BenchTokenizeCommand.class, BenchPrepareCommand.class, BenchLoadCommand.class, BenchPretrainCommand.class
        })
final class BenchCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
