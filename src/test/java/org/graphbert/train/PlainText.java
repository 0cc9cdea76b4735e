package org.graphbert.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;

/**
 * The tokens of one pair of sentences, taken out of a batch: what the paper's equations see. Neither padding nor the pairs
 * packed beside it exist any more.
 *
 * @param row of the batch
 * @param label index of its pair label
 * @param at for each token its position in the row
 * @param places for each token its place in the text
 */
record PlainText(int row, int label, int[] at, int[] places) {

    /** The texts of a batch: one in each row that has a token, or one for each packed pair. */
    static List<PlainText> of(Batch batch) {
        int s = batch.sequenceLength();
        List<PlainText> texts = new ArrayList<>();
        for (int b = 0; b < batch.size(); b++) {
            for (int k = 0; k < batch.places(); k++) {
                int row = b;
                int pair = k + 1;
                int[] ids = batch.packing() == null ? batch.inputMask() : batch.packing().pairIds();
                int[] at = IntStream.range(0, s).filter(i -> ids[row * s + i] == pair).toArray();
                int[] places = batch.packing() == null
                        ? at
                        : IntStream.of(at).map(i -> batch.packing().positionIds()[row * s + i]).toArray();
                if (at.length > 0) {
                    texts.add(new PlainText(b, b * batch.places() + k, at, places));
                }
            }
        }
        return texts;
    }

    int length() {
        return at.length;
    }

    /** One of a batch's [B, S] at token i. */
    int of(int[] values, Batch batch, int i) {
        return values[row * batch.sequenceLength() + at[i]];
    }

    /** The token at a position of the row; -1 where it belongs to no or another text. */
    int token(int position) {
        for (int i = 0; i < at.length; i++) {
            if (at[i] == position) {
                return i;
            }
        }
        return -1;
    }
}
