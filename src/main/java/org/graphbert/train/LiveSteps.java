package org.graphbert.train;

import org.graphbert.config.Progress;

/**
 * How far training is, for who watches it: said with the figures whenever there are new ones, which is where they are logged,
 * and between these about once a second, so that the count moves on and the time that is left is known while steps are long.
 */
final class LiveSteps {

    private static final double INTERVAL_SECONDS = 1;

    private final Progress progress;
    private String figures = "";
    /** The first is said at once. */
    private double unsaidSeconds = INTERVAL_SECONDS;

    private long said = -1;

    LiveSteps(Progress progress) {
        this.progress = progress;
    }

    /** A step is done, and took so long. */
    void step(long done, double seconds) {
        unsaidSeconds += seconds;
        if (unsaidSeconds >= INTERVAL_SECONDS) {
            say(done);
        }
    }

    /** There are figures, which hold until others come. */
    void figures(long done, String fresh) {
        figures = fresh;
        say(done);
    }

    /** It ends here. */
    void end(long done) {
        if (done != said) {
            say(done);
        }
    }

    private void say(long done) {
        unsaidSeconds = 0;
        said = done;
        progress.at(done, figures);
    }
}
