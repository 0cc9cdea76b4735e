package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.evaluate.TaskSession;
import org.graphbert.evaluate.task.TaskAnswer;
import org.graphbert.evaluate.task.TaskFormat;
import org.graphbert.evaluate.task.TaskInput;
import org.graphbert.evaluate.task.TaskPart;
import org.graphbert.text.Tokenizers;

/** The best weights of a fine-tuned run, for examples of its task. */
public final class FineTunedModel implements AutoCloseable {

    private final TaskFormat format;
    private final TaskSession session;

    private FineTunedModel(TaskFormat format, TaskSession session) {
        this.format = format;
        this.session = session;
    }

    /**
     * Opens a run.
     *
     * @param task that it should have learnt: classify, tag or qa
     * @throws Failure (usage) if it has learnt another, or none
     */
    public static FineTunedModel open(Path directory, String task) throws IOException {
        RunDirectory run = new RunDirectory(directory);
        RunRecord.FineTuned record = run.fineTuned();
        FineTuningConfig config = record.config();
        if (!config.task().equals(task)) {
            throw Failure.usage("%s: was fine-tuned to %s; ask it with 'graphbert predict %s'", directory, config.task(), config.task());
        }
        TaskFormat format = format(run);
        String prefix = run.checkpoints().requireBest().prefix();
        return new FineTunedModel(format, TaskSession.load(run.record().model(), format.head(), prefix, 0));
    }

    /** How a run reads its task's texts, and its model's answers. */
    public static TaskFormat format(RunDirectory run) throws IOException {
        RunRecord.FineTuned record = run.fineTuned();
        Map<String, Double> dev = FineTuningResults.read(run).map(results -> results.best().dev()).orElse(Map.of());
        return TaskFormat.of(record.config(), record.labels(), dev, new TaskInput(
                Tokenizers.load(run.requiredTokenizer(), null), record.config().files().maxSeqLength(),
                run.record().model().typeVocabSize()));
    }

    /** Strings of an example. */
    public int texts() {
        return format.texts();
    }

    /** Tokens of a sequence, with [CLS] and [SEP], as the model was fine-tuned on. */
    public int longest() {
        return format.config().maxSeqLength();
    }

    /** Whether an example is longer than what the model was fine-tuned on, so that it is answered without its end. */
    public boolean cuts(List<String> example) {
        return format.of(List.of(example)).encoded().cut() > 0;
    }

    /** Answers examples at once. */
    public List<TaskAnswer> answer(List<List<String>> examples) {
        TaskPart part = format.of(examples);
        return part.answers(session.logits(part.encoded(), examples.size()));
    }

    /**
     * Answers a file as fine-tuning takes it.
     *
     * @param scores takes how good the answers are, where the file has the right ones
     * @param notes takes what there is to be said of how the file was taken, a line each
     */
    public List<TaskAnswer> answer(Path file, int batchSize, Consumer<Map<String, Double>> scores, Consumer<String> notes) {
        TaskPart part = format.read(file, false);
        part.notes().forEach(notes);
        float[][][] logits = session.logits(part.encoded(), batchSize);
        if (part.labelled()) {
            scores.accept(part.scores(logits));
        }
        return part.answers(logits);
    }

    @Override
    public void close() {
        session.close();
    }
}
