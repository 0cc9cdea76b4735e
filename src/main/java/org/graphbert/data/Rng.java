package org.graphbert.data;

/**
 * Random numbers as a function of a key: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
 * generators"). Written out here because prepared data must stay byte-identical, whatever the JDK does with its own.
 */
final class Rng {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    private Rng(long state) {
        this.state = state;
    }

    /** A generator for a key such as (seed, epoch, record); different keys give unrelated streams. */
    static Rng keyed(long... key) {
        return new Rng(hash(key));
    }

    /** 64 bits that depend on every part of the key, and on their order. */
    static long hash(long... key) {
        long h = 0;
        for (long part : key) {
            h = mix(h + GOLDEN_GAMMA ^ mix(part + GOLDEN_GAMMA));
        }
        return h;
    }

    /** A bijection on 64 bits in which every input bit affects every output bit. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** Uniform in [0, 1). */
    double uniform() {
        return (next() >>> 11) * 0x1p-53;
    }

    /** Uniform in [0, bound), without bias: Lemire 2019, "Fast random integer generation in an interval". */
    int below(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        long product = (next() >>> 32) * bound;
        if ((product & 0xFFFFFFFFL) < bound) {
            long rejected = (0x1_0000_0000L - bound) % bound;
            while ((product & 0xFFFFFFFFL) < rejected) {
                product = (next() >>> 32) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    /** Uniform in [least, most], as Python's randint. */
    int between(int least, int most) {
        return least + below(most - least + 1);
    }
}
