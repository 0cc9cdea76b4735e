package org.graphbert.evaluate.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.TaskConfig;
import org.graphbert.graph.TaskHead;

/** How the files of a task are read, and what its model's outputs mean, once its labels are known. */
public sealed interface TaskFormat permits TextFormat, TagFormat, AnswerFormat {

    /** What stands for a file where examples come from none. */
    Path ASKED = Path.of("question");

    TaskHead head();

    /** With the columns that were found. */
    TaskConfig config();

    /** In the order of the classes; none where targets are numbers or places. */
    List<String> labels();

    /** The metric that the best model is chosen by, unless another is asked for. */
    String metric();

    /**
     * Reads a file.
     *
     * @param labelled whether the right answers have to be there
     * @throws org.graphbert.config.Failure (data) that names the file and the line, if it is not of this task
     */
    TaskPart read(Path file, boolean labelled);

    /** Strings of an example that is asked about. */
    int texts();

    /**
     * Examples to be answered.
     *
     * @param examples {@link #texts} strings each
     */
    TaskPart of(List<List<String>> examples);

    /** The same for training: examples may weigh differently. */
    TaskPart train();

    /** A line of what the training file holds. */
    String describe();

    /**
     * As a run has it.
     *
     * @param labels as {@link #labels} told them
     * @param dev the scores of the best weights, by which something may have been chosen
     */
    static TaskFormat of(FineTuningConfig config, List<String> labels, Map<String, Double> dev, TaskInput input) {
        return switch (config.task()) {
            case "tag" -> new TagFormat(labels, config.files(), input, null);
            case "qa" -> AnswerFormat.of(config.files(), labels, dev.getOrDefault(AnswerPart.CHOSEN, 0.0), input);
            default -> TextFormat.of(config.files(), labels, input);
        };
    }

    /** As the training file has it. */
    static TaskFormat of(FineTuningConfig config, TaskInput input) {
        return switch (config.task()) {
            case "tag" -> TagFormat.of(config, input);
            case "qa" -> AnswerFormat.of(config, input);
            default -> TextFormat.of(config, input);
        };
    }
}
