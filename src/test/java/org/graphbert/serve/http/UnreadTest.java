package org.graphbert.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnreadTest {

    private static Reply of(int bytes) {
        return new Reply(Reply.OK, Reply.JSON, new byte[bytes]);
    }

    @Test
    void largeAnswersAreRefusedWhereManyAreNotRead() {
        Unread unread = new Unread(1_000_000);
        Reply first = unread.admit(of(600_000));
        assertEquals(Reply.OK, first.status());
        Reply refused = unread.admit(of(400_001));
        assertEquals(RestError.UNAVAILABLE, refused.status());
        String body = new String(refused.content(), StandardCharsets.UTF_8);
        assertTrue(body.contains("hold 600,000 bytes, and this one is of 400,001"), body);
        // A refusal takes no room, whether before or after it is read.
        Reply second = of(400_000);
        assertSame(second, unread.admit(second));
        unread.gone(refused);
        assertEquals(RestError.UNAVAILABLE, unread.admit(of(100_000)).status());
        // A small answer is sent however many large ones wait.
        Reply small = of(60_000);
        assertSame(small, unread.admit(small));
        unread.gone(small);
        unread.gone(first);
        Reply third = of(600_000);
        assertSame(third, unread.admit(third));
    }
}
