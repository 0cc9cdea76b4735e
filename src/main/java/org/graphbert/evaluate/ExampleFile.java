package org.graphbert.evaluate;

import java.nio.file.Path;

/** A file of a task's examples, as it was read. */
public interface ExampleFile {

    Path path();

    /** Whether the right answers are known of all of them. */
    boolean labelled();

    /** How many there are, as people count them: texts, sentences or questions. */
    int count();
}
