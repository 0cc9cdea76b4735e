package org.graphbert.cli;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.graphbert.distribute.launch.ParentWatch;
import org.graphbert.distribute.launch.SameJava;

/** A worker of {@code graphbert launch}: any command, which ends when its launcher does. */
final class Launched {

    private Launched() {}

    /** The command line of one, but for the command's own arguments. */
    static List<String> command(Duration grace) {
        List<String> command = SameJava.command(Launched.class.getName());
        command.add(Long.toString(grace.toSeconds()));
        return command;
    }

    /**
     * Runs a command.
     *
     * @param arguments the seconds that it has for saving when the launcher is gone, and what {@link Main} gets
     */
    public static void main(String[] arguments) {
        ParentWatch.begin(System.in, Duration.ofSeconds(Long.parseLong(arguments[0])));
        Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
    }
}
