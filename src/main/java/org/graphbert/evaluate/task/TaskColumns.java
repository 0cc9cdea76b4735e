package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/**
 * Which columns of a table hold the label and the texts of a task.
 *
 * @param label its name; null to go by the columns' names
 * @param texts the names of one or two; none to go by the columns' names
 */
public record TaskColumns(String label, List<String> texts) {

    /** By the columns' names. */
    public static final TaskColumns FOUND = new TaskColumns(null, List.of());

    private static final List<String> LABELS = List.of("label", "gold_label", "score");
    private static final List<List<String>> PAIRS = List.of(
            List.of("premise", "hypothesis"),
            List.of("sentence1", "sentence2"),
            List.of("question1", "question2"),
            List.of("question", "sentence"),
            List.of("text1", "text2"),
            List.of("text_a", "text_b"));
    private static final List<String> SINGLES = List.of("text", "sentence");
    private static final Set<String> NUMBERS = Set.of("id", "idx", "index", "guid");

    /**
     * @throws Failure (usage) if more than two texts are named, or one column is named twice
     */
    public TaskColumns {
        texts = List.copyOf(texts);
        if (texts.size() > 2) {
            throw Failure.usage("--text-column names %d columns (%s), expected one, or two of a pair",
                    texts.size(), String.join(", ", texts));
        }
        if (texts.size() == 2 && texts.get(0).equals(texts.get(1)) || label != null && texts.contains(label)) {
            throw Failure.usage("--label-column and --text-column name the same column twice (%s, %s), expected one for each",
                    label, String.join(", ", texts));
        }
    }

    /**
     * The columns of a table. Those named are taken. Otherwise the label is in label, gold_label or score; the texts are the
     * one or two other columns (but for id, idx, index and guid), and among more the pair or the single one that the field's
     * data sets have, such as premise and hypothesis, sentence1 and sentence2, text, or sentence.
     *
     * @param needsLabel whether a label's column that was named must be there
     * @return with a label, unless none is there and none was named; without texts if it cannot be told which they are
     * @throws Failure (data) if a column that was named is not there
     */
    TaskColumns in(Path file, TableRows found, boolean needsLabel) {
        List<String> columns = found.columns();
        if (label != null && needsLabel) {
            require(file, found, "--label-column", label);
        }
        texts.forEach(text -> require(file, found, "--text-column", text));
        List<String> labels = label != null ? List.of(label) : LABELS;
        String foundLabel = labels.stream()
                .filter(columns::contains)
                .filter(name -> !texts.contains(name))
                .findFirst()
                .orElse(null);
        List<String> others = new ArrayList<>(columns);
        others.remove(foundLabel);
        return new TaskColumns(foundLabel, texts.isEmpty() ? texts(others) : texts);
    }

    private static List<String> texts(List<String> columns) {
        List<String> others = columns.stream().filter(name -> !NUMBERS.contains(name)).toList();
        if (others.size() == 1 || others.size() == 2) {
            return others;
        }
        List<String> pair = PAIRS.stream().filter(others::containsAll).findFirst().orElse(List.of());
        return pair.isEmpty() ? SINGLES.stream().filter(others::contains).limit(1).toList() : pair;
    }

    private static void require(Path file, TableRows found, String option, String name) {
        if (!found.columns().contains(name)) {
            throw Failure.data("%s: line 1: found %s, expected the column '%s' that %s names%s", file, found.shown(), name,
                    option, Json.nearest(name, found.columns()).map(near -> "; did you mean '" + near + "'?").orElse(""));
        }
    }
}
