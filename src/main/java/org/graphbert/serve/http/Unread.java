package org.graphbert.serve.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The answers that are on their way to clients: one that takes its time, or never reads, keeps its answer in memory for as long.
 * Beyond a number of bytes large answers are replaced by a refusal; small ones always go, for there are but so many connections.
 */
final class Unread {

    /** The system's buffers of a connection hold about that much. */
    private static final int SMALL = 64 << 10;

    private final long most;
    private final AtomicLong bytes = new AtomicLong();

    /** @param most bytes of all large answers together */
    Unread(long most) {
        this.most = most;
    }

    /**
     * The answer, or a refusal if there is no room for it. What comes back is to be given to {@link #gone} in the end.
     */
    Reply admit(Reply reply) {
        int size = size(reply);
        if (bytes.addAndGet(size) <= most || size == 0) {
            return reply;
        }
        bytes.addAndGet(-size);
        return Reply.error(RestError.UNAVAILABLE, String.format(
                "answers that clients have yet to read hold %,d bytes, and this one is of %,d; ask again in a moment, or for less",
                bytes.get(), size));
    }

    /** It is read, or its connection closed. */
    void gone(Reply reply) {
        bytes.addAndGet(-size(reply));
    }

    private static int size(Reply reply) {
        return reply.content().length > SMALL ? reply.content().length : 0;
    }
}
