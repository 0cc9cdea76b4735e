package org.graphbert.distribute.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Interruption;

/** A worker that does at once what it is told to: what a launcher sees of one, without its training. */
final class StandIn {

    static final String EXIT = "exit";
    static final String PRINT = "print";
    static final String TRAIN = "train";
    static final String HANG = "hang";
    static final String ONCE = "once";

    private StandIn() {}

    /**
     * The command of one.
     *
     * @param log to which it adds a line when it starts, and what else it has to tell
     * @param task its number
     * @param deeds what it does, one after the other
     */
    static List<String> command(Path log, int task, String... deeds) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), StandIn.class.getName(),
                log.toString(), Integer.toString(task)));
        command.addAll(List.of(deeds));
        return command;
    }

    public static void main(String[] arguments) throws Exception {
        Path log = Path.of(arguments[0]);
        String task = arguments[1];
        boolean again = Files.exists(log) && Files.readAllLines(log).contains("start " + task);
        tell(log, "start " + task);
        for (String deed : Arrays.asList(arguments).subList(2, arguments.length)) {
            String[] words = deed.split(" ", 2);
            switch (words[0]) {
                case PRINT -> print(words[1]);
                case EXIT -> Runtime.getRuntime().halt(Integer.parseInt(words[1]));
                case ONCE -> {
                    if (!again) {
                        Runtime.getRuntime().halt(Integer.parseInt(words[1]));
                    }
                }
                case TRAIN -> train(log, task);
                case HANG -> hang(log, task, Long.parseLong(words[1]));
                default -> throw new IllegalArgumentException(deed);
            }
        }
    }

    private static void print(String text) {
        System.out.print(text);
        System.out.flush();
        System.err.println("error of " + text);
    }

    /** Until it is asked to end; then it saves. */
    private static void train(Path log, String task) throws Exception {
        ParentWatch.begin(System.in, Duration.ofSeconds(60));
        try (Interruption interruption = new Interruption()) {
            tell(log, "train " + task);
            while (!interruption.requested()) {
                Thread.sleep(5);
            }
            tell(log, "saved " + task);
        }
    }

    /** Never ends of itself; when it is asked to, its watch waits so long. */
    private static void hang(Path log, String task, long seconds) throws Exception {
        ParentWatch.begin(System.in, Duration.ofSeconds(seconds));
        Runtime.getRuntime().addShutdownHook(new Thread(StandIn::forEver));
        tell(log, "train " + task);
        forEver();
    }

    private static void forEver() {
        while (true) {
            try {
                Thread.sleep(1000);
            } catch (InterruptedException e) {
                // It hangs, whatever comes.
            }
        }
    }

    private static synchronized void tell(Path log, String line) throws IOException {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
