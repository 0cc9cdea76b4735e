package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.text.Tokenizer;

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

    /** Looks into it. */
    @FunctionalInterface
    interface Look {
        Report at(Path path, Options options) throws IOException;
    }

    /**
     * How closely to look at a data set; other things have no examples.
     *
     * @param show how many examples to show
     * @param tokenizer of records that do not say theirs
     */
    record Options(int show, Optional<Tokenizer> tokenizer) {}

    /** What was found, as a table and as JSON. */
    record Report(String text, String json) {}
}
