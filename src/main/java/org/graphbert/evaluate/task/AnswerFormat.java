package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.TaskConfig;
import org.graphbert.evaluate.qa.QaOptions;
import org.graphbert.evaluate.qa.Question;
import org.graphbert.evaluate.qa.SquadFile;
import org.graphbert.graph.TaskHead;

/**
 * Questions about texts, answered by a stretch of the text.
 *
 * @param mayBeNone whether a question may have no answer, as in SQuAD 2.0
 * @param threshold by how much having no answer must score better than the best one
 * @param trained the training file; null where nothing is trained
 */
public record AnswerFormat(TaskConfig config, TaskInput input, boolean mayBeNone, double threshold, SquadFile trained)
        implements TaskFormat {

    /** What the labels of a run say where questions may have none. */
    public static final String NONE = "no answer";

    static AnswerFormat of(FineTuningConfig config, TaskInput input) {
        SquadFile train = SquadFile.read(Path.of(config.train()));
        train.requireLabelled("learn from");
        return of(config.files(), train.hasImpossible() ? List.of(NONE) : List.of(), 0, input, train);
    }

    /**
     * As a run has it.
     *
     * @param labels as {@link #labels} told them
     * @param threshold that was chosen, unless the configuration has one
     */
    public static AnswerFormat of(TaskConfig config, List<String> labels, double threshold, TaskInput input) {
        return of(config, labels, threshold, input, null);
    }

    private static AnswerFormat of(TaskConfig config, List<String> labels, double threshold, TaskInput input, SquadFile train) {
        double asked = config.nullThreshold() == null ? threshold : config.nullThreshold();
        AnswerFormat format = new AnswerFormat(config, input, labels.contains(NONE), asked, train);
        format.options();
        return format;
    }

    /** Where nothing is asked for, what fits the length. */
    QaOptions options() {
        int longest = input.longest();
        return new QaOptions(longest, config.docStride() == null ? QaOptions.stride(longest) : config.docStride(),
                config.maxQueryLength(), config.maxAnswerLength(), config.nBest());
    }

    AnswerFormat withThreshold(double chosen) {
        return new AnswerFormat(config, input, mayBeNone, chosen, trained);
    }

    @Override
    public TaskHead head() {
        return new TaskHead.Span();
    }

    @Override
    public List<String> labels() {
        return mayBeNone ? List.of(NONE) : List.of();
    }

    /** Where questions may have no answer, F1 under the best threshold: it is chosen on dev as well. */
    @Override
    public String metric() {
        return mayBeNone && config.nullThreshold() == null ? "best_f1" : "f1";
    }

    @Override
    public TaskPart read(Path file, boolean labelled) {
        SquadFile read = SquadFile.read(file);
        if (labelled) {
            read.requireLabelled("score by");
        }
        return AnswerPart.of(this, read);
    }

    @Override
    public int texts() {
        return 2;
    }

    /** Of a question and its text each. */
    @Override
    public TaskPart of(List<List<String>> examples) {
        List<Question> questions = IntStream.range(0, examples.size())
                .mapToObj(i -> new Question(Integer.toString(i), examples.get(i).get(0), examples.get(i).get(1), List.of(), false))
                .toList();
        return AnswerPart.of(this, new SquadFile(ASKED, "", questions, 0, 0));
    }

    @Override
    public TaskPart train() {
        TaskPart part = AnswerPart.of(this, trained);
        if (part.encoded().examples().stream().allMatch(example -> example.weights()[0] == 0)) {
            throw Failure.data("%s: none of its answers is in its text, expected some to learn from; answer_start counts characters of "
                    + "the context", trained.path());
        }
        return part;
    }

    @Override
    public String describe() {
        return String.format(Locale.ROOT, "questions about %,d texts%s, windows of %d tokens, one every %d",
                trained.questions().stream().map(Question::context).distinct().count(),
                mayBeNone ? ", some without an answer" : "", input.longest(), options().stride());
    }
}
