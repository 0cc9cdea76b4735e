package org.graphbert.data;

import java.util.Optional;

/**
 * What must hold of each record. Letters: S positions, P predictions.
 *
 * @param maxSeqLength S
 * @param maxPredictions P
 * @param vocabularySize the ids that there are; Integer.MAX_VALUE where it is not known
 * @param task what the labels and segments are; {@link PairTask#NONE} for one segment
 * @param cls the id of [CLS]
 * @param sep the id of [SEP]
 * @param mask the id of [MASK]; empty where it is not known
 * @param leastPredictions of a record: 0 where words are chosen whole, as none may fit
 */
record RecordRules(
        int maxSeqLength,
        int maxPredictions,
        int vocabularySize,
        PairTask task,
        int cls,
        int sep,
        Optional<Integer> mask,
        int leastPredictions) {

    /** Takes what a record violates. */
    @FunctionalInterface
    interface Report {
        void violates(Rule rule, String found, String expected);
    }

    /** The rules of a data set that was prepared with that request, and these ids. */
    static RecordRules of(Manifest.Request request, int cls, int sep, Optional<Integer> mask) {
        Recipe recipe = request.recipe();
        return new RecordRules(recipe.pairs().maxSeqLength(), recipe.masks().maxPredictions(),
                request.tokenizer().vocabularySize(), recipe.pairs().task(), cls, sep, mask,
                recipe.masks().unit() == MaskUnit.TOKEN ? 1 : 0);
    }

    /** Checks a record. Where one rule is broken, others that build on it are left out. */
    void check(Example example, Report report) {
        if (example.inputIds().length != maxSeqLength || example.maskedLmPositions().length != maxPredictions) {
            report.violates(Rule.FEATURE_LENGTHS,
                    example.inputIds().length + " positions and " + example.maskedLmPositions().length + " predictions",
                    maxSeqLength + " and " + maxPredictions);
            return;
        }
        int length = ones(example.inputMask());
        if (length == 0 || example.length() != length) {
            report.violates(Rule.INPUT_MASK, length + " ones before the first zero, " + example.length() + " in all",
                    "at least one, and all before the first zero");
            return;
        }
        padding(example, length, report);
        vocabulary(example, length, report);
        int predictions = weights(example, report);
        if (predictions < 0 || !positions(example, predictions, length, report)) {
            return;
        }
        int[] tokens = example.originalTokens();
        structure(example, tokens, report);
        chosen(example, predictions, length, report);
    }

    private static void padding(Example example, int length, Report report) {
        for (int p = length; p < example.inputIds().length; p++) {
            if (example.inputIds()[p] != 0 || example.segmentIds()[p] != 0) {
                report.violates(Rule.PADDING, "id " + example.inputIds()[p] + " and segment " + example.segmentIds()[p]
                        + " at position " + p, "0 behind the " + length + " tokens");
                return;
            }
        }
    }

    private void vocabulary(Example example, int length, Report report) {
        for (int p = 0; p < length; p++) {
            if (example.inputIds()[p] >= vocabularySize) {
                report.violates(Rule.VOCABULARY, "id " + example.inputIds()[p] + " at position " + p,
                        "less than " + vocabularySize);
                return;
            }
        }
        for (int label : example.maskedLmIds()) {
            if (label >= vocabularySize) {
                report.violates(Rule.VOCABULARY, "label " + label, "less than " + vocabularySize);
                return;
            }
        }
    }

    /** The number of predictions; -1 if the weights do not tell it. */
    private int weights(Example example, Report report) {
        int predictions = 0;
        for (int i = 0; i < maxPredictions; i++) {
            float weight = example.maskedLmWeights()[i];
            if (weight == 1 && predictions == i) {
                predictions++;
            } else if (weight != 0) {
                report.violates(Rule.WEIGHTS, weight + " at " + i + ", behind " + predictions + " ones", "ones, then zeros");
                return -1;
            }
        }
        for (int i = predictions; i < maxPredictions; i++) {
            if (example.maskedLmPositions()[i] != 0 || example.maskedLmIds()[i] != 0) {
                report.violates(Rule.PREDICTION_PADDING, "position " + example.maskedLmPositions()[i] + " and label "
                        + example.maskedLmIds()[i] + " at " + i, "0 behind the " + predictions + " predictions");
                break;
            }
        }
        if (predictions < leastPredictions) {
            report.violates(Rule.PREDICTIONS, String.valueOf(predictions), leastPredictions + " to " + maxPredictions);
        }
        return predictions;
    }

    private static boolean positions(Example example, int predictions, int length, Report report) {
        int before = -1;
        for (int i = 0; i < predictions; i++) {
            int position = example.maskedLmPositions()[i];
            if (position <= before || position >= length) {
                report.violates(Rule.POSITIONS, position + (i == 0 ? "" : " behind " + before),
                        "ascending, each once, less than the length " + length);
                return false;
            }
            before = position;
        }
        return true;
    }

    /** [CLS] A [SEP] B [SEP], or where there are no pairs [CLS] A [SEP], in which more [SEP] may part documents. */
    private void structure(Example example, int[] tokens, Report report) {
        boolean pairs = task != PairTask.NONE;
        int firstSep = -1;
        int seps = 0;
        boolean empty = false;
        int before = 0;
        int otherCls = -1;
        for (int p = 0; p < tokens.length; p++) {
            if (tokens[p] == sep) {
                seps++;
                firstSep = firstSep < 0 ? p : firstSep;
                empty |= pairs && p == before + 1;
                before = p;
            } else if (tokens[p] == cls && p > 0 && otherCls < 0) {
                otherCls = p;
            }
        }
        if (tokens[0] != cls || otherCls > 0) {
            report.violates(Rule.CLS, otherCls > 0 ? "[CLS] at position " + otherCls : "id " + tokens[0] + " at position 0",
                    "[CLS] (" + cls + ") at position 0 and nowhere else");
        }
        if (tokens[tokens.length - 1] != sep || pairs && seps != 2 || empty) {
            report.violates(Rule.SEP, seps + " [SEP]" + (empty ? ", one with nothing before it" : "") + ", the last token being "
                    + tokens[tokens.length - 1], (pairs ? "2" : "1 or more") + " [SEP] (" + sep + "), the last token being one");
        } else {
            segments(example, tokens.length, pairs ? firstSep : tokens.length, report);
        }
        if (!pairs && example.nextSentenceLabel() != 0) {
            report.violates(Rule.NEXT_SENTENCE_LABELS, String.valueOf(example.nextSentenceLabel()), "0, as there are no pairs");
        }
    }

    private static void segments(Example example, int length, int lastOfFirst, Report report) {
        for (int p = 0; p < length; p++) {
            int expected = p <= lastOfFirst ? 0 : 1;
            if (example.segmentIds()[p] != expected) {
                report.violates(Rule.SEGMENT_IDS, example.segmentIds()[p] + " at position " + p, String.valueOf(expected));
                return;
            }
        }
    }

    /** What may be chosen, and where [MASK] may stand. */
    private void chosen(Example example, int predictions, int length, Report report) {
        for (int i = 0; i < predictions; i++) {
            int label = example.maskedLmIds()[i];
            if (label == cls || label == sep) {
                report.violates(Rule.CHOSEN_SPECIAL, (label == cls ? "[CLS]" : "[SEP]") + " chosen at position "
                        + example.maskedLmPositions()[i], "another token");
                break;
            }
        }
        if (mask.isEmpty()) {
            return;
        }
        int masked = mask.get();
        int next = 0;
        for (int p = 0; p < length; p++) {
            if (next < predictions && example.maskedLmPositions()[next] == p) {
                next++;
            } else if (example.inputIds()[p] == masked) {
                report.violates(Rule.MASK_NOT_CHOSEN, "[MASK] at position " + p + ", which is not chosen", "a token of the text");
                return;
            }
        }
    }

    private static int ones(int[] mask) {
        int ones = 0;
        while (ones < mask.length && mask[ones] == 1) {
            ones++;
        }
        return ones;
    }
}
