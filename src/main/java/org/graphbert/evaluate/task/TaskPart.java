package org.graphbert.evaluate.task;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.ExampleFile;

/** The examples of a task's file, encoded; a model's outputs become scores of them, and answers. */
public interface TaskPart {

    /** Where they were read. */
    ExampleFile file();

    EncodedExamples encoded();

    /** Whether the right answers are known. */
    default boolean labelled() {
        return file().labelled();
    }

    /** What a person should know of how the file was taken: what was mended, cut or left out, a line each. */
    List<String> notes();

    /**
     * How good outputs are, by metrics' names in snake case, the main one first.
     *
     * @param logits [encoded example] [its rows] [C], as {@link EncodedExamples#unpad} cuts them
     * @throws IllegalStateException if the right answers are not known
     */
    Map<String, Double> scores(float[][][] logits);

    /**
     * The same, with what is chosen by the scores on dev.
     *
     * @param dev of the best weights, by name
     */
    default TaskPart chosen(Map<String, Double> dev) {
        return this;
    }

    /**
     * Writes what the outputs say.
     *
     * @param name which the files' names begin with
     * @return the files
     */
    List<Path> write(Path directory, String name, float[][][] logits) throws IOException;

    /** What the outputs say of each example, as people count them. */
    List<TaskAnswer> answers(float[][][] logits);
}
