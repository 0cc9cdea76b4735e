package org.graphbert.text;

import java.util.Arrays;

/**
 * The most probable segmentation under a unigram language model (Kudo 2018, section 3.2), by Viterbi's algorithm over
 * bytes. The arithmetic is that of sentencepiece's EncodeOptimized (unigram_model.cc) to the last bit, since where two
 * segmentations are equally probable its rounding decides: a path's score is a float to which the pieces' are added one
 * by one, and of equals the one found first stays.
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
    }

    @Override
    public Segments segment(Normalized text) {
        int length = text.length();
        byte[] bytes = text.bytes();
        // The best path to each index: its score, where its last piece begins, and that piece.
        float[] best = new float[length + 1];
        int[] begins = new int[length + 1];
        int[] ids = new int[length + 1];
        Arrays.fill(begins, NOT_REACHED);
        for (int start = 0; start < length; ) {
            float here = best[start];
            int width = text.width(start);
            boolean single = false;
            int node = DoubleArray.ROOT;
            for (int end = start; end < length; ) {
                node = trie.child(node, bytes[end++] & 0xFF);
                if (node == DoubleArray.NONE) {
                    break;
                }
                int id = trie.value(node);
                if (id == DoubleArray.NONE || unused[id]) {
                    continue;
                }
                float score =
                        userDefined[id] ? (float) ((end - start) * highest - USER_DEFINED_PENALTY) : scores[id];
                float candidate = score + here;
                if (begins[end] == NOT_REACHED || candidate > best[end]) {
                    best[end] = candidate;
                    begins[end] = start;
                    ids[end] = id;
                }
                single |= end - start == width;
            }
            if (!single) {
                float candidate = unknownScore + here;
                int end = start + width;
                if (begins[end] == NOT_REACHED || candidate > best[end]) {
                    best[end] = candidate;
                    begins[end] = start;
                    ids[end] = unknown;
                }
            }
            start += width;
        }
        return backwards(begins, ids, length);
    }

    private static Segments backwards(int[] begins, int[] ids, int length) {
        int count = 0;
        for (int end = length; end > 0; end = begins[end]) {
            count++;
        }
        // The path is turned round in place: of each piece, its end is put where the next one's begin was.
        int[] ends = new int[count];
        int i = count;
        for (int end = length; end > 0; end = begins[end]) {
            ends[--i] = end;
        }
        Segments segments = new Segments(count);
        for (int end : ends) {
            segments.add(ids[end], end);
        }
        return segments;
    }
}
