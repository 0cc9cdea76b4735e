package org.graphbert.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code graphbert finetune}: a pre-trained encoder learns a task. */
@Command(
        name = "finetune",
        description = "Fine-tune a run, a checkpoint or an import on a task of your own.",
        mixinStandardHelpOptions = true,
        subcommands = {FinetuneClassifyCommand.class, FinetuneTagCommand.class, FinetuneQaCommand.class})
final class FinetuneCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
