package org.graphbert.serve.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads a request's body as it comes, without a thread that waits for it, up to a length and until a time. */
final class BodyReader implements Runnable {

    /**
     * A body that is too large is heard out up to so many times the largest, but not kept: a client that is cut off while it
     * sends may never see the answer.
     */
    private static final long LISTENED = 4;

    private final Request request;
    private final int largest;
    private final AtomicLong held;
    private final long mostHeld;
    private final Consumer<byte[]> done;
    private final Consumer<RuntimeException> failed;
    private final AtomicBoolean over = new AtomicBoolean();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long passed;

    /**
     * Prepares; {@link #run} begins.
     *
     * @param largest bytes of the body
     * @param held bytes of all the bodies that are in memory; {@link #release} gives this one's back
     * @param mostHeld of those
     * @param done takes the body; this or {@code failed} is called, once
     */
    BodyReader(
            Request request, int largest, AtomicLong held, long mostHeld, Consumer<byte[]> done,
            Consumer<RuntimeException> failed) {
        this.request = request;
        this.largest = largest;
        this.held = held;
        this.mostHeld = mostHeld;
        this.done = done;
        this.failed = failed;
    }

    /** Reads what is there, and comes again when more is. */
    @Override
    public synchronized void run() {
        long announced = request.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (announced > LISTENED * largest || announced > largest && request.getHeaders().contains(HttpHeader.EXPECT)) {
            fail(tooLarge());
            return;
        }
        while (!over.get()) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                fail(new RestError(RestError.BAD_REQUEST, "the body ends before it is complete"));
                return;
            }
            ByteBuffer bytes = chunk.getByteBuffer();
            int length = bytes.remaining();
            passed += length;
            boolean fits = passed <= largest;
            boolean room = fits && held.addAndGet(length) <= mostHeld;
            if (room) {
                byte[] copy = new byte[length];
                bytes.get(copy);
                body.write(copy, 0, length);
            } else if (fits) {
                held.addAndGet(-length);
            }
            boolean last = chunk.isLast();
            chunk.release();
            if (!fits) {
                if (last || passed > LISTENED * largest) {
                    fail(tooLarge());
                }
            } else if (!room) {
                fail(new RestError(RestError.UNAVAILABLE, "the bodies of the requests in flight fill the memory set aside for them; ask again in a moment"));
            } else if (last && over.compareAndSet(false, true)) {
                done.accept(body.toByteArray());
            }
        }
    }

    /** The client's time is over; nothing happens if the body is complete. */
    synchronized void timeout(long seconds) {
        fail(new RestError(RestError.REQUEST_TIMEOUT, "the body did not come within %d s", seconds));
    }

    /** The body is in nobody's hands any more. */
    synchronized void release() {
        held.addAndGet(-body.size());
    }

    private RestError tooLarge() {
        return new RestError(RestError.TOO_LARGE, "the body has more than %,d bytes, the most that is taken; ask in parts", largest);
    }

    private void fail(RuntimeException reason) {
        if (over.compareAndSet(false, true)) {
            failed.accept(reason);
        }
    }
}
