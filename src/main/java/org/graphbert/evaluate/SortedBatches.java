package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Questions in, answers out, in batches of like lengths, so that little is padding. The answers come in the order of the
 * questions. However many there are, only those of some batches are in memory.
 *
 * @param batchSize questions at once
 * @param length of a question, in tokens
 * @param model answers a batch, each question in its place
 */
public record SortedBatches<Q, A>(int batchSize, ToIntFunction<Q> length, Function<List<Q>, List<A>> model) {

    /** So many batches are sorted together... */
    private static final int BATCHES = 16;
    /** ...or fewer, of so many tokens: the answers may hold a vector for each. */
    private static final int TOKENS = 1 << 15;

    /** Answers all. With batches of one, each answer is given before the next question is asked for. */
    public void run(Iterator<Q> questions, Consumer<A> answers) {
        int most = batchSize == 1 ? 1 : BATCHES * batchSize;
        List<Q> held = new ArrayList<>();
        long tokens = 0;
        while (questions.hasNext()) {
            Q question = questions.next();
            held.add(question);
            tokens += length.applyAsInt(question);
            if (held.size() == most || tokens >= TOKENS || !questions.hasNext()) {
                answer(held).forEach(answers);
                held.clear();
                tokens = 0;
            }
        }
    }

    /** The answers to these. */
    public List<A> answer(List<Q> questions) {
        int[] order = IntStream.range(0, questions.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> length.applyAsInt(questions.get(i))))
                .mapToInt(i -> i)
                .toArray();
        List<A> answers = new ArrayList<>(Collections.nCopies(order.length, null));
        for (int from = 0; from < order.length; from += batchSize) {
            int[] batch = IntStream.range(from, Math.min(from + batchSize, order.length)).map(i -> order[i]).toArray();
            List<A> some = model.apply(IntStream.of(batch).mapToObj(questions::get).toList());
            for (int i = 0; i < batch.length; i++) {
                answers.set(batch[i], some.get(i));
            }
        }
        return answers;
    }
}
