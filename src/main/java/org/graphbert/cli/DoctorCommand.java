package org.graphbert.cli;

import java.util.concurrent.Callable;
import org.graphbert.config.Json;
import org.graphbert.train.Diagnosis;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert doctor}: what this machine offers. */
@Command(
        name = "doctor",
        description = "What this machine offers to training, and what is missing.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  graphbert doctor --json"})
final class DoctorCommand implements Callable<Integer> {

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Diagnosis diagnosis = Diagnosis.make(new ConsoleProgress()::say);
        spec.commandLine().getOut().println(json ? Json.write(diagnosis) : diagnosis.text());
        return 0;
    }
}
