package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One kind of thing that {@code graphbert inspect} recognises.
 *
 * @param kind for the error that lists what could have been given
 * @param recognises whether the path looks like that kind; cheap
 * @param inspect looks into it
 */
record Inspector(String kind, Test recognises, Look inspect) {

    /** Whether a path is this kind of thing. */
    @FunctionalInterface
    interface Test {
        boolean test(Path path) throws IOException;
    }

    /** Looks into it; {@code show} is how many examples to show, where there are some. */
    @FunctionalInterface
    interface Look {
        Report at(Path path, int show) throws IOException;
    }

    /** What was found, as a table and as JSON. */
    record Report(String text, String json) {}
}
