package org.graphbert.text;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Byte-pair encoding (Sennrich et al. 2016) as sentencepiece has it (bpe_model.cc): of all neighbours that together are
 * a piece, those with the highest score are joined, the leftmost of equals first, until none are. Words don't touch each
 * other if no piece holds a space behind its first character, and are then joined one by one.
 */
final class PairSegmenter implements Segmenter {

    private static final int NONE = -1;

    private final SentencePieceModel model;
    private final DoubleArray trie;
    private final DoubleArray symbols;

    /** Whether a word's pieces depend on the word alone. */
    private final boolean byWord;

    PairSegmenter(SentencePieceModel model) {
        this.model = model;
        trie = model.trie();
        Map<String, Integer> userDefined = new HashMap<>();
        boolean independent = true;
        for (int id = 0; id < model.size(); id++) {
            switch (model.kind(id)) {
                case USER_DEFINED -> userDefined.put(model.piece(id), id);
                case UNUSED -> independent = false;
                default -> { }
            }
            independent &= model.piece(id).indexOf('\u2581', 1) < 0;
        }
        byWord = independent;
        symbols = DoubleArray.of(userDefined);
    }

    @Override
    public Segments segment(Normalized text) {
        Segments out = new Segments(text.length() / 3 + 8);
        Joining joining = new Joining(text);
        int length = text.length();
        for (int from = 0; from < length; ) {
            int to = byWord ? from + text.width(from) : length;
            while (to < length && !text.isSpace(to)) {
                to += text.width(to);
            }
            joining.join(from, Math.min(to, length), out);
            from = to;
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
                int symbol = symbol(at, to);
                frozen[count] = symbol > at;
                starts[count] = at;
                at = symbol > at ? symbol : at + text.width(at);
                ends[count] = at;
                before[count] = count - 1;
                behind[count] = at < to ? count + 1 : NONE;
            }
            return count;
        }

        /** The end of the longest user-defined symbol there, or the index itself. */
        private int symbol(int from, int to) {
            int found = from;
            int node = DoubleArray.ROOT;
            for (int i = from; i < to; ) {
                node = symbols.child(node, text.bytes()[i++] & 0xFF);
                if (node == DoubleArray.NONE) {
                    break;
                }
                if (symbols.value(node) != DoubleArray.NONE) {
                    found = i;
                }
            }
            return found;
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
