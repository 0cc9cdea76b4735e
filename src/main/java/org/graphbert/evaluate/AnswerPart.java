package org.graphbert.evaluate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.graphbert.config.Json;
import org.graphbert.evaluate.qa.AnswerDecoder;
import org.graphbert.evaluate.qa.EncodedQuestions;
import org.graphbert.evaluate.qa.QaAnswer;
import org.graphbert.evaluate.qa.Question;
import org.graphbert.evaluate.qa.SquadFile;
import org.graphbert.evaluate.score.SquadScores;

/** Questions about texts: a file's, in windows. */
final class AnswerPart implements TaskPart {

    /** The metric under which the scores of SQuAD 2.0 tell the threshold of the best F1. */
    private static final String CHOSEN = "best_f1_thresh";

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
                .map(window -> TaskExample.ofSpan(window.query(), window.start(), window.end()))
                .toList()));
    }

    @Override
    public TaskPart chosen(Map<String, Double> dev) {
        boolean open = format.mayBeNone() && format.config().nullThreshold() == null && dev.containsKey(CHOSEN);
        return open ? new AnswerPart(format.withThreshold(dev.get(CHOSEN)), read, questions, encoded) : this;
    }

    @Override
    public Path file() {
        return read.path();
    }

    @Override
    public EncodedExamples encoded() {
        return encoded;
    }

    @Override
    public boolean labelled() {
        return read.labelled();
    }

    @Override
    public int count() {
        return read.questions().size();
    }

    private List<QaAnswer> answers(float[][][] logits) {
        return new AnswerDecoder(questions, format.mayBeNone()).decode(
                Arrays.stream(logits).map(rows -> rows[0]).toList(), Arrays.stream(logits).map(rows -> rows[1]).toList());
    }

    private String text(QaAnswer answer) {
        return format.mayBeNone() ? answer.text(format.threshold()) : answer.text();
    }

    @Override
    public Map<String, Double> scores(float[][][] logits) {
        List<SquadScores.Gold> gold = read.questions().stream().map(Question::gold).toList();
        List<QaAnswer> answers = answers(logits);
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
        for (QaAnswer answer : answers(logits)) {
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
    public List<String> lines(float[][][] logits, boolean json) {
        List<QaAnswer> answers = answers(logits);
        return IntStream.range(0, answers.size()).mapToObj(i -> {
            Question question = read.questions().get(i);
            QaAnswer answer = answers.get(i);
            if (!json) {
                String text = text(answer);
                return (text.isEmpty() ? "(no answer)" : text) + "  " + question.question();
            }
            ObjectNode node = Json.MAPPER.createObjectNode()
                    .put("id", question.id()).put("question", question.question()).put("answer", text(answer));
            answer.best().forEach(candidate -> candidate(node.withArray("best"), candidate));
            return Json.writeLine(node);
        }).toList();
    }
}
