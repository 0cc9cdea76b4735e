package org.graphbert.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.Json;

/** For tests: files of tasks that a tiny model learns in a few steps, and what is fine-tuned on them. */
final class TinyTasks {

    private static final String[] UP = {"ba", "da", "fa"};
    private static final String[] DOWN = {"bi", "di", "fi"};
    private static final String[] FILL = {"be", "de", "fe", "ge", "ke", "le"};

    private TinyTasks() {}

    /** Texts whose label is said by some of their words: label TAB text. */
    static Path labelled(Path file, int examples, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>(List.of("label\ttext"));
        for (int i = 0; i < examples; i++) {
            boolean up = random.nextBoolean();
            lines.add((up ? "up" : "down") + "\t" + String.join(" ", words(random, up)));
        }
        return Files.write(file, lines);
    }

    /** Texts with a number, by how much of them goes up. */
    static Path numbered(Path file, int examples, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>(List.of("score\ttext"));
        for (int i = 0; i < examples; i++) {
            int ups = random.nextInt(4);
            List<String> words = new ArrayList<>();
            for (int j = 0; j < 3; j++) {
                words.add(j < ups ? UP[random.nextInt(3)] : DOWN[random.nextInt(3)]);
            }
            lines.add(ups / 2.0 + "\t" + String.join(" ", words));
        }
        return Files.write(file, lines);
    }

    /** Words with tags: those that go up are of one type, and those that go down of another. */
    static Path tagged(Path file, int sentences, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < sentences; i++) {
            for (String word : words(random, random.nextBoolean())) {
                lines.add(word + "\t" + (List.of(UP).contains(word) ? "B-up" : List.of(DOWN).contains(word) ? "B-down" : "O"));
            }
            lines.add("");
        }
        return Files.write(file, lines);
    }

    private static List<String> words(Random random, boolean up) {
        List<String> words = new ArrayList<>();
        for (int j = 0; j < 4 + random.nextInt(4); j++) {
            words.add(FILL[random.nextInt(FILL.length)]);
        }
        // Apart from each other: what is beside them decides nothing.
        words.set(random.nextInt(2), (up ? UP : DOWN)[random.nextInt(3)]);
        words.set(3, (up ? UP : DOWN)[random.nextInt(3)]);
        return words;
    }

    /** A fine-tuning out of keys and values. */
    static FineTuningConfig config(Object... keysAndValues) {
        ObjectNode flags = Json.MAPPER.createObjectNode();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1] instanceof Path path ? path.toString() : keysAndValues[i + 1];
            flags.set((String) keysAndValues[i], Json.MAPPER.valueToTree(value));
        }
        return FineTuningConfig.of(flags);
    }
}
