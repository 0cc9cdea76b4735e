package org.graphbert.evaluate.qa;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.graphbert.config.Failure;
import org.graphbert.text.Encoding;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;

/** Questions as a model sees them, and the answers that its logits stand for. */
class AnswersTest {

    private static final Tokenizer TOKENIZER =
            Tokenizers.load(Path.of("src/test/resources/golden/tokenizer/wordpiece-vocab.txt"), null);
    private static final SpecialTokens SPECIAL = TOKENIZER.special();
    private static final int THE = TOKENIZER.id("the").orElseThrow();
    private static final String[] WORDS = {"the", "of", "Caf\u00e9s", "tokenizers", "(1,000)", "\u4e2d\u6587", "U.S.",
        "e\u0301t\u00e9", "x\u00a0y", "\ud835\udd04", "well-known", "\u200bno"};

    /** With logits that are certain of it, the answer comes back as the file has it, character by character. */
    @Property(tries = 300)
    void certainLogitsGiveTheAnswer(@ForAll long seed, @ForAll @IntRange(min = 16, max = 80) int longest) {
        Random random = new Random(seed);
        String context = text(random, 1 + random.nextInt(120));
        Encoding tokens = TOKENIZER.encode(context);
        int from = random.nextInt(tokens.length());
        // What begins and ends with a token, is no longer than a window's overlap allows, and no longer than an answer may be.
        int question = random.nextInt(6);
        int room = longest - question - 3;
        int stride = 1 + random.nextInt(Math.max(1, room / 2));
        int to = Math.min(tokens.length() - 1, from + random.nextInt(Math.max(1, room - stride)));
        int start = tokens.starts()[from];
        int end = tokens.ends()[to];
        String text = context.substring(start, end);
        Question asked = new Question("q", text(random, question), context, List.of(new Answer(text, start)), false);
        QaOptions options = new QaOptions(longest, stride, Math.max(1, question), 80, 5);
        EncodedQuestions encoded = EncodedQuestions.of(List.of(asked), TOKENIZER, options, 2);
        assertTrue(encoded.windows().stream().anyMatch(window -> window.start() > 0), "in no window; seed " + seed);
        List<QaAnswer> answers = decode(encoded, false);
        assertEquals(text, answers.get(0).text(), "seed " + seed);
        assertEquals(start, answers.get(0).best().get(0).start(), "seed " + seed);
        assertTrue(answers.get(0).nullDifference() < 0);
    }

    @Test
    void windowsHoldTheQuestionAndAStretch() {
        Question question = new Question("q", "of the of", "the of the of the of the", List.of(new Answer("of the of", 11)), false);
        QaOptions options = new QaOptions(9, 2, 2, 30, 20);
        List<QaWindow> windows = EncodedQuestions.of(List.of(question), TOKENIZER, options, 2).windows();
        int of = TOKENIZER.id("of").orElseThrow();
        assertEquals(3, windows.size()); // tokens 0-4, 2-6, 4-7
        assertArrayEquals(new int[] {SPECIAL.cls(), of, THE, SPECIAL.sep(), THE, of, THE, of, SPECIAL.sep()},
                windows.get(0).query().inputIds());
        assertArrayEquals(new int[] {0, 0, 0, 0, 1, 1, 1, 1, 1}, windows.get(1).query().segmentIds());
        assertEquals(List.of(0, 5, 0), windows.stream().map(QaWindow::start).toList());
        assertEquals(List.of(0, 7, 0), windows.stream().map(QaWindow::end).toList());
        assertEquals(List.of(0, 2, 4), windows.stream().map(QaWindow::firstToken).toList());
        EncodedQuestions one = EncodedQuestions.of(List.of(question), TOKENIZER, options, 1);
        assertArrayEquals(new int[9], one.windows().get(0).query().segmentIds());
    }

    /** Each stretch of the context that is in a window as a whole can be answered, and from one with the most context. */
    @Property(tries = 200)
    void everyStretchCanBeAnswered(
            @ForAll @IntRange(min = 0, max = 60) int tokens, @ForAll @IntRange(min = 1, max = 20) int room,
            @ForAll @IntRange(min = 1, max = 20) int stride) {
        Question question = new Question("q", "", String.join(" ", Collections.nCopies(tokens, "the")), List.of(), true);
        List<QaWindow> windows = EncodedQuestions.of(
                List.of(question), TOKENIZER, new QaOptions(room + 4, stride, 1, 30, 5), 2).windows();
        int width = room + 1; // the question is empty
        Map<List<Integer>, Integer> answerable = new HashMap<>();
        int expectedFrom = 0;
        for (QaWindow window : windows) {
            assertEquals(expectedFrom, window.firstToken());
            assertEquals(Math.min(width, tokens - expectedFrom), window.tokens());
            expectedFrom += Math.min(window.tokens(), stride);
            for (int from = 0; from < window.tokens(); from++) {
                for (int to = from; to < window.tokens(); to++) {
                    answerable.merge(List.of(window.firstToken() + from, window.firstToken() + to),
                            to >= window.firstEnds()[from] ? 1 : 0, Integer::sum);
                }
            }
        }
        QaWindow last = windows.get(windows.size() - 1);
        assertEquals(tokens, last.firstToken() + last.tokens());
        answerable.forEach((stretch, count) -> assertTrue(count > 0, stretch + " is in no window's answers"));
        for (int token = 0; token < tokens; token++) {
            int at = token;
            List<QaWindow> own = windows.stream().filter(window -> at >= window.firstToken()
                    && at < window.firstToken() + window.tokens()
                    && window.firstEnds()[at - window.firstToken()] == at - window.firstToken()).toList();
            assertEquals(1, own.size());
            // As _check_is_max_context has it: the lesser side counts, then the length.
            double best = windows.stream().filter(window -> at >= window.firstToken() && at < window.firstToken() + window.tokens())
                    .mapToDouble(window -> context(window, at)).max().orElseThrow();
            assertEquals(best, context(own.get(0), at));
        }
    }

    private static double context(QaWindow window, int token) {
        return Math.min(token - window.firstToken(), window.firstToken() + window.tokens() - 1 - token) + 0.01 * window.tokens();
    }

    /** The candidates are the best of all stretches, each text once. */
    @Property(tries = 100)
    void candidatesAreTheBestOfAll(@ForAll long seed) {
        Random random = new Random(seed);
        List<Question> questions = IntStream.range(0, 3).mapToObj(i -> new Question(
                "q" + i, "the", text(random, random.nextInt(25)), List.of(), random.nextBoolean())).toList();
        QaOptions options = new QaOptions(12 + random.nextInt(30), 1 + random.nextInt(12), 1, 1 + random.nextInt(6), 4);
        EncodedQuestions encoded = EncodedQuestions.of(questions, TOKENIZER, options, 2);
        List<float[]> starts = new ArrayList<>();
        List<float[]> ends = new ArrayList<>();
        for (QaWindow window : encoded.windows()) {
            starts.add(logits(random, window.query().inputIds().length));
            ends.add(logits(random, window.query().inputIds().length));
        }
        List<QaAnswer> answers = new AnswerDecoder(encoded, true).decode(starts, ends);
        for (int i = 0; i < questions.size(); i++) {
            Map<String, Double> all = new HashMap<>();
            double none = Double.POSITIVE_INFINITY;
            for (int w = 0; w < encoded.windows().size(); w++) {
                QaWindow window = encoded.windows().get(w);
                if (window.question() == i) {
                    none = Math.min(none, (double) starts.get(w)[0] + ends.get(w)[0]);
                    for (int from = 0; from < window.tokens(); from++) {
                        int until = Math.min(window.tokens(), from + options.longestAnswer());
                        for (int to = window.firstEnds()[from]; to < until; to++) {
                            String text = questions.get(i).context().substring(
                                    encoded.contexts().get(i).starts()[window.firstToken() + from],
                                    encoded.contexts().get(i).ends()[window.firstToken() + to]);
                            all.merge(text, (double) starts.get(w)[window.contextPosition() + from]
                                    + ends.get(w)[window.contextPosition() + to], Math::max);
                        }
                    }
                }
            }
            List<Double> best = all.values().stream().sorted(Comparator.reverseOrder()).limit(4).toList();
            List<QaAnswer.Candidate> texts = answers.get(i).best().stream().filter(of -> !of.text().isEmpty()).toList();
            assertEquals(best, texts.stream().map(QaAnswer.Candidate::score).toList(), "seed " + seed);
            texts.forEach(of -> assertEquals(all.get(of.text()), of.score()));
            assertEquals(none - (best.isEmpty() ? 0 : best.get(0)), answers.get(i).nullDifference());
            assertEquals(texts.size() + 1, answers.get(i).best().size());
            assertEquals(1, answers.get(i).best().stream().mapToDouble(QaAnswer.Candidate::probability).sum(), 1e-12);
            assertEquals(questions.get(i).id(), answers.get(i).id());
        }
    }

    @Test
    void noAnswerIsGivenBeyondTheThreshold() {
        Question question = new Question("q", "of", "the of", List.of(), true);
        EncodedQuestions encoded = EncodedQuestions.of(List.of(question), TOKENIZER, QaOptions.of(128), 2);
        QaAnswer answer = decode(encoded, true).get(0);
        assertEquals("", answer.text(0));
        assertEquals("", answer.best().get(0).text());
        assertEquals("the", answer.text(), "the first of those that score the same");
        assertEquals(20, answer.nullDifference());
        assertEquals("the", answer.text(20));
        assertEquals("", answer.text(19.9));
    }

    @Test
    void answersThatCannotBeLearnedAreCounted() {
        EncodedQuestions encoded = EncodedQuestions.of(List.of(
                new Question("lost", "?", "the of", List.of(new Answer("xy", -1)), false),
                new Question("no token", "?", "the \u200b of", List.of(new Answer("\u200b", 4)), false)),
                TOKENIZER, QaOptions.of(128), 2);
        assertEquals(1, encoded.unencoded());
        assertTrue(encoded.windows().stream().allMatch(window -> window.start() == 0 && window.end() == 0));
        assertTrue(encoded.windows().stream().noneMatch(QaWindow::learned), "it is not learned either that there is no answer");
        EncodedQuestions known = EncodedQuestions.of(List.of(
                new Question("none", "?", "the of", List.of(), true), new Question("one", " ", "the of", List.of(new Answer("of", 4)), false)),
                TOKENIZER, QaOptions.of(128), 2);
        assertTrue(known.windows().stream().allMatch(QaWindow::learned));
        assertEquals(1, known.unasked());
        QaAnswer none = decode(EncodedQuestions.of(
                List.of(new Question("q", "?", " ", List.of(), false)), TOKENIZER, QaOptions.of(128), 2), false).get(0);
        assertEquals("", none.text());
        assertEquals(List.of(), none.best());
    }

    /** An answer that ends within a token is answered with the whole of it. */
    @Test
    void wholeTokensAreAnswered() {
        String context = "the of-the 19th of";
        Question question = new Question("q", "?", context, List.of(new Answer("f-t", 5)), false);
        EncodedQuestions encoded = EncodedQuestions.of(List.of(question), TOKENIZER, QaOptions.of(128), 2);
        assertEquals("of-the", decode(encoded, false).get(0).text());
    }

    @Test
    void strideKeepsItsShareOfShortWindows() {
        assertEquals(new QaOptions(384, 128, 64, 30, 20), QaOptions.of(384));
        assertEquals(128, QaOptions.of(512).stride());
        assertEquals(42, QaOptions.of(128).stride());
        assertThrows(Failure.class, () -> QaOptions.of(67));
        assertThrows(Failure.class, () -> new QaOptions(128, 0, 64, 30, 20));
    }

    private static List<QaAnswer> decode(EncodedQuestions encoded, boolean mayBeNone) {
        List<float[]> starts = new ArrayList<>();
        List<float[]> ends = new ArrayList<>();
        for (QaWindow window : encoded.windows()) {
            float[] start = new float[window.query().inputIds().length + 3]; // padded
            float[] end = start.clone();
            start[window.start()] = 10;
            end[window.end()] = 10;
            starts.add(start);
            ends.add(end);
        }
        return new AnswerDecoder(encoded, mayBeNone).decode(starts, ends);
    }

    private static float[] logits(Random random, int length) {
        float[] logits = new float[length];
        for (int i = 0; i < length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        return logits;
    }

    private static String text(Random random, int words) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? " " : "");
        for (int i = 0; i < words; i++) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(5) == 0 ? "\n " : " ");
        }
        return text.toString();
    }
}
