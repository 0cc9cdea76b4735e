package org.graphbert.train;

import java.util.function.Function;
import org.graphbert.graph.Feed;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;

/**
 * What an update says of itself.
 *
 * @param norm of the gradients, without the loss scale and before clipping; where it is not finite, the update changed nothing
 * @param lossScale that they were taken under; 1 where there is none
 */
record Applied(double norm, double lossScale) {

    /** Asks for an update, behind all that is asked for already. */
    static Session.Runner request(Session.Runner runner, Learning learning) {
        if (learning.lossScale() != null) {
            runner.fetch(learning.lossScale().value());
        }
        return runner.addTarget(learning.update()).fetch(learning.gradientNorm());
    }

    static Applied of(Result result, Learning learning) {
        int last = result.size() - 1;
        return new Applied(number(result, last), learning.lossScale() == null ? 1 : number(result, last - 1));
    }

    /**
     * Runs the update of gradients that were summed up.
     *
     * @param run runs what was asked for
     */
    static Applied accumulated(
            Session.Runner runner, Learning learning, double rate, long step, Function<Session.Runner, Result> run) {
        try (Feed feed = learning.feed(new Feed(), rate, step);
                Result result = run.apply(request(feed.to(runner), learning))) {
            return of(result, learning);
        }
    }

    private static float number(Result result, int index) {
        return ((TFloat32) result.get(index)).getFloat();
    }
}
