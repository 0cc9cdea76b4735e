package org.graphbert.text;

import org.graphbert.config.Failure;

/**
 * All segmentations of all units: at each position the pieces that begin there. They are noted once, when the seeds are
 * found, and thinned out as pieces go, so that no text is looked up in a dictionary again.
 *
 * <p>Pieces are numbered: first the characters, by their own numbers, which are possible everywhere and therefore not
 * noted; then the longer ones in the order of their characters.
 */
final class Lattices {

    /** An edge is a piece above its length - 1. */
    private static final int LENGTH_BITS = 4;

    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    /** The units, whose positions the edges lie at. */
    final Units units;

    private final int characters;

    /** For each position its first edge; the next position's is behind the last. */
    private final int[] first;

    private final int[] edges;

    /** Of the longer pieces a place where each occurs, and its length. */
    private int[] places;

    private byte[] lengths;

    Lattices(Units units, int characters, SeedPieces seeds) {
        this.units = units;
        this.characters = characters;
        places = new int[seeds.size()];
        lengths = new byte[seeds.size()];
        first = new int[units.letters().length + 2];
        long total = 0;
        for (int seed = 0; seed < seeds.size(); seed++) {
            places[seed] = seeds.place(seed, 0);
            lengths[seed] = (byte) seeds.length(seed);
            total += seeds.places(seed);
            for (int i = 0; i < seeds.places(seed); i++) {
                first[seeds.place(seed, i) + 2]++;
            }
        }
        if (total > Integer.MAX_VALUE - Long.SIZE) {
            throw Failure.usage(
                    "the %,d different units of the text hold %,d places of seed pieces, which is more than one array"
                            + " holds; lower --max-words",
                    units.size(), total);
        }
        for (int i = 2; i < first.length; i++) {
            first[i] += first[i - 1];
        }
        // Until all are in, first[i + 1] is where the next edge of position i goes; then it is where they end.
        edges = new int[(int) total];
        for (int seed = 0; seed < seeds.size(); seed++) {
            int edge = characters + seed << LENGTH_BITS | lengths[seed] - 1;
            for (int i = 0; i < seeds.places(seed); i++) {
                edges[first[seeds.place(seed, i) + 1]++] = edge;
            }
        }
    }

    /** The number of pieces. */
    int size() {
        return characters + places.length;
    }

    /** The number of pieces that are characters. */
    int characters() {
        return characters;
    }

    /** For each position of {@link Units#letters} the index of its first edge; they end where the next one's begin. */
    int[] first() {
        return first;
    }

    /** The edges: at each position from the shortest to the longest. */
    int[] edges() {
        return edges;
    }

    /** The number of edges, characters included. */
    long edgeCount() {
        return (long) first[first.length - 1] + units.letters().length;
    }

    static int pieceOf(int edge) {
        return edge >>> LENGTH_BITS;
    }

    static int lengthOf(int edge) {
        return (edge & LENGTH_MASK) + 1;
    }

    /** A place where a piece that is no character occurs. */
    int place(int piece) {
        return places[piece - characters];
    }

    int length(int piece) {
        return piece < characters ? 1 : lengths[piece - characters];
    }

    /** Keeps the marked pieces, which move up in their order, and all characters; returns where each went, or -1. */
    int[] keep(boolean[] kept) {
        int[] moved = new int[size()];
        int next = 0;
        for (int piece = 0; piece < moved.length; piece++) {
            moved[piece] = piece < characters || kept[piece] ? next++ : -1;
        }
        int[] newPlaces = new int[next - characters];
        byte[] newLengths = new byte[next - characters];
        for (int piece = characters; piece < moved.length; piece++) {
            if (moved[piece] >= 0) {
                newPlaces[moved[piece] - characters] = places[piece - characters];
                newLengths[moved[piece] - characters] = lengths[piece - characters];
            }
        }
        places = newPlaces;
        lengths = newLengths;
        int to = 0;
        int from = 0;
        for (int position = 0; position + 1 < first.length; position++) {
            int end = first[position + 1];
            for (; from < end; from++) {
                int piece = moved[pieceOf(edges[from])];
                if (piece >= 0) {
                    edges[to++] = piece << LENGTH_BITS | edges[from] & LENGTH_MASK;
                }
            }
            first[position + 1] = to;
        }
        return moved;
    }
}
