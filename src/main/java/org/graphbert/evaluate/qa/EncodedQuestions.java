package org.graphbert.evaluate.qa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.graphbert.evaluate.Scorer;
import org.graphbert.text.Encoding;
import org.graphbert.text.Tokenizer;

/**
 * Questions as token ids, in windows that slide over contexts too long for a model (Devlin et al. 2018, 4.2; run_squad.py).
 *
 * @param contexts of each question its context's tokens, with their places in the text
 * @param windows of all questions, in their order
 * @param unencoded how many answers that are in their context no token is of
 * @param unasked how many questions have no token
 */
public record EncodedQuestions(
        List<Question> questions, List<Encoding> contexts, List<QaWindow> windows, QaOptions options, long unencoded,
        long unasked) {

    /** Of run_squad.py: a longer window wins where a token has as much context in both. */
    private static final double LENGTH_BONUS = 0.01;

    public EncodedQuestions {
        questions = List.copyOf(questions);
        contexts = List.copyOf(contexts);
        windows = List.copyOf(windows);
    }

    /**
     * Encodes questions; the first of their answers that is in the context is what is to be learned.
     *
     * @param segments how many segments the model knows; with one alone, all is in it
     */
    public static EncodedQuestions of(List<Question> questions, Tokenizer tokenizer, QaOptions options, int segments) {
        List<Encoding> contexts = new ArrayList<>();
        List<QaWindow> windows = new ArrayList<>();
        long unencoded = 0;
        long unasked = 0;
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            boolean again = i > 0 && question.context().equals(questions.get(i - 1).context());
            Encoding context = again ? contexts.get(i - 1) : tokenizer.encode(question.context());
            contexts.add(context);
            int[] ids = tokenizer.encode(question.question()).ids();
            unasked += ids.length == 0 ? 1 : 0;
            ids = Arrays.copyOf(ids, Math.min(ids.length, options.longestQuestion()));
            Optional<Answer> answer = question.answers().stream().filter(Answer::isFound).findFirst();
            int[] tokens = answer.map(of -> tokens(of, question.context(), context)).orElse(null);
            unencoded += answer.isPresent() && tokens == null ? 1 : 0;
            int[][] spans = spans(context.length(), options.longest() - ids.length - QaOptions.SPECIALS, options.stride());
            for (int span = 0; span < spans.length; span++) {
                int[] stretch = Arrays.copyOfRange(context.ids(), spans[span][0], spans[span][1]);
                Scorer.Query query = Scorer.Query.of(tokenizer.special(), ids, stretch);
                windows.add(window(query.in(segments), question, i, ids.length + 2, spans, span, tokens));
            }
        }
        return new EncodedQuestions(questions, contexts, windows, options, unencoded, unasked);
    }

    private static QaWindow window(
            Scorer.Query query, Question asked, int question, int position, int[][] spans, int span, int[] answer) {
        int from = spans[span][0];
        int to = spans[span][1];
        int[] firstEnds = new int[to - from];
        for (int i = 0; i < firstEnds.length; i++) {
            int best = bestSpan(spans, from + i);
            firstEnds[i] = best == span ? i : spans[best][1] - from;
        }
        boolean inside = answer != null && answer[0] >= from && answer[1] < to;
        return new QaWindow(query, question, position, from, firstEnds,
                inside ? position + answer[0] - from : 0, inside ? position + answer[1] - from : 0,
                answer != null || asked.answers().isEmpty());
    }

    /** From and to of each window on so many tokens; one of none if there are none. */
    static int[][] spans(int tokens, int most, int stride) {
        List<int[]> spans = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(tokens, from + most);
            spans.add(new int[] {from, to});
            from = to == tokens ? tokens : from + Math.min(to - from, stride);
        } while (from < tokens);
        return spans.toArray(int[][]::new);
    }

    /** The window in which a token has the most context on the side where it has less (_check_is_max_context). */
    private static int bestSpan(int[][] spans, int token) {
        double most = Double.NEGATIVE_INFINITY;
        int best = -1;
        for (int i = 0; i < spans.length; i++) {
            if (token >= spans[i][0] && token < spans[i][1]) {
                int lesser = Math.min(token - spans[i][0], spans[i][1] - 1 - token);
                double context = lesser + LENGTH_BONUS * (spans[i][1] - spans[i][0]);
                if (context > most) {
                    most = context;
                    best = i;
                }
            }
        }
        return best;
    }

    /** The first and the last token that something of the answer is in; null if there is none. */
    private static int[] tokens(Answer answer, String text, Encoding context) {
        int[] inside = IntStream.range(answer.start(), answer.end()).filter(i -> !Character.isWhitespace(text.charAt(i))).toArray();
        if (inside.length == 0) {
            return null;
        }
        int from = inside[0];
        int to = inside[inside.length - 1] + 1;
        int[] tokens = IntStream.range(0, context.length())
                .filter(i -> context.ends()[i] > from && context.starts()[i] < to)
                .toArray();
        return tokens.length == 0 ? null : new int[] {tokens[0], tokens[tokens.length - 1]};
    }
}
