package org.graphbert.text;

import java.nio.charset.StandardCharsets;

/**
 * Where a text falls apart whatever the segmentation: between two bytes that follow each other in no piece of the model.
 * The units between such places are cut independently of each other. They are words, mostly, and punctuation.
 */
final class Joints {

    private static final int BYTES = 1 << 8;

    /** By pair of bytes, the first one above, whether some piece has them beside each other. */
    private final long[] joined = new long[BYTES * BYTES / Long.SIZE];

    Joints(SentencePieceModel model) {
        for (int id = 0; id < model.size(); id++) {
            if (model.inText(id)) {
                byte[] piece = model.piece(id).getBytes(StandardCharsets.UTF_8);
                for (int i = 1; i < piece.length; i++) {
                    int pair = pair(piece[i - 1], piece[i]);
                    joined[pair / Long.SIZE] |= 1L << pair;
                }
            }
        }
    }

    /** The index behind the unit that begins at an index. */
    int end(Normalized text, int from) {
        byte[] bytes = text.bytes();
        int length = text.length();
        int to = from + 1;
        while (to < length) {
            byte next = bytes[to];
            int pair = pair(bytes[to - 1], next);
            boolean withinCharacter = (next & 0xC0) == 0x80;
            if (!withinCharacter && (joined[pair / Long.SIZE] & 1L << pair) == 0) {
                break;
            }
            to++;
        }
        return to;
    }

    private static int pair(byte left, byte right) {
        return (left & 0xFF) * BYTES + (right & 0xFF);
    }
}
