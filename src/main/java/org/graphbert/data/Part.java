package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.file.Path;

/** The two data sets that one preparation can write. */
enum Part {
    TRAINING("training"),
    HELD_OUT("held-out");

    private final String title;

    Part(String title) {
        this.title = title;
    }

    /** The directory of this part, where the training part is to lie there. */
    Path directory(Path output) {
        return this == TRAINING ? output : output.resolveSibling(output.getFileName() + "-held-out");
    }

    @JsonValue
    @Override
    public String toString() {
        return title;
    }
}
