package org.graphbert.distribute;

/**
 * Which of the processes that train one model this one is.
 *
 * @param task its number, from 0; that one is the chief
 * @param workers how many there are
 */
public record Place(int task, int workers) {

    /** The only one. */
    public static final Place ALONE = new Place(0, 1);

    public Place {
        if (task < 0 || task >= workers) {
            throw new IllegalArgumentException("task " + task + " of " + workers + " workers");
        }
    }

    /** Whether it decides, and writes the run. */
    public boolean chief() {
        return task == 0;
    }

    public boolean alone() {
        return workers == 1;
    }
}
