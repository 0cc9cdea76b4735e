package org.graphbert.evaluate.task;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.graphbert.config.Json;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.ExampleFile;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.evaluate.qa.AnswerDecoder;
import org.graphbert.evaluate.qa.EncodedQuestions;
import org.graphbert.evaluate.qa.QaAnswer;
import org.graphbert.evaluate.qa.Question;
import org.graphbert.evaluate.qa.SquadFile;
import org.graphbert.evaluate.score.SquadScores;

/** Questions about texts: a file's, in windows. */
final class AnswerPart implements TaskPart {

    /** The metric under which the scores of SQuAD 2.0 tell the threshold of the best F1. */
    static final String CHOSEN = "best_f1_thresh";

    private final AnswerFormat format;
    private final SquadFile read;
    private final EncodedQuestions questions;
    private final EncodedExamples encoded;

    private AnswerPart(AnswerFormat format, SquadFile read, EncodedQuestions questions, EncodedExamples encoded) {
        this.format = format;
        this.read = read;
        this.questions = questions;
        this.encoded = encoded;
    }

    static AnswerPart of(AnswerFormat format, SquadFile read) {
        EncodedQuestions questions = EncodedQuestions.of(
                read.questions(), format.input().tokenizer(), format.options(), format.input().segments());
        return new AnswerPart(format, read, questions, new EncodedExamples(questions.windows().stream()
                .map(window -> TaskExample.ofSpan(window.query(), window.start(), window.end(), window.learned()))
                .toList()));
    }

    @Override
    public TaskPart chosen(Map<String, Double> dev) {
        boolean open = format.mayBeNone() && format.config().nullThreshold() == null && dev.containsKey(CHOSEN);
        return open ? new AnswerPart(format.withThreshold(dev.get(CHOSEN)), read, questions, encoded) : this;
    }

    @Override
    public ExampleFile file() {
        return read;
    }

    @Override
    public EncodedExamples encoded() {
        return encoded;
    }

    @Override
    public List<String> notes() {
        return Stream.of(
                note(read.moved(), "answers stood a little beside where the file has them, and are taken from there"),
                note(read.lost(), "answers are not in their text: they are scored, and not learned"),
                note(questions.unencoded(), "answers have no token of their own, and are not learned"),
                note(questions.unasked(), "questions have no token")).flatMap(Optional::stream).toList();
    }

    private static Optional<String> note(long number, String what) {
        return number == 0 ? Optional.empty() : Optional.of(String.format(Locale.ROOT, "%,d %s", number, what));
    }

    private List<QaAnswer> decoded(float[][][] logits) {
        return new AnswerDecoder(questions, format.mayBeNone()).decode(
                Arrays.stream(logits).map(rows -> rows[0]).toList(), Arrays.stream(logits).map(rows -> rows[1]).toList());
    }

    private String text(QaAnswer answer) {
        return format.mayBeNone() ? answer.text(format.threshold()) : answer.text();
    }

    @Override
    public Map<String, Double> scores(float[][][] logits) {
        List<SquadScores.Gold> gold = read.questions().stream().map(Question::gold).toList();
        List<QaAnswer> answers = decoded(logits);
        Map<String, String> texts = new LinkedHashMap<>();
        Map<String, Double> noAnswer = new LinkedHashMap<>();
        for (QaAnswer answer : answers) {
            texts.put(answer.id(), answer.text());
            noAnswer.put(answer.id(), answer.nullDifference());
        }
        if (!format.mayBeNone() && !read.hasImpossible()) {
            return SquadScores.of(gold, texts).metrics();
        }
        // A model that has learnt that there always is an answer gives one.
        double threshold = format.mayBeNone() ? format.threshold() : Double.POSITIVE_INFINITY;
        return SquadScores.of(gold, texts, noAnswer, threshold).metrics();
    }

    /** The three files of run_squad.py: the answers, the best few of each question, and what speaks for none. */
    @Override
    public List<Path> write(Path directory, String name, float[][][] logits) throws IOException {
        ObjectNode texts = Json.MAPPER.createObjectNode();
        ObjectNode best = Json.MAPPER.createObjectNode();
        ObjectNode odds = Json.MAPPER.createObjectNode();
        for (QaAnswer answer : decoded(logits)) {
            texts.put(answer.id(), text(answer));
            answer.best().forEach(candidate -> candidate(best.withArray(answer.id()), candidate));
            odds.put(answer.id(), answer.nullDifference());
        }
        List<Path> files = new ArrayList<>();
        files.add(Files.writeString(directory.resolve(name + ".json"), Json.write(texts) + "\n"));
        files.add(Files.writeString(directory.resolve(name + "-nbest.json"), Json.write(best) + "\n"));
        if (format.mayBeNone()) {
            files.add(Files.writeString(directory.resolve(name + "-null-odds.json"), Json.write(odds) + "\n"));
        }
        return files;
    }

    private static void candidate(ArrayNode to, QaAnswer.Candidate candidate) {
        to.addObject()
                .put("text", candidate.text())
                .put("probability", candidate.probability())
                .put("start_logit", candidate.startLogit())
                .put("end_logit", candidate.endLogit());
    }

    @Override
    public List<TaskAnswer> answers(float[][][] logits) {
        List<QaAnswer> answers = decoded(logits);
        return IntStream.range(0, answers.size()).mapToObj(i -> answer(read.questions().get(i), answers.get(i))).toList();
    }

    private TaskAnswer answer(Question question, QaAnswer answer) {
        String text = text(answer);
        ObjectNode node = Json.MAPPER.createObjectNode().put("question", question.question()).put("answer", text);
        answer.best().forEach(candidate -> candidate(node.withArray("best"), candidate));
        return new TaskAnswer((text.isEmpty() ? "(no answer)" : text) + "  " + question.question(), node);
    }
}
