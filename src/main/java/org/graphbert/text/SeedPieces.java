package org.graphbert.text;

import java.util.Arrays;

/**
 * The pieces that a unigram vocabulary is chosen from: the substrings of 2 to 16 characters that occur at least twice
 * and that no one character always follows. They are the inner nodes of the units' suffix tree, and its leaves in units
 * that occur twice. (sentencepiece's unigram_model_trainer.cc takes the inner nodes of the raw lines' tree, and so no
 * word that a space always follows; here a unit's end counts as a character of its own.)
 *
 * <p>The tree is never built: positions are sorted by the character behind what is common to them, and each run of
 * equals again, so that what is common to a run is a node. That takes 16 rounds at most, whatever the text.
 */
final class SeedPieces {

    private static final int LEAST_FREQUENCY = 2;

    private final Units units;
    private final CharacterCoverage characters;
    private final int[] letters;
    private final int[] unitAt;

    /** Positions in the order of the suffixes that begin there; above each, in sorting, the character it is sorted by. */
    private final long[] suffixes;

    private Nodes pieces = new Nodes();

    /** Nodes of the tree: the positions where the substring occurs (a range of the sorted ones), its length and count. */
    private static final class Nodes {
        int[] from = new int[16];
        int[] to = new int[16];
        byte[] length = new byte[16];
        long[] frequency = new long[16];
        int size;

        void add(int from, int to, int length, long frequency) {
            if (size == this.from.length) {
                int more = size + (size >> 1);
                this.from = Arrays.copyOf(this.from, more);
                this.to = Arrays.copyOf(this.to, more);
                this.length = Arrays.copyOf(this.length, more);
                this.frequency = Arrays.copyOf(this.frequency, more);
            }
            this.from[size] = from;
            this.to[size] = to;
            this.length[size] = (byte) length;
            this.frequency[size++] = frequency;
        }

        long score(int node) {
            return frequency[node] * length[node];
        }
    }

    private SeedPieces(Units units, CharacterCoverage characters) {
        this.units = units;
        this.characters = characters;
        letters = units.letters();
        unitAt = new int[letters.length];
        suffixes = new long[letters.length - units.size()];
    }

    /**
     * Finds the pieces in the order of their characters.
     *
     * @param limit of more the best are taken, by count × length, and of ties the first in that order
     */
    static SeedPieces find(Units units, CharacterCoverage characters, int limit, Workers workers) {
        SeedPieces seeds = new SeedPieces(units, characters);
        int[] buckets = seeds.sortByFirst();
        Nodes[] found = new Nodes[characters.size()];
        workers.share(found.length, () -> seeds, (own, first) -> {
            found[first] = new Nodes();
            if (buckets[first] < buckets[first + 1]) {
                own.visit(buckets[first], buckets[first + 1], 1, found[first]);
            }
        });
        seeds.takeBest(found, limit);
        return seeds;
    }

    int size() {
        return pieces.size;
    }

    int length(int piece) {
        return pieces.length[piece];
    }

    /** How often it occurs in the text. */
    long frequency(int piece) {
        return pieces.frequency[piece];
    }

    /** How much text it covers: count × length. */
    long score(int piece) {
        return pieces.score(piece);
    }

    /** In how many places of the different units it occurs. */
    int places(int piece) {
        return pieces.to[piece] - pieces.from[piece];
    }

    /** One of these places, a position in {@link Units#letters}. */
    int place(int piece, int index) {
        return (int) suffixes[pieces.from[piece] + index];
    }

    /** A counting sort; returns where each character's positions begin, and behind the last the end. */
    private int[] sortByFirst() {
        int[] buckets = new int[characters.size() + 1];
        for (int unit = 0; unit < units.size(); unit++) {
            for (int i = units.start(unit); i < units.end(unit); i++) {
                unitAt[i] = unit;
                buckets[letters[i] + 1]++;
            }
        }
        Arrays.parallelPrefix(buckets, Integer::sum);
        int[] next = buckets.clone();
        for (int unit = 0; unit < units.size(); unit++) {
            for (int i = units.start(unit); i < units.end(unit); i++) {
                suffixes[next[letters[i]]++] = i;
            }
        }
        return buckets;
    }

    /** Visits the node whose substring of that length begins at these positions, then those below it. */
    private void visit(int from, int to, int length, Nodes found) {
        if (to - from == 1) {
            visitLeaf(from, found);
            return;
        }
        long frequency = 0;
        for (int i = from; i < to; i++) {
            int position = (int) suffixes[i];
            suffixes[i] = (long) letters[position + length] << Integer.SIZE | position;
            frequency += units.count(unitAt[position]);
        }
        Arrays.sort(suffixes, from, to);
        int least = next(from);
        if (length > 1 && (least == Units.END || least != next(to - 1))) {
            addIfValid(from, to, length, frequency, found);
        }
        if (length == ScoredPiece.LONGEST) {
            return;
        }
        for (int start = from; start < to; ) {
            int character = next(start);
            int end = start + 1;
            while (end < to && next(end) == character) {
                end++;
            }
            if (character != Units.END) {
                visit(start, end, length + 1, found);
            }
            start = end;
        }
    }

    /** What occurs in one place is always followed by the rest of its unit: only with that it can be a piece. */
    private void visitLeaf(int index, Nodes found) {
        int position = (int) suffixes[index];
        suffixes[index] = position;
        int unit = unitAt[position];
        int length = units.end(unit) - position;
        if (length > 1 && length <= ScoredPiece.LONGEST && units.count(unit) >= LEAST_FREQUENCY) {
            addIfValid(index, index + 1, length, units.count(unit), found);
        }
    }

    private void addIfValid(int from, int to, int length, long frequency, Nodes found) {
        int position = (int) suffixes[from];
        if (characters.join(letters, position, position + length)) {
            found.add(from, to, length, frequency);
        }
    }

    private int next(int index) {
        return (int) (suffixes[index] >> Integer.SIZE);
    }

    private void takeBest(Nodes[] found, int limit) {
        int size = 0;
        for (Nodes nodes : found) {
            size += nodes.size;
        }
        double[] scores = new double[size];
        int at = 0;
        for (Nodes nodes : found) {
            for (int i = 0; i < nodes.size; i++) {
                scores[at++] = nodes.score(i);
            }
        }
        boolean[] best = Largest.of(scores, limit);
        at = 0;
        for (Nodes nodes : found) {
            for (int i = 0; i < nodes.size; i++) {
                if (best[at++]) {
                    pieces.add(nodes.from[i], nodes.to[i], nodes.length[i], nodes.frequency[i]);
                }
            }
        }
    }
}
