package org.graphbert.cli;

import java.nio.file.Path;

/** One kind of thing that {@code graphbert inspect} recognises. */
interface Inspector {

    /** What it recognises, for the error that lists what could have been given. */
    String kind();

    /** Whether the path looks like that kind; cheap. */
    boolean recognises(Path path);

    /**
     * Looks into it.
     *
     * @param show how many examples to show, where there are some
     */
    Report inspect(Path path, int show);

    /** What was found. */
    interface Report {
        String text();

        String json();
    }
}
