package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.TaskConfig;
import org.graphbert.evaluate.tag.ConllColumns;
import org.graphbert.evaluate.tag.ConllFile;
import org.graphbert.evaluate.tag.TagScheme;
import org.graphbert.evaluate.tag.TaggedSentence;
import org.graphbert.graph.TaskHead;

/**
 * Words of sentences with a tag each.
 *
 * @param labels the tags of the training file, in the order of their letters; where they tell spans, B- and I- of each type
 * @param trained the training file; null where nothing is trained
 */
public record TagFormat(List<String> labels, TaskConfig config, TaskInput input, ConllFile trained) implements TaskFormat {

    private static final String BEGIN = "B-";
    private static final String INSIDE = "I-";

    public TagFormat {
        labels = List.copyOf(labels);
    }

    static TagFormat of(FineTuningConfig config, TaskInput input) {
        ConllFile train = ConllFile.read(Path.of(config.train()), columns(config.files()));
        TreeSet<String> tags = new TreeSet<>(train.tags());
        if (train.scheme() != TagScheme.PLAIN) {
            train.tags().stream().filter(tag -> tag.startsWith(BEGIN) || tag.startsWith(INSIDE)).map(tag -> tag.substring(2))
                    .forEach(type -> tags.addAll(List.of(BEGIN + type, INSIDE + type)));
        }
        if (tags.size() == 1) {
            throw Failure.data("%s: all words have the tag '%s', expected two tags or more", train.path(), tags.first());
        }
        return new TagFormat(List.copyOf(tags), config.files(), input, train);
    }

    private static ConllColumns columns(TaskConfig config) {
        ConllColumns usual = ConllColumns.FIRST_AND_LAST;
        return new ConllColumns(
                config.tokenColumn() == null ? usual.word() : config.tokenColumn(),
                config.tagColumn() == null ? usual.tag() : config.tagColumn());
    }

    /** Whether tags tell spans, as B- and I- and a type do; else each word's stands for itself. */
    boolean spans() {
        return labels.contains("O") && labels.stream().allMatch(tag -> tag.equals("O") || tag.startsWith(BEGIN)
                || tag.startsWith(INSIDE) || tag.equals("B") || tag.equals("I"));
    }

    @Override
    public TaskHead head() {
        return new TaskHead.Tags(labels.size());
    }

    @Override
    public String metric() {
        return spans() ? "f1" : "accuracy";
    }

    @Override
    public TaskPart read(Path file, boolean labelled) {
        ConllFile read = labelled ? ConllFile.read(file, columns(config)) : ConllFile.readUntagged(file, columns(config));
        for (TaggedSentence sentence : read.sentences()) {
            for (int word = 0; word < sentence.tags().size(); word++) {
                if (!labels.contains(sentence.tags().get(word))) {
                    throw Failure.data("%s: line %,d: the tag '%s' is none of those that the model learns: %s", file,
                            sentence.line() + word, sentence.tags().get(word), ClassificationTask.shown(labels));
                }
            }
        }
        return new TagPart(this, read);
    }

    @Override
    public int texts() {
        return 1;
    }

    /** Of sentences whose words have spaces between them. */
    @Override
    public TaskPart of(List<List<String>> examples) {
        return new TagPart(this, new ConllFile(ASKED, TagScheme.PLAIN, 0, false, examples.stream()
                .map(texts -> new TaggedSentence(0, List.of(texts.get(0).strip().split("\\s+")), List.of()))
                .toList()));
    }

    @Override
    public TaskPart train() {
        return new TagPart(this, trained);
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "%d tags (%s; %s)", labels.size(), ClassificationTask.shown(labels), trained.scheme());
    }
}
