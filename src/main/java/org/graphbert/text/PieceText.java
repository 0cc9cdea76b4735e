package org.graphbert.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;

/** The text that pieces stand for (Decode in sentencepiece_processor.cc), special tokens as they are. */
final class PieceText {

    private static final char REPLACEMENT = '\uFFFD';

    private PieceText() {}

    /** @param ids of the model */
    static String of(int[] ids, SentencePieceModel model) {
        NormalizerSpec normalizer = model.proto().getNormalizerSpec();
        boolean trimsAll = normalizer.getRemoveExtraWhitespaces();
        boolean trims = trimsAll || normalizer.getAddDummyPrefix();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ids.length; ) {
            String piece = model.piece(ids[i]);
            switch (model.kind(ids[i])) {
                case BYTE -> i = appendBytes(ids, i, model, text);
                case CONTROL, UNKNOWN -> {
                    text.append(piece);
                    i++;
                }
                default -> {
                    boolean trimmed = trims && text.isEmpty() && piece.charAt(0) == SentencePieceTokenizer.SPACE;
                    text.append((trimmed ? piece.substring(1) : piece).replace(SentencePieceTokenizer.SPACE, ' '));
                    trims &= trimsAll || !trimmed;
                    i++;
                }
            }
        }
        return text.toString();
    }

    /** Appends the text of the byte pieces from an index on, U+FFFD for each byte that is not UTF-8; says where they end. */
    private static int appendBytes(int[] ids, int from, SentencePieceModel model, StringBuilder text) {
        int end = from;
        ByteBuffer bytes = ByteBuffer.allocate(ids.length - from);
        while (end < ids.length && model.kind(ids[end]) == SentencePieceModel.Kind.BYTE) {
            bytes.put((byte) model.byteOf(ids[end++]));
        }
        bytes.flip();
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        while (decoder.decode(bytes, chars, true).isError()) {
            bytes.get();
            chars.put(REPLACEMENT);
        }
        text.append(chars.flip());
        return end;
    }
}
