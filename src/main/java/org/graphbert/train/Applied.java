package org.graphbert.train;

import java.util.List;
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
        return request(runner, List.of(learning));
    }

    /** Asks for the same update of several replicas; the first speaks for all. */
    static Session.Runner request(Session.Runner runner, List<Learning> replicas) {
        Learning first = replicas.get(0);
        if (first.lossScale() != null) {
            runner.fetch(first.lossScale().value());
        }
        replicas.forEach(learning -> runner.addTarget(learning.update()));
        return runner.fetch(first.gradientNorm());
    }

    static Applied of(Result result, Learning learning) {
        int last = result.size() - 1;
        return new Applied(number(result, last), learning.lossScale() == null ? 1 : number(result, last - 1));
    }

    /**
     * Runs the update of gradients that were summed up, on each replica.
     *
     * @param run runs what was asked for
     */
    static Applied accumulated(
            Session.Runner runner, List<Learning> replicas, double rate, long step, Function<Session.Runner, Result> run) {
        try (Feed feed = new Feed()) {
            replicas.forEach(learning -> learning.feed(feed, rate, step));
            try (Result result = run.apply(request(feed.to(runner), replicas))) {
                return of(result, replicas.get(0));
            }
        }
    }

    private static float number(Result result, int index) {
        return ((TFloat32) result.get(index)).getFloat();
    }
}
