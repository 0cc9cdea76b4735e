package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PermutationTest {

    @Property(tries = 200)
    void isABijection(@ForAll @IntRange(min = 1, max = 3000) int size, @ForAll long key) {
        Permutation permutation = new Permutation(size, key);
        BitSet seen = new BitSet(size);
        for (int i = 0; i < size; i++) {
            int at = (int) permutation.at(i);
            assertTrue(at >= 0 && at < size);
            assertFalse(seen.get(at), "position " + at + " twice");
            seen.set(at);
        }
    }

    @Property(tries = 200)
    void staysInsideLargeDomains(@ForAll @LongRange(min = 1L << 33, max = 1L << 50) long size, @ForAll long key) {
        long at = new Permutation(size, key).at(size - 1);
        assertTrue(at >= 0 && at < size);
    }

    /** Neighbours must not stay neighbours, and each place must be equally likely. */
    @Test
    void looksRandom() {
        int size = 1000;
        int near = 0;
        long sumOfFirst = 0;
        for (int key = 0; key < 400; key++) {
            Permutation permutation = new Permutation(size, Rng.hash(1, key));
            sumOfFirst += permutation.at(0);
            for (int i = 1; i < 100; i++) {
                near += Math.abs(permutation.at(i) - permutation.at(i - 1)) <= 5 ? 1 : 0;
            }
        }
        assertEquals(499.5, sumOfFirst / 400.0, 60); // 4 standard errors of a uniform mean
        assertEquals(0.01, near / (400.0 * 99), 0.002);
    }

    @Property(tries = 50)
    void rngIsUniform(@ForAll @IntRange(min = 1, max = 50) int bound, @ForAll long seed) {
        Rng rng = Rng.keyed(seed, bound);
        int draws = 20_000;
        int[] counts = new int[bound];
        for (int i = 0; i < draws; i++) {
            counts[rng.below(bound)]++;
        }
        double expected = (double) draws / bound;
        for (int count : counts) {
            assertEquals(expected, count, 6 * Math.sqrt(expected) + 1);
        }
    }
}
