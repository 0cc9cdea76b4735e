package org.graphbert.evaluate.qa;

import java.util.List;

/**
 * What a model answers.
 *
 * @param id of the question
 * @param best the likeliest answers, the likeliest first, each text once; none if the context has no word
 * @param nullDifference how much better no answer scores than the best one, in logits
 */
public record QaAnswer(String id, List<Candidate> best, double nullDifference) {

    /**
     * A possible answer.
     *
     * @param text exactly as it stands in the context; empty for no answer
     * @param start offset of its first UTF-16 unit in the context, 0 for no answer
     * @param startLogit of its first token
     * @param endLogit of its last token
     * @param probability among the candidates alone, as run_squad.py has it
     */
    public record Candidate(String text, int start, float startLogit, float endLogit, double probability) {

        double score() {
            return (double) startLogit + endLogit;
        }
    }

    public QaAnswer {
        best = List.copyOf(best);
    }

    /** The likeliest answer that is one; empty if there is none. */
    public String text() {
        return best.stream().map(Candidate::text).filter(text -> !text.isEmpty()).findFirst().orElse("");
    }

    /** The likeliest answer, or empty, which is none, where none scores better by more than so much. */
    public String text(double threshold) {
        return nullDifference > threshold ? "" : text();
    }
}
