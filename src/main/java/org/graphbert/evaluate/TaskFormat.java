package org.graphbert.evaluate;

import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.FineTuningConfig;
import org.graphbert.config.TaskConfig;
import org.graphbert.graph.TaskHead;

/** How the files of a task are read, and what its model's outputs mean, once its labels are known. */
public sealed interface TaskFormat permits TextFormat, TagFormat, AnswerFormat {

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

    /** The same for training: examples may weigh differently. */
    TaskPart train();

    /** A line of what the training file holds. */
    String describe();

    /** As the training file has it. */
    static TaskFormat of(FineTuningConfig config, TaskInput input) {
        return switch (config.task()) {
            case "tag" -> TagFormat.of(config, input);
            case "qa" -> AnswerFormat.of(config, input);
            default -> TextFormat.of(config, input);
        };
    }
}
