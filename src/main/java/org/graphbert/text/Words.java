package org.graphbert.text;

/** Cuts lines into the units that a vocabulary is learned from; no piece crosses their bounds. Not for several threads. */
interface Words {

    /** Begins with another line. */
    Words over(String line);

    /** Moves to the next unit; false at the end of the line. */
    boolean next();

    /** The unit's code points; only the first {@link #length} count, and only until the next move. */
    int[] codePoints();

    int length();
}
