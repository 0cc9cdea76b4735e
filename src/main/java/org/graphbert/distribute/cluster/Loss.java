package org.graphbert.distribute.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.graphbert.config.Failure;

/**
 * The first thing that went wrong among the workers of a cluster. What this one computes together with others would then wait for
 * ever, in native code that nothing can interrupt; so it is computed by another thread, which is left behind.
 */
public final class Loss {

    private static final long SLACK_MILLIS = 2_000;

    private final CompletableFuture<Failure> first = new CompletableFuture<>();
    private final ExecutorService computing = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "together");
        thread.setDaemon(true);
        return thread;
    });
    private final Duration silence;

    /**
     * Nothing yet.
     *
     * @param silence within which a loss is noticed
     */
    Loss(Duration silence) {
        this.silence = silence;
    }

    /** A computation that was left behind, for another worker is lost. */
    public static final class Abandoned extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final Failure failure;
        private final transient CompletableFuture<?> work;

        Abandoned(Failure failure, CompletableFuture<?> work) {
            super(failure.getMessage(), failure);
            this.failure = failure;
            this.work = work;
        }

        /** What is to be told. */
        public Failure failure() {
            return failure;
        }

        /** Whether nothing computes any more, after a wait. */
        public boolean over(Duration wait) {
            try {
                work.get(wait.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (ExecutionException failed) {
                return true;
            } catch (TimeoutException going) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        /** What came of it after all; empty if it failed, or is not over. */
        public Optional<Object> result() {
            return work.isDone() && !work.isCompletedExceptionally() ? Optional.of(work.join()) : Optional.empty();
        }
    }

    /** Tells of one; only the first counts. */
    boolean report(Failure failure) {
        return first.complete(failure);
    }

    public Optional<Failure> failure() {
        return Optional.ofNullable(first.getNow(null));
    }

    /** To be asked, and woken by, where something else is waited for. */
    CompletableFuture<Failure> first() {
        return first;
    }

    /**
     * Computes what other workers take part in.
     *
     * @param own tells what is this worker's own fault; of anything else the reason may be another's end, which is waited for
     * @throws Abandoned if another worker is lost before it is done
     */
    public <T> T during(Supplier<T> work, Predicate<RuntimeException> own) {
        CompletableFuture<T> computed = CompletableFuture.supplyAsync(work, computing);
        try {
            CompletableFuture.anyOf(computed.exceptionally(failed -> null), first).get();
            if (!computed.isDone()) {
                throw new Abandoned(first.getNow(null), computed);
            }
            return computed.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            RuntimeException failed = (RuntimeException) e.getCause();
            if (own.test(failed) || !comes()) {
                throw failed;
            }
            throw new Abandoned(first.getNow(null), computed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted("interrupted while computing with other workers");
        }
    }

    /** Where a connection of TensorFlow's broke, it takes some time until it is known whose. */
    private boolean comes() {
        try {
            first.get(silence.toMillis() + SLACK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException none) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
