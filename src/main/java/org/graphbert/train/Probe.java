package org.graphbert.train;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the weights in training are good for, seen from outside: a downstream score, the higher the better. A run with a
 * probe has the same weights as one without.
 */
public interface Probe extends AutoCloseable {

    /**
     * What a probe came to.
     *
     * @param accuracy from 0 to 1
     * @param seconds that it took
     */
    record Score(double accuracy, double seconds) {}

    /**
     * Scores the weights that the session has at this moment, and changes nothing in it.
     *
     * @param stop asked between steps of milliseconds: a signal should not wait for all of them
     * @return empty if it was stopped
     */
    Optional<Score> score(TrainingSession session, BooleanSupplier stop);

    /** Floating-point operations of one, about. */
    double flops();

    /**
     * What is said of it before a run, in one line.
     *
     * @param every steps between two probes
     * @param stepFlops floating-point operations of one training step
     */
    String describe(long every, double stepFlops);

    /** What a probe takes of the memory while it runs, in bytes; a step of training holds nothing then but its variables. */
    long bytes();

    /** As part of a message, e.g. "sentence_polarity accuracy 0.712". */
    String describe(Score score);

    @Override
    void close();
}
