package org.graphbert.evaluate.score;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * How well questions were answered: the figures of SQuAD's evaluate-v1.1.py, or of its evaluate-v2.0.py where questions may
 * have no answer. All are percentages, of the best of a question's answers.
 *
 * @param answered those that have an answer
 * @param unanswerable those that have none; none of them in SQuAD 1.1
 * @param best at which probability of no answer, or which difference of scores, it would be best to give none: absent where
 *     none was given
 */
public record SquadScores(Part answered, Part unanswerable, Optional<Best> best) {

    /**
     * What may be answered.
     *
     * @param answers any of them is right; none if the question has no answer
     */
    public record Gold(String id, List<String> answers) {

        public Gold {
            answers = List.copyOf(answers);
        }
    }

    /** Sums over so many questions: of those that match exactly and of their F1, each from 0 to 1. */
    public record Part(long total, double exact, double f1) {

        private static final Part NONE = new Part(0, 0, 0);

        Part plus(Part other) {
            return new Part(total + other.total, exact + other.exact, f1 + other.f1);
        }
    }

    /** The best exact match and F1 that a threshold gives, in percent, and the thresholds. */
    public record Best(double exact, double exactThreshold, double f1, double f1Threshold) {}

    /** One question: whether it has an answer, whether one was given, how good it is, and what spoke against any. */
    private record Scored(boolean hasAnswer, boolean given, double exact, double f1, double noAnswer) {

        /** With no answer given where more speaks against one than the threshold. */
        Part part(double threshold) {
            boolean none = noAnswer > threshold;
            double right = hasAnswer ? 0 : 1;
            return new Part(1, none ? right : exact, none ? right : f1);
        }
    }

    /**
     * As evaluate-v1.1.py: every question has an answer, and one without a prediction counts as answered wrongly.
     *
     * @param predictions texts by question
     * @throws IllegalArgumentException if a question has no answer
     */
    public static SquadScores of(List<Gold> gold, Map<String, String> predictions) {
        Part all = Part.NONE;
        for (Gold question : gold) {
            if (question.answers().isEmpty()) {
                throw new IllegalArgumentException("question " + question.id() + " has no answer");
            }
            String prediction = predictions.get(question.id());
            Part one = new Part(1, 0, 0);
            if (prediction != null) {
                AnswerText given = AnswerText.of(prediction);
                one = new Part(1, best(question.answers(), answer -> exact(answer, given)),
                        best(question.answers(), answer -> f1(answer, given)));
            }
            all = all.plus(one);
        }
        return new SquadScores(all, Part.NONE, Optional.empty());
    }

    /**
     * As evaluate-v2.0.py: a question without a prediction is left out.
     *
     * @param predictions texts by question, empty for no answer
     * @param noAnswer what speaks against any answer by question; a probability, or a difference of scores
     * @param threshold where more than that speaks against it, no answer is given whatever the prediction
     */
    public static SquadScores of(
            List<Gold> gold, Map<String, String> predictions, Map<String, Double> noAnswer, double threshold) {
        List<Scored> scored = new ArrayList<>();
        for (Gold question : gold) {
            String prediction = predictions.get(question.id());
            if (prediction != null) {
                AnswerText given = AnswerText.of(prediction);
                List<String> answers = question.answers().stream().filter(answer -> !AnswerText.of(answer).isEmpty()).toList();
                List<String> right = answers.isEmpty() ? List.of("") : answers;
                scored.add(new Scored(!question.answers().isEmpty(), !prediction.isEmpty(),
                        best(right, answer -> exact(answer, given)), best(right, answer -> f1OrBothEmpty(answer, given)),
                        noAnswer.get(question.id())));
            }
        }
        Part answered = sum(scored.stream().filter(Scored::hasAnswer).toList(), threshold);
        Part unanswerable = sum(scored.stream().filter(one -> !one.hasAnswer()).toList(), threshold);
        long without = gold.stream().filter(question -> question.answers().isEmpty()).count();
        return new SquadScores(answered, unanswerable, Optional.of(search(scored, without)));
    }

    public double exact() {
        return percent(all().exact(), all().total());
    }

    public double f1() {
        return percent(all().f1(), all().total());
    }

    /** By name, exact match and F1 first; those of SQuAD 2.0 only where they apply. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("exact", exact());
        metrics.put("f1", f1());
        metrics.put("total", (double) all().total());
        if (best.isPresent()) {
            put(metrics, "has_ans", answered);
            put(metrics, "no_ans", unanswerable);
            metrics.put("best_exact", best.get().exact());
            metrics.put("best_exact_thresh", best.get().exactThreshold());
            metrics.put("best_f1", best.get().f1());
            metrics.put("best_f1_thresh", best.get().f1Threshold());
        }
        return metrics;
    }

    private Part all() {
        return answered.plus(unanswerable);
    }

    private static void put(Map<String, Double> metrics, String name, Part part) {
        if (part.total() > 0) {
            metrics.put(name + "_exact", percent(part.exact(), part.total()));
            metrics.put(name + "_f1", percent(part.f1(), part.total()));
            metrics.put(name + "_total", (double) part.total());
        }
    }

    private static Part sum(List<Scored> questions, double threshold) {
        return questions.stream().map(question -> question.part(threshold)).reduce(Part.NONE, Part::plus);
    }

    /** As find_all_best_thresh does: from no answers at all, one more given after the other, the likeliest first. */
    private static Best search(List<Scored> scored, long without) {
        List<Scored> likeliestFirst = scored.stream().sorted(Comparator.comparingDouble(Scored::noAnswer)).toList();
        double[] exact = search(likeliestFirst, without, Scored::exact);
        double[] f1 = search(likeliestFirst, without, Scored::f1);
        return new Best(percent(exact[0], scored.size()), exact[1], percent(f1[0], scored.size()), f1[1]);
    }

    /** The best sum of scores, and the threshold. */
    private static double[] search(List<Scored> likeliestFirst, long without, ToDoubleFunction<Scored> score) {
        double sum = without;
        double[] best = {sum, 0};
        for (Scored question : likeliestFirst) {
            sum += question.hasAnswer() ? score.applyAsDouble(question) : question.given() ? -1 : 0;
            if (sum > best[0]) {
                best = new double[] {sum, question.noAnswer()};
            }
        }
        return best;
    }

    private static double best(List<String> answers, ToDoubleFunction<AnswerText> score) {
        return answers.stream().map(AnswerText::of).mapToDouble(score).max().orElseThrow();
    }

    private static double exact(AnswerText answer, AnswerText given) {
        return answer.equals(given) ? 1 : 0;
    }

    /** Of their words, each as often as it is there. */
    private static double f1(AnswerText answer, AnswerText given) {
        return new Ratios(answer.common(given), given.words().size(), answer.words().size()).f1();
    }

    private static double f1OrBothEmpty(AnswerText answer, AnswerText given) {
        return answer.isEmpty() || given.isEmpty() ? exact(answer, given) : f1(answer, given);
    }

    private static double percent(double sum, long total) {
        return total == 0 ? Double.NaN : 100 * sum / total;
    }
}
