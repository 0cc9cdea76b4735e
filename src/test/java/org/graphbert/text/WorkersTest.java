package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class WorkersTest {

    @Test
    void eachNumberIsDoneOnce() {
        for (int threads = 1; threads <= 4; threads++) {
            try (Workers workers = new Workers(threads)) {
                for (int size : new int[] {0, 1, 2, 255, 256, 257, 10_000}) {
                    List<List<Integer>> done = workers.share(size, ArrayList<Integer>::new, List::add);
                    assertTrue(done.size() <= threads);
                    List<Integer> all = done.stream().flatMap(List::stream).sorted().toList();
                    assertEquals(IntStream.range(0, size).boxed().toList(), all);
                }
            }
        }
    }

    @Test
    void theFirstFailureIsThrown() {
        Failure failure = Failure.data("what failed");
        try (Workers workers = new Workers(2)) {
            assertSame(failure, assertThrows(Failure.class, () -> workers.share(1000, Object::new, (own, number) -> {
                if (number == 300) {
                    throw failure;
                }
            })));
            assertThrows(OutOfMemoryError.class, () -> workers.share(3, Object::new, (own, number) -> {
                throw new OutOfMemoryError();
            }));
        }
    }

    @Test
    void anInterruptionIsToldAndKept() {
        try (Workers workers = new Workers(1)) {
            Thread.currentThread().interrupt();
            // Work that has not ended when its result is asked for; closing wakes it.
            Failure failure = assertThrows(Failure.class, () -> workers.share(
                    1, Object::new, (own, number) -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(30))));
            assertEquals(130, failure.exitCode());
            assertTrue(Thread.interrupted());
        }
    }
}
