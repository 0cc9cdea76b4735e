package org.graphbert.evaluate.qa;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.JsonReason;
import org.graphbert.corpus.UnpackedFile;
import org.graphbert.evaluate.ExampleFile;

/**
 * Questions as SQuAD 1.1 and 2.0 have them (JSON; Rajpurkar et al. 2016, 2018), plain or packed (gzip, bzip2, zstd); a
 * paragraph at a time is read.
 *
 * @param version as the file states it, empty if it does not
 * @param moved answers that were a little beside where the file has them
 * @param lost answers that are not in their context there, nor near: they count when scoring, and are not learned
 */
public record SquadFile(Path path, String version, List<Question> questions, long moved, long lost)
        implements ExampleFile {

    private static final String EXPECTED = "expected SQuAD's form, {\"data\": [{\"paragraphs\": [{\"context\": \"...\", \"qas\": "
            + "[{\"id\": \"...\", \"question\": \"...\", \"answers\": [...]}]}]}]}";

    /** Of a paragraph: others follow it. */
    private static final ObjectReader TREE = Json.MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public SquadFile {
        questions = List.copyOf(questions);
    }

    /**
     * Reads a file; one whose questions have no answers, and are not said to be impossible, is one to be answered.
     *
     * @throws Failure (data) with the article, the paragraph and the question, all from 1, if it is not JSON, or not in SQuAD's
     *     form, two questions have the same id, or there is none
     */
    public static SquadFile read(Path file) {
        try (UnpackedFile in = new UnpackedFile(file); JsonParser parser = Json.MAPPER.createParser(in)) {
            return new Reader(file, parser).read();
        } catch (JsonProcessingException e) {
            throw Failure.data("%s%s: not JSON (%s), %s", file, JsonReason.place(e), JsonReason.of(e), EXPECTED, e);
        } catch (IOException e) {
            throw Failure.data("%s: cannot be read: %s", file, e.getMessage(), e);
        }
    }

    @Override
    public boolean labelled() {
        return questions.stream().allMatch(Question::labelled);
    }

    @Override
    public int count() {
        return questions.size();
    }

    /**
     * Refuses questions of which it is not known what is right.
     *
     * @param use what the answers are for
     * @throws Failure (data) with the first of them
     */
    public void requireLabelled(String use) {
        questions.stream().filter(question -> !question.labelled()).findFirst().ifPresent(question -> {
            throw Failure.data("%s: the question '%s' has no answer and is not said to be impossible, expected answers to %s",
                    path, question.id(), use);
        });
    }

    /** Whether questions may have no answer, as in SQuAD 2.0. */
    public boolean hasImpossible() {
        return questions.stream().anyMatch(Question::impossible);
    }

    /** What has been read so far. */
    private static final class Reader {

        private final Path file;
        private final JsonParser parser;
        private final List<Question> questions = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private String version = "";
        private int article;
        private int paragraph;
        private long moved;
        private long lost;

        Reader(Path file, JsonParser parser) {
            this.file = file;
            this.parser = parser;
        }

        SquadFile read() throws IOException {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Failure.data("%s: found no JSON object, %s", file, EXPECTED);
            }
            boolean data = false;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("data") && value == JsonToken.START_ARRAY) {
                    data = true;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        article();
                    }
                } else if (field.equals("version") && value.isScalarValue()) {
                    version = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw Failure.data("%s: more follows behind the object, %s", file, EXPECTED);
            }
            if (!data || questions.isEmpty()) {
                throw Failure.data("%s: found %s, %s", file, data ? "no question" : "no array 'data'", EXPECTED);
            }
            return new SquadFile(file, version, questions, moved, lost);
        }

        private void article() throws IOException {
            article++;
            paragraph = 0;
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw failure("", "is no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean paragraphs = parser.currentName().equals("paragraphs");
                if (parser.nextToken() == JsonToken.START_ARRAY && paragraphs) {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        paragraph++;
                        paragraph(TREE.readTree(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void paragraph(JsonNode of) {
            String context = text(of, "context", "");
            if (!of.path("qas").isArray()) {
                throw failure("", "has no array 'qas'");
            }
            int number = 0;
            for (JsonNode question : of.get("qas")) {
                number++;
                question(question, context, ", question " + number);
            }
        }

        private void question(JsonNode of, String context, String where) {
            String id = text(of, "id", where);
            if (!ids.add(id)) {
                throw failure(where, "has the id '" + id + "', as another before it; make them different");
            }
            boolean impossible = of.path("is_impossible").asBoolean(false);
            List<Answer> answers = new ArrayList<>();
            for (JsonNode answer : of.path("answers")) {
                if (!impossible) {
                    answers.add(answer(answer, context, where));
                }
            }
            questions.add(new Question(id, text(of, "question", where), context, answers, impossible));
        }

        private Answer answer(JsonNode of, String context, String where) {
            String text = text(of, "text", where);
            int start = of.path("answer_start").asInt(Integer.MIN_VALUE);
            Optional<Answer> exact = Answer.exact(context, text, start);
            if (exact.isPresent()) {
                return exact.get();
            }
            Optional<Answer> near = Answer.near(context, text, start);
            moved += near.isPresent() ? 1 : 0;
            lost += near.isPresent() ? 0 : 1;
            return near.orElse(new Answer(text, Answer.NOWHERE));
        }

        private String text(JsonNode of, String field, String where) {
            JsonNode text = of.path(field);
            if (!text.isTextual()) {
                throw failure(where, text.isMissingNode() ? "has no '" + field + "'" : "has no text in '" + field + "'");
            }
            return text.textValue();
        }

        private Failure failure(String where, String what) {
            return Failure.data("%s: article %d%s%s %s; %s", file, article, paragraph == 0 ? "" : ", paragraph " + paragraph,
                    where, what, EXPECTED);
        }
    }
}
