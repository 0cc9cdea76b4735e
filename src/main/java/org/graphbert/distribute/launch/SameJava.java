package org.graphbert.distribute.launch;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands that run as this process does: the same Java with the same options, and the same classes. */
public final class SameJava {

    /** What holds for this process alone: its terminal, and a descriptor that it inherited. */
    private static final List<String> OWN = List.of("-Dgraphbert.columns=", "-Dgraphbert.terminal=", "-Dgraphbert.stderr=");

    private SameJava() {}

    /**
     * A command without its arguments.
     *
     * @param main the class whose main method it runs
     */
    public static List<String> command(String main) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (OWN.stream().noneMatch(option::startsWith)) {
                command.add(option);
            }
        }
        // A jar in the class path brings those that its manifest names.
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        return command;
    }
}
