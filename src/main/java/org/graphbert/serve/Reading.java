package org.graphbert.serve;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Pooling;
import org.graphbert.config.TaskConfig;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.LabelledText;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.evaluate.task.AnswerFormat;
import org.graphbert.evaluate.task.TagFormat;
import org.graphbert.evaluate.task.TaskFormat;
import org.graphbert.evaluate.task.TaskInput;
import org.graphbert.text.Tokenizer;

/**
 * How the words of a task were cut into sequences where its head was trained, and how an answer is read off its logits: an
 * export that does the same answers as {@code graphbert predict} does.
 *
 * @param maxSeqLength tokens of a sequence with [CLS] and [SEP]
 * @param docStride of qa: how far a window begins behind the one before; null for what fits the length
 * @param maxQueryLength of qa: tokens of a question
 * @param maxAnswerLength of qa: tokens of an answer
 * @param nBest of qa: how many answers are told
 * @param nullThreshold of qa: by how much having no answer must be likelier than the best one; null where there always is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Reading(
        int maxSeqLength, Integer docStride, int maxQueryLength, int maxAnswerLength, int nBest, Double nullThreshold) {

    private static final int SEQUENCE = 128;
    private static final int QUESTION_AND_TEXT = 384;

    /** A fine-tuned run's. */
    public static Reading of(TaskFormat format) {
        TaskConfig config = format.config();
        boolean mayBeNone = format instanceof AnswerFormat answers && answers.mayBeNone();
        return new Reading(config.maxSeqLength(), config.docStride(), config.maxQueryLength(), config.maxAnswerLength(), config.nBest(),
                mayBeNone ? Double.valueOf(((AnswerFormat) format).threshold()) : null);
    }

    /** That of an export which does not say: fine-tuning's defaults, in which every question has an answer. */
    static Reading usual(ExportFacts.Head head, ModelConfig config) {
        int usual = head == ExportFacts.Head.QA ? QUESTION_AND_TEXT : SEQUENCE;
        return new Reading(Math.min(usual, config.maxPositionEmbeddings()), null, 64, 30, 20, null);
    }

    /** A text or a pair of them as a head for texts has learnt to see it: what is beyond the length is cut off. */
    EncodedExamples texts(List<String> texts, Tokenizer tokenizer, int segments) {
        return EncodedExamples.of(List.of(new LabelledText(0, null, texts)), tokenizer, maxSeqLength, segments,
                (text, i) -> TaskExample.ofClass(text, 0, 1));
    }

    /** What encodes sentences and decodes their tags. */
    TaskFormat tags(List<String> labels, Tokenizer tokenizer, int segments) {
        return new TagFormat(labels, config(), new TaskInput(tokenizer, maxSeqLength, segments), null);
    }

    /** What encodes questions and decodes their answers. */
    TaskFormat answers(Tokenizer tokenizer, int segments) {
        List<String> labels = nullThreshold == null ? List.of() : List.of(AnswerFormat.NONE);
        return AnswerFormat.of(config(), labels, 0, new TaskInput(tokenizer, maxSeqLength, segments));
    }

    private TaskConfig config() {
        return new TaskConfig(maxSeqLength, null, null, null, false, Pooling.CLS.toString(), null, null, null, docStride,
                maxQueryLength, maxAnswerLength, nBest, nullThreshold);
    }
}
