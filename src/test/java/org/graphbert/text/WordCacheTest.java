package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordCacheTest {

    /** So many words that differ in a few bytes only that several share a place with the one that was kept. */
    @Test
    void noOtherWordIsTakenForTheOneKept() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int changed = 0; changed < WordCache.LONGEST; changed += 4) {
            WordCache cache = new WordCache();
            byte[] bytes = new byte[WordCache.LONGEST + Long.BYTES];
            random.nextBytes(bytes);
            Segments pieces = new Segments(4);
            pieces.add(7, 0);
            pieces.add(70_000, 20);
            pieces.add(3, WordCache.LONGEST);
            cache.put(bytes, 0, WordCache.LONGEST, pieces, 1);
            byte[] kept = bytes.clone();
            for (int i = 0; i < 600_000; i++) {
                for (int at = changed; at < Math.min(changed + 4, WordCache.LONGEST); at++) {
                    bytes[at] = (byte) random.nextInt();
                }
                boolean same = Arrays.equals(kept, 0, WordCache.LONGEST, bytes, 0, WordCache.LONGEST);
                Segments found = new Segments(4);
                assertEquals(same, cache.append(bytes, 0, WordCache.LONGEST, found), "seed " + seed);
            }
            Segments found = new Segments(4);
            assertTrue(cache.append(kept, 0, WordCache.LONGEST, found));
            assertEquals(2, found.size());
            assertEquals(70_000, found.id(0));
            assertEquals(20, found.end(0));
            assertEquals(3, found.id(1));
        }
    }

    @Test
    void whatIsTooLongIsNotKept() {
        WordCache cache = new WordCache();
        byte[] bytes = new byte[64];
        Segments pieces = new Segments(1);
        pieces.add(1, WordCache.LONGEST + 1);
        cache.put(bytes, 0, WordCache.LONGEST + 1, pieces, 0);
        assertFalse(cache.append(bytes, 0, WordCache.LONGEST + 1, new Segments(1)));
    }
}
