package org.graphbert.data;

import java.util.function.IntFunction;

/** A record as people read it: each predicted token as what the model sees, then in braces what it is to predict. */
final class ReadableExample {

    private ReadableExample() {}

    /** Of a next-sentence record, which a record without a manifest is taken for. */
    static String of(Example example, IntFunction<String> token) {
        return of(example, token, PairTask.NSP);
    }

    /**
     * Two lines: label and counts, then the tokens, e.g. {@code [CLS] the [MASK]{cat} sat [SEP] …}.
     *
     * @param token names an id; {@code Integer::toString} where there is no vocabulary
     * @param task gives the label its name; none has no label
     */
    static String of(Example example, IntFunction<String> token, PairTask task) {
        int length = example.length();
        String[] words = new String[length];
        for (int p = 0; p < length; p++) {
            words[p] = token.apply(example.inputIds()[p]);
        }
        for (int i = 0; i < example.maskedLmPositions().length; i++) {
            int position = example.maskedLmPositions()[i];
            if (example.maskedLmWeights()[i] > 0 && position < length) {
                words[position] += "{" + token.apply(example.maskedLmIds()[i]) + "}";
            }
        }
        String label = task.labels().isEmpty() ? "" : task.labels().get(example.nextSentenceLabel()) + ", ";
        return "%s%d tokens, %d predictions%n    %s"
                .formatted(label, length, example.predictions(), String.join(" ", words));
    }
}
