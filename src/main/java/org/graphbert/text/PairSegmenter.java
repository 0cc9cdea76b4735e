package org.graphbert.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Byte-pair encoding (Sennrich et al. 2016) as sentencepiece has it (bpe_model.cc): of all neighbours that together are
 * a piece, those with the highest score are joined, the leftmost of equals first, until none are. Words don't touch each
 * other, and are joined one by one.
 */
final class PairSegmenter implements Segmenter {

    private static final int NONE = -1;

    private final SentencePieceModel model;
    private final DoubleArray trie;
    private final DoubleArray symbols;

    /** Null if there are unused pieces: what they fall apart into again depends on the whole text. */
    private final WordCache words;

    private final Joints joints;

    PairSegmenter(SentencePieceModel model) {
        this.model = model;
        trie = model.trie();
        Map<String, Integer> userDefined = new HashMap<>();
        boolean independent = true;
        for (int id = 0; id < model.size(); id++) {
            independent &= model.kind(id) != SentencePieceModel.Kind.UNUSED;
            if (model.kind(id) == SentencePieceModel.Kind.USER_DEFINED) {
                userDefined.put(model.piece(id), id);
            }
        }
        joints = new Joints(model);
        words = independent ? new WordCache() : null;
        symbols = DoubleArray.of(userDefined);
    }

    @Override
    public Segments segment(Normalized text) {
        Segments out = new Segments(text.length() / 3 + 8);
        Joining joining = new Joining(text);
        if (words == null) {
            joining.join(0, text.length(), out);
            return out;
        }
        for (int from = 0, to; from < text.length(); from = to) {
            to = joints.end(text, from);
            if (!words.append(text.bytes(), from, to, out)) {
                int before = out.size();
                joining.join(from, to, out);
                words.put(text.bytes(), from, to, out, before);
            }
        }
        return out;
    }

    /** The symbols of a stretch of text, being joined. */
    private final class Joining {
        private final Normalized text;
        private final PairQueue queue = new PairQueue();

        /** By symbol: where it begins and ends (the same once joined to its left), and its neighbours. */
        private int[] starts = new int[32];

        private int[] ends = new int[32];
        private int[] before = new int[32];
        private int[] behind = new int[32];
        private boolean[] frozen = new boolean[32];

        /** By unused piece, where its right part begins: what it falls apart into again. */
        private final Map<Integer, Integer> parts = new HashMap<>();

        Joining(Normalized text) {
            this.text = text;
        }

        void join(int from, int to, Segments out) {
            if (from == to) {
                return;
            }
            int count = split(from, to);
            for (int i = 1; i < count; i++) {
                consider(i - 1, i);
            }
            while (queue.next()) {
                int left = queue.left();
                int right = behind[left];
                if (ends[left] == starts[left] || right == NONE || ends[right] - starts[left] != queue.length()) {
                    continue;
                }
                ends[left] = ends[right];
                starts[right] = ends[right];
                behind[left] = behind[right];
                if (behind[left] != NONE) {
                    before[behind[left]] = left;
                }
                consider(before[left], left);
                consider(left, behind[left]);
            }
            for (int i = 0; i != NONE; i = behind[i]) {
                emit(starts[i], ends[i], out);
            }
        }

        /** One symbol a character, or a user-defined one as it is; says how many. */
        private int split(int from, int to) {
            int count = 0;
            for (int at = from; at < to; count++) {
                if (count == starts.length) {
                    grow();
                }
                int symbol = symbols.longest(text.bytes(), at, to);
                frozen[count] = symbol > at;
                starts[count] = at;
                at = symbol > at ? symbol : at + text.width(at);
                ends[count] = at;
                before[count] = count - 1;
                behind[count] = at < to ? count + 1 : NONE;
            }
            return count;
        }

        private void consider(int left, int right) {
            if (left == NONE || right == NONE || frozen[left] || frozen[right]) {
                return;
            }
            int id = trie.value(text.bytes(), starts[left], ends[right]);
            if (id != DoubleArray.NONE) {
                queue.add(model.score(id), left, ends[right] - starts[left]);
                if (model.kind(id) == SentencePieceModel.Kind.UNUSED) {
                    parts.put(id, ends[left] - starts[left]);
                }
            }
        }

        private void emit(int from, int to, Segments out) {
            int id = trie.value(text.bytes(), from, to);
            if (id == DoubleArray.NONE) {
                out.add(model.unknown(), to);
            } else if (model.kind(id) == SentencePieceModel.Kind.UNUSED && parts.containsKey(id)) {
                emit(from, from + parts.get(id), out);
                emit(from + parts.get(id), to, out);
            } else {
                out.add(id, to);
            }
        }

        private void grow() {
            int capacity = 2 * starts.length;
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
            before = Arrays.copyOf(before, capacity);
            behind = Arrays.copyOf(behind, capacity);
            frozen = Arrays.copyOf(frozen, capacity);
        }
    }
}
