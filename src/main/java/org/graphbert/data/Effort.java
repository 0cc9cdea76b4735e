package org.graphbert.data;

import org.graphbert.config.Failure;

/**
 * What a preparation may use, and how it goes about it. Its output depends on none of this.
 *
 * @param threads how many tokenise and make records
 * @param memory how much of the heap it may take
 * @param resume whether to go on where another process was ended
 * @param show how many examples to print
 */
public record Effort(int threads, Memory memory, boolean resume, int show) {

    public Effort {
        if (threads < 1) {
            throw Failure.usage("--threads is %d, expected at least 1", threads);
        }
    }
}
