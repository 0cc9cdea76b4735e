package org.graphbert.text;

import java.util.Arrays;

/**
 * The most probable segmentation under a unigram language model (Kudo 2018, section 3.2), by Viterbi's algorithm over
 * bytes; of equally probable ones the one found first stays, as with sentencepiece (unigram_model.cc). Units that no piece
 * crosses are cut by themselves, their scores summed as doubles from 0, so that a long text costs no precision, and are
 * remembered. Sentencepiece sums over the whole text; in lines of more than 100,000 characters its rounding now and then
 * decides otherwise.
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
        for (int from = 0, to; from < text.length(); from = to) {
            to = joints.end(text, from);
            if (!words.append(text.bytes(), from, to, out)) {
                int before = out.size();
                search.run(text, from, to, out);
                words.put(text.bytes(), from, to, out, before);
            }
        }
        return out;
    }

    /** Viterbi's algorithm, with room to work in. */
    private final class Search {
        /** The best path to each index: its score, where its last piece begins, and that piece. */
        private double[] best = {};

        private int[] begins = {};
        private int[] ids = {};

        /** Cuts the stretch [from, to). */
        void run(Normalized text, int from, int to, Segments out) {
            int length = to - from;
            clear(length);
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
                        double score = userDefined[id] ? (end - start) * highest - USER_DEFINED_PENALTY : scores[id];
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
        }

        private void reach(int start, int end, int id, double score) {
            double candidate = best[start] + score;
            if (begins[end] == NOT_REACHED || candidate > best[end]) {
                best[end] = candidate;
                begins[end] = start;
                ids[end] = id;
            }
        }

        private void clear(int length) {
            if (best.length <= length) {
                int capacity = length + 32;
                best = new double[capacity];
                begins = new int[capacity];
                ids = new int[capacity];
            }
            Arrays.fill(begins, 0, length + 1, NOT_REACHED);
            best[0] = 0;
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
