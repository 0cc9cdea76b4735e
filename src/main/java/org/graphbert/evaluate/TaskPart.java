package org.graphbert.evaluate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The examples of a task's file, encoded; a model's outputs become scores of them, and answers. */
public interface TaskPart {

    /** Where they were read. */
    Path file();

    EncodedExamples encoded();

    /** Whether the right answers are known. */
    boolean labelled();

    /** How many examples the file has, as people count them: texts, sentences or questions. */
    int count();

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

    /** What the outputs say, an example a line, for people; as JSON lines if asked for. */
    List<String> lines(float[][][] logits, boolean json);
}
