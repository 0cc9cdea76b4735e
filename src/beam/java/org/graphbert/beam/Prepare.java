package org.graphbert.beam;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.cli.Main;

/** {@code graphbert prepare}, in this process. */
final class Prepare {

    private static final String OUTPUT = "--output";

    private Prepare() {}

    /** @throws IllegalStateException if it fails; it has said why on stderr */
    static void run(List<String> options, String... more) {
        List<String> arguments = new ArrayList<>(List.of("prepare"));
        arguments.addAll(options);
        arguments.addAll(List.of(more));
        int code = Main.run(arguments.toArray(new String[0]));
        if (code != 0) {
            throw new IllegalStateException("graphbert " + String.join(" ", arguments) + " ended with exit code " + code);
        }
    }

    /** The output among the options, alone; nothing if it is missing, which {@code prepare} says. */
    static List<String> output(List<String> options) {
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).startsWith(OUTPUT + "=")) {
                return List.of(options.get(i));
            }
            if (options.get(i).equals(OUTPUT) && i + 1 < options.size()) {
                return List.of(OUTPUT, options.get(i + 1));
            }
        }
        return List.of();
    }
}
