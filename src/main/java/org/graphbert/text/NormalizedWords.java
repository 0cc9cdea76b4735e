package org.graphbert.text;

import java.util.Arrays;

/**
 * The units that a SentencePiece model is learned from: normalised text, cut where no piece may cross: at spaces and
 * between scripts. Nothing is learned from pieces that the model has from the beginning; they are left out.
 */
final class NormalizedWords implements Words {

    private final SentencePieceNormalizer normalizer;
    private final DoubleArray given;
    private Normalized text;
    private int at;
    private int[] codePoints = new int[64];
    private int length;

    /** @param given the pieces that the model has from the beginning */
    NormalizedWords(SentencePieceNormalizer normalizer, DoubleArray given) {
        this.normalizer = normalizer;
        this.given = given;
    }

    @Override
    public Words over(String line) {
        text = normalizer.normalize(line);
        at = 0;
        return this;
    }

    @Override
    public boolean next() {
        length = 0;
        while (at < text.length()) {
            int behind = given.longest(text.bytes(), at, text.length());
            if (behind > at) {
                if (length > 0) {
                    return true;
                }
                at = behind;
                continue;
            }
            int c = text.codePoint(at);
            if (length > 0 && Scripts.separates(codePoints[length - 1], c)) {
                return true;
            }
            if (length == codePoints.length) {
                codePoints = Arrays.copyOf(codePoints, 2 * length);
            }
            codePoints[length++] = c;
            at += text.width(at);
        }
        return length > 0;
    }

    @Override
    public int[] codePoints() {
        return codePoints;
    }

    @Override
    public int length() {
        return length;
    }
}
