package org.graphbert.evaluate.qa;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.graphbert.text.Encoding;

/**
 * Answers out of logits: of all stretches of the context that are short enough, those whose first and last token score best,
 * over all windows. It differs from run_squad.py (write_predictions) where that may miss one: all starts and ends of a window
 * are gone through, not the best so many, and so are stretches that end behind the window in which their first token has the
 * most context; and an answer's text is taken from the context by its tokens' offsets, where that looks the tokens' text up
 * in the context's and may take whole words instead.
 *
 * @param encoded what the model was given
 * @param mayBeNone whether no answer is among the candidates, as in SQuAD 2.0
 */
public record AnswerDecoder(EncodedQuestions encoded, boolean mayBeNone) {

    private static final Comparator<QaAnswer.Candidate> BEST_FIRST = Comparator.comparingDouble(QaAnswer.Candidate::score).reversed();

    /**
     * Answers every question.
     *
     * @param startLogits for each window [S] or longer
     * @param endLogits likewise
     */
    public List<QaAnswer> decode(List<float[]> startLogits, List<float[]> endLogits) {
        List<QaWindow> windows = encoded.windows();
        if (startLogits.size() != windows.size() || endLogits.size() != windows.size()) {
            throw new IllegalArgumentException(
                    startLogits.size() + " and " + endLogits.size() + " logits of " + windows.size() + " windows");
        }
        List<QaAnswer> answers = new ArrayList<>();
        int window = 0;
        for (int i = 0; i < encoded.questions().size(); i++) {
            List<QaAnswer.Candidate> best = new ArrayList<>();
            QaAnswer.Candidate none = null;
            for (; window < windows.size() && windows.get(window).question() == i; window++) {
                float[] starts = startLogits.get(window);
                float[] ends = endLogits.get(window);
                QaAnswer.Candidate cls = new QaAnswer.Candidate("", 0, starts[0], ends[0], 0);
                none = none == null || cls.score() < none.score() ? cls : none;
                collect(best, windows.get(window), starts, ends);
            }
            answers.add(answer(i, best, none));
        }
        return answers;
    }

    private QaAnswer answer(int question, List<QaAnswer.Candidate> best, QaAnswer.Candidate none) {
        double difference = none.score() - (best.isEmpty() ? 0 : best.get(0).score());
        List<QaAnswer.Candidate> all = new ArrayList<>(best);
        if (mayBeNone) {
            all.add(none);
            all.sort(BEST_FIRST);
        }
        double largest = all.isEmpty() ? 0 : all.get(0).score();
        double sum = all.stream().mapToDouble(of -> Math.exp(of.score() - largest)).sum();
        return new QaAnswer(encoded.questions().get(question).id(), all.stream().map(of -> new QaAnswer.Candidate(
                of.text(), of.start(), of.startLogit(), of.endLogit(), Math.exp(of.score() - largest) / sum)).toList(), difference);
    }

    /** Keeps the best so many of those before and of a window's, the best first, each text once. */
    private void collect(List<QaAnswer.Candidate> best, QaWindow window, float[] starts, float[] ends) {
        int most = encoded.options().best();
        for (int from = 0; from < window.tokens(); from++) {
            int until = Math.min(window.tokens(), from + encoded.options().longestAnswer());
            for (int to = window.firstEnds()[from]; to < until; to++) {
                float start = starts[window.contextPosition() + from];
                float end = ends[window.contextPosition() + to];
                if (best.size() < most || (double) start + end > best.get(most - 1).score()) {
                    add(best, candidate(window, from, to, start, end), most);
                }
            }
        }
    }

    private static void add(List<QaAnswer.Candidate> best, QaAnswer.Candidate one, int most) {
        boolean worse = best.stream().anyMatch(other -> other.text().equals(one.text()) && other.score() >= one.score());
        if (!worse && !one.text().isEmpty()) {
            best.removeIf(other -> other.text().equals(one.text()));
            int at = 0;
            while (at < best.size() && best.get(at).score() >= one.score()) {
                at++;
            }
            best.add(at, one);
            if (best.size() > most) {
                best.remove(most);
            }
        }
    }

    private QaAnswer.Candidate candidate(QaWindow window, int from, int to, float start, float end) {
        Encoding context = encoded.contexts().get(window.question());
        int begin = context.starts()[window.firstToken() + from];
        String text = encoded.questions().get(window.question()).context()
                .substring(begin, Math.max(begin, context.ends()[window.firstToken() + to]));
        int spaces = text.length() - text.stripLeading().length();
        return new QaAnswer.Candidate(text.strip(), begin + spaces, start, end, 0);
    }
}
