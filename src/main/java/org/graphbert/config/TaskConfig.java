package org.graphbert.config;

import java.util.List;

/**
 * How the examples of a task are read and encoded, and what becomes of the answers.
 *
 * @param maxSeqLength tokens with [CLS] and [SEP]; null for 128, questions 384, or what the model takes if that is less
 * @param textColumn of classify: the names of one or two columns; null for what the header has
 * @param labelColumn of classify; null for label
 * @param positive of classify: the label whose precision and F1 are told; null for the second of two
 * @param regression of classify: labels are numbers
 * @param pooling of classify: cls, the pooler as BERT has it, or mean
 * @param classWeights of classify: balanced, or label=weight,...; null for 1 each
 * @param tokenColumn of tag, from 1; null for the first
 * @param tagColumn of tag, from 1, or from the end below 0; null for the last
 * @param docStride of qa: how far a window begins behind the one before; null for 128, or a third of the length if that is less
 * @param maxQueryLength of qa: tokens of a question
 * @param maxAnswerLength of qa: tokens of an answer
 * @param nBest of qa: how many answers are told
 * @param nullThreshold of qa: by how much having no answer must be likelier than the best one; null for what is best on dev
 */
public record TaskConfig(
        Integer maxSeqLength,
        List<String> textColumn,
        String labelColumn,
        String positive,
        boolean regression,
        String pooling,
        String classWeights,
        Integer tokenColumn,
        Integer tagColumn,
        Integer docStride,
        int maxQueryLength,
        int maxAnswerLength,
        int nBest,
        Double nullThreshold) {

    public TaskConfig {
        textColumn = textColumn == null ? null : List.copyOf(textColumn);
        if (textColumn != null && textColumn.size() > 2) {
            throw Failure.usage("text_column is given %d times, expected one or two columns", textColumn.size());
        }
        if (regression && classWeights != null) {
            throw Failure.usage("class_weights is '%s', and regression has no classes; leave one of them out", classWeights);
        }
        Pooling.of(pooling);
        Bounds.atLeastOne("max_seq_length", maxSeqLength == null ? 1 : maxSeqLength);
        Bounds.atLeastOne("doc_stride", docStride == null ? 1 : docStride);
        Bounds.atLeastOne("max_query_length", maxQueryLength);
        Bounds.atLeastOne("max_answer_length", maxAnswerLength);
        Bounds.atLeastOne("n_best", nBest);
    }

    /** What texts are classified by. */
    public Pooling pooled() {
        return Pooling.of(pooling);
    }

    /** The same with nothing left open of its columns. */
    public TaskConfig withColumns(List<String> texts, String label) {
        return new TaskConfig(maxSeqLength, texts, label, positive, regression, pooling, classWeights, tokenColumn, tagColumn, docStride,
                maxQueryLength, maxAnswerLength, nBest, nullThreshold);
    }

    /** The same for sequences of so many tokens. */
    public TaskConfig withMaxSeqLength(int length) {
        return new TaskConfig(length, textColumn, labelColumn, positive, regression, pooling, classWeights, tokenColumn, tagColumn, docStride,
                maxQueryLength, maxAnswerLength, nBest, nullThreshold);
    }
}
