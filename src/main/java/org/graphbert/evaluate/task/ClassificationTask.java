package org.graphbert.evaluate.task;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.LabelledText;

/**
 * A task of telling classes of texts, or of pairs of texts, apart, as {@link TaskFile} has them.
 *
 * @param name such as that of its directory
 * @param labels those of the examples to learn from, in the order of their letters; a class is an index here
 */
public record ClassificationTask(String name, List<String> labels, TaskFile train, TaskFile dev) {

    private static final List<String> ENDINGS =
            List.of(".tsv", ".tsv.gz", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz");

    public ClassificationTask {
        labels = List.copyOf(labels);
    }

    /**
     * Reads a task from a directory that holds train.tsv and dev.tsv, or the same as .csv or .jsonl, packed too (train.tsv.gz).
     *
     * @throws Failure (usage) if there is no such directory or it lacks a file; (data) if a file is not as {@link TaskFile}
     *     has it, or the two are not as {@link #of} has them
     */
    public static ClassificationTask read(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw Failure.usage("%s: no such directory, expected that of a task, with train.tsv and dev.tsv in it", directory);
        }
        TaskFile train = TaskFile.read(find(directory, "train"));
        TaskFile dev = TaskFile.read(find(directory, "dev"));
        return of(directory.toAbsolutePath().normalize().getFileName().toString(), train, dev);
    }

    /**
     * A task of two files.
     *
     * @throws Failure (data) if the two have different columns, there is only one class, or dev has one that train has not
     */
    public static ClassificationTask of(String name, TaskFile train, TaskFile dev) {
        if (!train.columns().equals(dev.columns())) {
            throw Failure.data("%s: line 1: has the columns %s, but %s has %s; expected the same in both",
                    dev.path(), dev.columns(), train.path().getFileName(), train.columns());
        }
        ClassificationTask task = new ClassificationTask(name, labels(train), train, dev);
        task.requireKnown(dev);
        return task;
    }

    /**
     * The labels to learn from.
     *
     * @throws Failure (data) if there is only one
     */
    static List<String> labels(TaskFile train) {
        List<String> labels = train.examples().stream().map(LabelledText::label).distinct().sorted().toList();
        if (labels.size() == 1) {
            throw Failure.data("%s: all %,d examples have the label '%s', expected two labels or more",
                    train.path(), train.examples().size(), labels.get(0));
        }
        return labels;
    }

    /**
     * Refuses a file with a label that those to learn from have not; one without labels has none such.
     *
     * @throws Failure (data) with its line
     */
    public void requireKnown(TaskFile file) {
        requireKnown(file, labels, "in " + train.path().getFileName());
    }

    /**
     * The same of any labels.
     *
     * @param where they are, in words
     */
    static void requireKnown(TaskFile file, List<String> labels, String where) {
        for (LabelledText example : file.labelled() ? file.examples() : List.<LabelledText>of()) {
            if (!labels.contains(example.label())) {
                throw Failure.data("%s: line %,d: the label '%s' is none of those %s: %s",
                        file.path(), example.line(), example.label(), where, shown(labels));
            }
        }
    }

    private static Path find(Path directory, String part) {
        return ENDINGS.stream().map(ending -> directory.resolve(part + ending)).filter(Files::isRegularFile).findFirst()
                .orElseThrow(() -> Failure.usage("%s: holds neither %s.tsv nor %s.tsv.gz, expected a task's directory, with "
                        + "train.tsv and dev.tsv in it", directory, part, part));
    }

    static String shown(List<String> labels) {
        int most = 8;
        return String.join(", ", labels.subList(0, Math.min(most, labels.size())))
                + (labels.size() > most ? String.format(" and %,d more", labels.size() - most) : "");
    }
}
