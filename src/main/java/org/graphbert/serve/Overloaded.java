package org.graphbert.serve;

/** More is asked than the queue takes: nothing is wrong with the question, which may be asked again a moment later. */
public final class Overloaded extends RuntimeException {

    Overloaded(String message) {
        super(message, null, false, false);
    }
}
