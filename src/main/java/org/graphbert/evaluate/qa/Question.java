package org.graphbert.evaluate.qa;

import java.util.List;
import org.graphbert.evaluate.score.SquadScores;

/**
 * A question about a text.
 *
 * @param context in which the answer is looked for
 * @param answers any of them is right; none if there is none, or it is not known
 * @param impossible whether it is known to have no answer
 */
public record Question(String id, String question, String context, List<Answer> answers, boolean impossible) {

    public Question {
        answers = List.copyOf(answers);
        if (impossible && !answers.isEmpty()) {
            throw new IllegalArgumentException("question " + id + " has no answer and " + answers.size());
        }
    }

    /** What its answer is to be compared with. */
    public SquadScores.Gold gold() {
        return new SquadScores.Gold(id, answers.stream().map(Answer::text).toList());
    }

    /** Whether it is known what is right. */
    public boolean labelled() {
        return impossible || !answers.isEmpty();
    }
}
