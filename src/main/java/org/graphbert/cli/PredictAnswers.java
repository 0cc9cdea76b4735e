package org.graphbert.cli;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Progress;
import org.graphbert.evaluate.SortedBatches;

/**
 * Sentences to answers, which come in the order of the sentences.
 *
 * @param prompt what a person is told to type
 * @param typed the texts that a person typed; null for what is no question, such as an empty line
 * @param read the same of a line of a file
 * @param question makes texts ready for the model
 * @param longest tokens that a question may have
 * @param cut whether a question had to be shortened
 * @param batches of questions
 * @param print writes an answer
 * @param json whether answers are printed as JSON in place of that: those to arguments as a list, others a line each
 */
record PredictAnswers<Q, A>(
        String prompt,
        Function<String, List<String>> typed,
        Function<String, List<String>> read,
        Function<List<String>, Q> question,
        int longest,
        Predicate<Q> cut,
        SortedBatches<Q, A> batches,
        BiConsumer<PrintWriter, A> print,
        boolean json) {

    private static final String PROMPT = "> ";
    private static final int BUFFER = 1 << 16;

    void toArguments(List<List<String>> arguments, PrintWriter out) {
        List<Q> questions = arguments.stream().map(question).toList();
        List<A> answers = batches.answer(questions);
        if (json) {
            out.println(Json.write(answers));
        } else {
            answers.forEach(answer -> print.accept(out, answer));
        }
        long shortened = questions.stream().filter(cut).count();
        if (shortened > 0) {
            new ConsoleProgress().say(shortenedText(shortened));
        }
    }

    /** As many as there are; how many, and how fast, is said at the end. */
    void toLines(Iterator<PredictLines.Line> lines, PrintWriter out) {
        PrintWriter buffered = new PrintWriter(new BufferedWriter(out, BUFFER));
        Questions questions = new Questions(lines, buffered);
        long started = System.nanoTime();
        batches.run(questions, answer -> {
            one(buffered, answer);
            if (batches.batchSize() == 1) {
                buffered.flush();
            }
        });
        buffered.flush();
        questions.report(new ConsoleProgress(), (System.nanoTime() - started) / 1e9);
    }

    /** Line by line, until there are no more; what is wrong with one does not end it. */
    void toPerson(Charset encoding, PrintWriter out) throws IOException {
        // A line that is not in the encoding is for its writer to see: it is answered as far as it can be read.
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, encoding));
        System.err.println(prompt + "; Ctrl-D ends");
        System.err.print(PROMPT);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            try {
                List<String> texts = typed.apply(line);
                if (texts != null) {
                    Q asked = question.apply(texts);
                    one(out, batches.answer(List.of(asked)).get(0));
                    out.flush();
                    if (cut.test(asked)) {
                        System.err.printf("(longer than %d tokens, and cut)%n", longest);
                    }
                }
            } catch (Failure e) {
                System.err.println(e.getMessage());
            }
            System.err.print(PROMPT);
        }
        System.err.println();
    }

    private String shortenedText(long sentences) {
        return String.format("longer than %d tokens, and cut: %,d sentence%s", longest, sentences, sentences == 1 ? "" : "s");
    }

    private void one(PrintWriter out, A answer) {
        if (json) {
            out.println(Json.writeLine(answer));
        } else {
            print.accept(out, answer);
        }
    }

    /** The questions among the lines. */
    private final class Questions implements Iterator<Q> {

        private static final int LINES_A_LOOK = 512;

        private final Iterator<PredictLines.Line> lines;
        private final PrintWriter out;
        private Q next;
        /** Of the line at which the reading ended. */
        private Failure failure;
        private long asked;
        private long shortened;
        private String firstShortened;

        Questions(Iterator<PredictLines.Line> lines, PrintWriter out) {
            this.lines = lines;
            this.out = out;
        }

        @Override
        public boolean hasNext() {
            try {
                // Nobody may be there any more to read the answers.
                while (next == null && failure == null && !(asked % LINES_A_LOOK == 0 && out.checkError()) && lines.hasNext()) {
                    read(lines.next());
                }
            } catch (Failure e) {
                failure = e; // what stands before it is answered first
            }
            return next != null;
        }

        private void read(PredictLines.Line line) {
            try {
                List<String> texts = read.apply(line.text());
                next = texts == null ? null : question.apply(texts);
            } catch (Failure e) {
                throw line.failure(e);
            }
            asked += next == null ? 0 : 1;
            if (next != null && cut.test(next) && shortened++ == 0) {
                firstShortened = line.where();
            }
        }

        @Override
        public Q next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Q question = next;
            next = null;
            return question;
        }

        /** @throws Failure that ended the reading */
        void report(Progress progress, double seconds) {
            if (shortened > 0) {
                progress.say(shortenedText(shortened) + "; the first is " + firstShortened);
            }
            progress.say(String.format("%,d answered in %.1f s, %,.0f a second", asked, seconds, asked / Math.max(seconds, 1e-3)));
            if (failure != null) {
                throw failure;
            }
        }
    }
}
