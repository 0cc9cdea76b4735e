package org.graphbert.text;

import java.util.Arrays;

/**
 * The most probable segmentation under a unigram language model (Kudo 2018, section 3.2), by Viterbi's algorithm over
 * bytes. The arithmetic is sentencepiece's (unigram_model.cc) to the last bit, since where two segmentations are equally
 * probable its rounding decides: a path's score is a float to which the pieces' are added one by one from the beginning
 * of the text, and of equals the one found first stays.
 *
 * <p>A word met before needs no search, unless its best segmentation is so close to the next best that the rounding at
 * this place of the text might decide between them.
 */
final class UnigramSegmenter implements Segmenter {

    /** An unknown character costs so much more than the rarest piece (unigram_model.cc, kUnkPenalty). */
    private static final float UNKNOWN_PENALTY = 10;

    /** A user-defined symbol of any length scores so much, which no sequence of pieces beats. */
    private static final double USER_DEFINED_PENALTY = 0.1;

    private static final int NOT_REACHED = -1;

    private final DoubleArray trie;
    private final float[] scores;
    private final boolean[] userDefined;
    private final boolean[] unused;
    private final int unknown;
    private final float unknownScore;
    private final float highest;

    private final Joints joints;
    private final WordCache words = new WordCache();

    UnigramSegmenter(SentencePieceModel model) {
        trie = model.trie();
        int size = model.size();
        scores = new float[size];
        userDefined = new boolean[size];
        unused = new boolean[size];
        float min = Float.MAX_VALUE;
        // The reference begins with the smallest positive number, so that this is it for log probabilities.
        float max = Float.MIN_NORMAL;
        for (int id = 0; id < size; id++) {
            scores[id] = model.score(id);
            userDefined[id] = model.kind(id) == SentencePieceModel.Kind.USER_DEFINED;
            unused[id] = model.kind(id) == SentencePieceModel.Kind.UNUSED;
            if (model.kind(id) == SentencePieceModel.Kind.NORMAL) {
                min = Math.min(min, model.score(id));
                max = Math.max(max, model.score(id));
            }
        }
        unknown = model.unknown();
        unknownScore = min - UNKNOWN_PENALTY;
        highest = max;
        joints = new Joints(model);
    }

    @Override
    public Segments segment(Normalized text) {
        Segments out = new Segments(text.length() / 3 + 8);
        Search search = new Search();
        byte[] bytes = text.bytes();
        float score = 0;
        for (int from = 0, to; from < text.length(); from = to) {
            to = joints.end(text, from);
            long[] word = words.get(bytes, from, to);
            if (word == null && to - from <= WordCache.LONGEST) {
                word = search.word(text, from, to);
            }
            if (word != null && WordCache.margin(word) > uncertainty(score, to - from, WordCache.total(word))) {
                for (int i = 0; i < WordCache.size(word); i++) {
                    out.add(WordCache.id(word, i), from + WordCache.end(word, i));
                    score += WordCache.score(word, i);
                }
            } else {
                score = search.run(text, from, to, score, out);
            }
        }
        return out;
    }

    /** What rounding may change about the difference between two paths through a word: half a unit an addition. */
    private static float uncertainty(float before, int bytes, float total) {
        return 2 * bytes * Math.ulp(before + total);
    }

    /** Viterbi's algorithm, with room to work in. */
    private final class Search {
        /** The best path to each index: its score, where its last piece begins, that piece and its score. */
        private float[] best = {};

        private int[] begins = {};
        private int[] ids = {};
        private float[] last = {};

        /** The scores of the best path and of the next best, without rounding. */
        private double[] first = {};

        private double[] second = {};

        /** Cuts a word as if it stood alone, and remembers it. */
        long[] word(Normalized text, int from, int to) {
            Segments found = new Segments(8);
            float total = run(text, from, to, 0, found);
            float[] pieceScores = new float[found.size()];
            for (int i = 0; i < pieceScores.length; i++) {
                pieceScores[i] = last[found.end(i) - from];
            }
            float margin = (float) (first[to - from] - second[to - from]);
            return words.put(text.bytes(), from, to, found, pieceScores, total, margin);
        }

        /**
         * Cuts the stretch [from, to).
         *
         * @param before the score of the text before it
         * @return the score with it
         */
        float run(Normalized text, int from, int to, float before, Segments out) {
            int length = to - from;
            clear(length, before);
            byte[] bytes = text.bytes();
            for (int start = 0; start < length; ) {
                int width = text.width(from + start);
                boolean single = false;
                int node = DoubleArray.ROOT;
                for (int end = start; end < length; ) {
                    node = trie.child(node, bytes[from + end++] & 0xFF);
                    if (node == DoubleArray.NONE) {
                        break;
                    }
                    int id = trie.value(node);
                    if (id != DoubleArray.NONE && !unused[id]) {
                        float score =
                                userDefined[id] ? (float) ((end - start) * highest - USER_DEFINED_PENALTY) : scores[id];
                        reach(start, end, id, score);
                        single |= end - start == width;
                    }
                }
                if (!single) {
                    reach(start, start + width, unknown, unknownScore);
                }
                start += width;
            }
            follow(length, from, out);
            return best[length];
        }

        private void reach(int start, int end, int id, float score) {
            float candidate = best[start] + score;
            if (begins[end] == NOT_REACHED || candidate > best[end]) {
                best[end] = candidate;
                begins[end] = start;
                ids[end] = id;
                last[end] = score;
            }
            double exact = first[start] + score;
            if (exact > first[end]) {
                second[end] = Math.max(first[end], second[start] + score);
                first[end] = exact;
            } else {
                second[end] = Math.max(second[end], exact);
            }
        }

        private void clear(int length, float before) {
            if (best.length <= length) {
                int capacity = length + 32;
                best = new float[capacity];
                begins = new int[capacity];
                ids = new int[capacity];
                last = new float[capacity];
                first = new double[capacity];
                second = new double[capacity];
            }
            Arrays.fill(begins, 0, length + 1, NOT_REACHED);
            Arrays.fill(first, 0, length + 1, Double.NEGATIVE_INFINITY);
            Arrays.fill(second, 0, length + 1, Double.NEGATIVE_INFINITY);
            best[0] = before;
            first[0] = before;
        }

        /** Goes back along the best path, turning it round: each index learns where the next piece ends. */
        private void follow(int length, int from, Segments out) {
            int next = NOT_REACHED;
            for (int end = length; end > 0; ) {
                int begin = begins[end];
                begins[end] = next;
                next = end;
                end = begin;
            }
            for (int end = next; end != NOT_REACHED; end = begins[end]) {
                out.add(ids[end], from + end);
            }
        }
    }
}
