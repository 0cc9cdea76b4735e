package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.TaskConfig;
import org.graphbert.evaluate.LabelledText;
import org.graphbert.graph.TaskHead;

/**
 * Texts, or pairs of texts, with a label each, or with a number.
 *
 * @param labels those of the training file, in the order of their letters; none where labels are numbers
 * @param positive the label whose precision, recall and F1 are told; null for none
 * @param trained the training file; null where nothing is trained
 * @param weights of the classes in training
 */
public record TextFormat(
        List<String> labels, String positive, TaskConfig config, TaskInput input, TaskFile trained, float[] weights)
        implements TaskFormat {

    /** The most labels that are likely to be meant as classes. */
    private static final int MANY = 100;

    public TextFormat {
        labels = List.copyOf(labels);
    }

    static TextFormat of(FineTuningConfig config, TaskInput input) {
        TaskConfig files = config.files();
        TaskFile train = TaskFile.read(Path.of(config.train()), columns(files));
        files = files.withColumns(train.columns(), train.label());
        if (files.regression()) {
            return new TextFormat(List.of(), null, files, input, train, new float[0]);
        }
        List<String> labels = ClassificationTask.labels(train);
        if (labels.size() > MANY && labels.stream().allMatch(TextFormat::number)) {
            throw Failure.usage("%s: has %,d labels, all of them numbers; add --regression to predict numbers", train.path(), labels.size());
        }
        float[] weights = ClassWeights.of(files.classWeights(), labels, counts(train, labels));
        return new TextFormat(labels, positive(files, labels), files, input, train, weights);
    }

    private static TaskColumns columns(TaskConfig config) {
        return new TaskColumns(config.labelColumn(), config.textColumn() == null ? List.of() : config.textColumn());
    }

    /** As a run has it. */
    public static TextFormat of(TaskConfig config, List<String> labels, TaskInput input) {
        return new TextFormat(labels, config.regression() ? null : positive(config, labels), config, input, null, new float[0]);
    }

    /** Of two labels the second is the positive one, as 1 comes after 0. */
    private static String positive(TaskConfig config, List<String> labels) {
        if (config.positive() == null) {
            return labels.size() == 2 ? labels.get(1) : null;
        }
        if (!labels.contains(config.positive())) {
            throw Failure.usage("--positive is '%s', expected one of the labels %s", config.positive(), ClassificationTask.shown(labels));
        }
        return config.positive();
    }

    private static boolean number(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static long[] counts(TaskFile file, List<String> labels) {
        long[] counts = new long[labels.size()];
        file.examples().forEach(example -> counts[labels.indexOf(example.label())]++);
        return counts;
    }

    @Override
    public TaskHead head() {
        return config.regression() ? new TaskHead.Value(config.pooled()) : new TaskHead.Classes(labels.size(), config.pooled());
    }

    @Override
    public String metric() {
        return config.regression() ? "pearson" : "accuracy";
    }

    @Override
    public TaskPart read(Path file, boolean labelled) {
        TaskColumns columns = columns(config);
        TaskFile table = labelled ? TaskFile.read(file, columns) : TaskFile.readUnlabelled(file, columns);
        if (!config.regression()) {
            ClassificationTask.requireKnown(table, labels, "that the model learns");
        }
        return new TextPart(this, table, false);
    }

    @Override
    public int texts() {
        return config.textColumn().size();
    }

    @Override
    public TaskPart of(List<List<String>> examples) {
        return new TextPart(this, new TaskFile(ASKED, config.textColumn(), null,
                examples.stream().map(texts -> new LabelledText(0, null, texts)).toList()), false);
    }

    @Override
    public TaskPart train() {
        return new TextPart(this, trained, true);
    }

    @Override
    public String describe() {
        if (config.regression()) {
            return String.format(Locale.ROOT, "numbers for %s", String.join(" and ", trained.columns()));
        }
        long[] counts = counts(trained, labels);
        String shown = IntStream.range(0, Math.min(8, counts.length))
                .mapToObj(i -> String.format(Locale.ROOT, "%s %,d", labels.get(i), counts[i]))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "%d labels for %s (%s%s)", labels.size(), String.join(" and ", trained.columns()), shown,
                counts.length > 8 ? ", ..." : "");
    }
}
