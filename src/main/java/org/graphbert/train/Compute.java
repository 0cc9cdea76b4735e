package org.graphbert.train;

import org.graphbert.config.Precision;
import org.graphbert.config.RunConfig;

/**
 * How the graph is computed, with nothing left open.
 *
 * @param precision of the matrix products and of what goes between them
 * @param xla whether clusters of the graph are compiled
 */
public record Compute(Precision precision, boolean xla) {

    /** Plain float32. */
    public static final Compute FLOAT32 = new Compute(Precision.FLOAT32, false);

    /** What a run asks for, or the device does best. */
    static Compute of(RunConfig config) {
        return FLOAT32;
    }
}
