package org.graphbert.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graphbert predict}: a model's answers on a user's own sentences. */
@Command(
        name = "predict",
        description = "Ask a run or an export about sentences of your own.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {
            PredictMaskCommand.class, PredictNspCommand.class, PredictEmbedCommand.class,
            PredictClassifyCommand.class, PredictTagCommand.class, PredictQaCommand.class
        },
        footer = {
            "",
            "Each takes its sentences as arguments, from files with --input, or a line each on stdin; where stdin is a terminal, it "
                    + "asks for them.",
            "",
            "Example:",
            "  graphbert predict mask --run runs/wiki \"Rome is the [MASK] of Italy.\""
        })
final class PredictCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
