package org.graphbert.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Pooling;
import org.graphbert.data.PairTask;
import org.graphbert.graph.TaskHead;

/**
 * What an export says of itself beside its graph: assets.extra/export.json, and the names of its labels in
 * assets/labels.txt, one a line in the order of the logits.
 *
 * @param head what was trained last
 * @param pairTask what the head for pairs has learnt
 * @param labels of a head that tells classes apart; empty for others
 * @param reading of a head for texts, words or answers; null for others, and where it is not known
 * @param pooling of a head for texts: what it sees of them; null for others
 * @param pairs of a head for texts: whether it was trained on pairs of them; null for others, and where it is not known
 */
public record ExportFacts(Head head, PairTask pairTask, List<String> labels, Pooling pooling, Reading reading, Boolean pairs) {

    static final String FILE = "export.json";
    static final String LABELS = "labels.txt";

    /** What an export answers beside features. */
    public enum Head {
        /** masked_lm and, where the model has a head for pairs, next_sentence. */
        PRETRAINING,
        /** Classes of texts or of pairs of texts. */
        CLASSIFY,
        /** A number for a text or a pair of texts. */
        REGRESS,
        /** Classes of tokens. */
        TAG,
        /** Where in a text the answer to a question begins and ends. */
        QA;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean labelled() {
            return this == CLASSIFY || this == TAG;
        }

        /** Whether its examples are single texts in one task and pairs in another. */
        boolean eitherTexts() {
            return this == CLASSIFY || this == REGRESS;
        }
    }

    public ExportFacts {
        labels = List.copyOf(labels);
        if (head.labelled() == labels.isEmpty()) {
            throw new IllegalArgumentException("a head to " + head + " with " + labels.size() + " labels");
        }
        if (labels.stream().anyMatch(label -> label.lines().count() != 1)) {
            throw Failure.usage("a label is empty or has a line break in it; labels.txt has one a line");
        }
    }

    /** Of a model as pre-training leaves it. */
    public static ExportFacts pretraining(PairTask pairTask) {
        return new ExportFacts(Head.PRETRAINING, pairTask, List.of(), null, null, null);
    }

    /**
     * Of a fine-tuned model. What its head for pairs had learnt is gone.
     *
     * @param task classify, tag or qa, as {@code graphbert finetune} has it
     * @param regression whether it tells numbers and not classes
     * @param pooling of classify
     * @param labels none where it has none
     */
    public static ExportFacts fineTuned(String task, boolean regression, Pooling pooling, List<String> labels) {
        Head head = regression ? Head.REGRESS : Head.valueOf(task.toUpperCase(Locale.ROOT));
        return new ExportFacts(head, PairTask.NONE, head.labelled() ? labels : List.of(),
                head.eitherTexts() ? pooling : null, null, null);
    }

    /** The same where it is known how texts are read. */
    public ExportFacts with(Reading reading) {
        return new ExportFacts(head, pairTask, labels, pooling, head == Head.PRETRAINING ? null : reading, pairs);
    }

    /** The same where it is known whether examples are pairs of texts. */
    public ExportFacts withPairs(boolean known) {
        return new ExportFacts(head, pairTask, labels, pooling, reading, head.eitherTexts() ? known : null);
    }

    /** The graph's part of it. */
    TaskHead taskHead() {
        return switch (head) {
            case CLASSIFY -> new TaskHead.Classes(labels.size(), pooling);
            case REGRESS -> new TaskHead.Value(pooling);
            case TAG -> new TaskHead.Tags(labels.size());
            case QA -> new TaskHead.Span();
            case PRETRAINING -> throw new IllegalStateException("pre-training has heads of its own");
        };
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Written(Head head, PairTask pairTask, Pooling pooling, Reading reading, Boolean pairs) {}

    /** Writes both files into a version's directory. */
    void write(Path version) throws IOException {
        Files.writeString(
                Files.createDirectories(version.resolve(SavedModelExport.EXTRA)).resolve(FILE),
                Json.write(new Written(head, pairTask, pooling, reading, pairs)));
        if (!labels.isEmpty()) {
            Files.write(Files.createDirectories(version.resolve("assets")).resolve(LABELS), labels);
        }
    }

    /**
     * Reads a version's; an export without the file is of a time when all were of pre-training, on next sentences.
     *
     * @throws Failure (data) if what is there is damaged
     */
    public static ExportFacts read(Path version) throws IOException {
        Path file = version.resolve(SavedModelExport.EXTRA).resolve(FILE);
        if (!Files.exists(file)) {
            return pretraining(PairTask.NSP);
        }
        Path labels = version.resolve("assets").resolve(LABELS);
        ObjectNode object = Json.readObject(file);
        Head head = named(file, object, "head", Head.values());
        try {
            return new ExportFacts(
                    head,
                    named(file, object, "pair_task", PairTask.values()),
                    head.labelled() ? Files.readAllLines(labels) : List.of(),
                    head.eitherTexts() ? pooling(file, object) : null,
                    object.get("reading") instanceof ObjectNode node ? reading(file, node) : null,
                    object.path("pairs").isBoolean() ? object.get("pairs").booleanValue() : null);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s; export again", labels, Directories.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw Failure.data("%s: is empty, expected a label a line; export again", labels, e);
        }
    }

    /** Exports were of the pooler alone before there was a choice. */
    private static Pooling pooling(Path file, ObjectNode object) {
        return object.has("pooling") ? named(file, object, "pooling", Pooling.values()) : Pooling.CLS;
    }

    private static Reading reading(Path file, ObjectNode node) {
        try {
            return Json.convert(node, Reading.class);
        } catch (IllegalArgumentException e) {
            throw Failure.data("%s: reading cannot be read: %s; export again", file, e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    private static <E> E named(Path file, ObjectNode object, String key, E[] values) {
        String found = object.path(key).asText();
        return Stream.of(values).filter(value -> value.toString().equals(found)).findFirst().orElseThrow(() -> Failure.data(
                "%s: %s is '%s', expected one of %s", file, key, found,
                String.join(", ", Stream.of(values).map(Object::toString).toList())));
    }
}
