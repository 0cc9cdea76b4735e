package org.graphbert.evaluate.qa;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.score.SquadScores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Questions as SQuAD's files have them, offsets that are not where they should be, and what is said of wrong files. */
class SquadFileTest {

    @Test
    void aVersionOfAnyKindIsPassedOverAndAnUnansweredQuestionIsNamed(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("odd.json"), "{\"version\": {\"major\": [2]}, \"data\": [{\"paragraphs\": "
                + "[{\"context\": \"ba\", \"qas\": [{\"id\": \"q7\", \"question\": \"?\"}]}]}]}");
        SquadFile read = SquadFile.read(file);
        assertEquals("", read.version());
        String message = assertThrows(Failure.class, () -> read.requireLabelled("learn from")).getMessage();
        assertEquals(file + ": the question 'q7' has no answer and is not said to be impossible, expected answers to learn from", message);
    }

    @TempDir
    private Path directory;

    @Test
    void questionsOfBothVersionsAreRead() throws IOException {
        SquadFile read = SquadFile.read(write("""
                {"data": [{"title": "T", "paragraphs": [{"context": "\\ud835\\udd04 b c", "extra": {"x": [1]}, "qas": [
                  {"id": "1", "question": "What?", "answers": [{"answer_start": 2, "text": "b"}, {"answer_start": 4, "text": "c"}],
                   "is_impossible": false},
                  {"id": "2", "question": "Who?", "answers": [], "is_impossible": true,
                   "plausible_answers": [{"answer_start": 2, "text": "b"}]}]}]},
                 {"paragraphs": [{"context": "d", "qas": [{"id": "3", "question": "Which?"}]}]}], "version": "v2.0"}
                """));
        assertEquals("v2.0", read.version());
        String context = "\ud835\udd04 b c";
        assertEquals(List.of(
                new Question("1", "What?", context, List.of(new Answer("b", 3), new Answer("c", 5)), false),
                new Question("2", "Who?", context, List.of(), true),
                new Question("3", "Which?", "d", List.of(), false)), read.questions());
        assertSame(read.questions().get(0).context(), read.questions().get(1).context());
        assertTrue(read.hasImpossible());
        assertFalse(read.labelled());
        assertEquals(new SquadScores.Gold("1", List.of("b", "c")), read.questions().get(0).gold());
        assertEquals(0, read.moved() + read.lost());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // context | text | offset | where it is found, -1 for nowhere | with which text
        "ab cd ab| ab| 6| 6| ab",
        "ab cd ab| ab| 7| 6| ab",
        "ab cd ab| 'cd '| 3| 3| 'cd '",
        "ab cd ab| ' cd'| 3| 3| cd",
        "ab cd ab| cd| -1| 3| cd",
        "ab cd ab| cd| 99| 3| cd",
        "ab cd ab| ef| 3| -1| ef",
        "\u00e9\u00e9\u00e9\u00e9 cd| cd| 9| 5| cd", // counted in bytes
        "ab cd ab xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx| cd| 38| -1| cd",
    })
    void answersBesideTheirOffsetsAreFound(String context, String text, int offset, int start, String found) throws IOException {
        SquadFile read = SquadFile.read(write("""
                {"data": [{"paragraphs": [{"context": "%s", "qas": [
                  {"id": "1", "question": "?", "answers": [{"answer_start": %d, "text": "%s"}]}]}]}]}
                """.formatted(context, offset, text)));
        assertEquals(List.of(new Answer(found, start)), read.questions().get(0).answers());
        assertEquals(start < 0 ? 1 : 0, read.lost());
        assertEquals(start >= 0 && !(text.equals(found) && start == offset) ? 1 : 0, read.moved());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''| : found no JSON object, expected SQuAD's form",
        "[]| : found no JSON object, expected SQuAD's form",
        "{*data*: []}| : found no question, expected",
        "{*data*: []} {| : more follows behind the object, expected",
        "{*version*: *1*}| : found no array 'data', expected",
        "{*data*: [1]}| : article 1 is no object; expected",
        "{*data*: [{*paragraphs*: [{*qas*: []}]}]}| : article 1, paragraph 1 has no 'context'; expected",
        "{*data*: [{}, {*paragraphs*: [{*context*: *a*}]}]}| : article 2, paragraph 1 has no array 'qas'; expected",
        "{*data*: [{*paragraphs*: [{*context*: *a*, *qas*: [{*id*: 5}]}]}]}"
                + "| : article 1, paragraph 1, question 1 has no text in 'id'; expected",
        "{*data*: [{*paragraphs*: [{*context*: *a*, *qas*: [{*id*: *x*, *question*: *?*}, {*id*: *x*}]}]}]}"
                + "| : article 1, paragraph 1, question 2 has the id 'x', as another before it",
        "{*data*: [{*paragraphs*: [{*context*: *a*, *qas*: [{*id*: *x*, *question*: *?*, *answers*: [{}]}]}]}]}"
                + "| : article 1, paragraph 1, question 1 has no 'text'; expected",
        "{*data*: [{*paragraphs*: [{| , line 1, column 28: not JSON (Unexpected end-of-input",
    })
    void wrongFilesAreRefused(String content, String message) throws IOException {
        Path file = write(content.replace('*', '"'));
        String start = file + message;
        Failure failure = assertThrows(Failure.class, () -> SquadFile.read(file));
        assertEquals(Failure.Kind.DATA, failure.kind());
        assertEquals(start, failure.getMessage().substring(0, Math.min(start.length(), failure.getMessage().length())));
        assertEquals(1, failure.getMessage().lines().count());
    }

    private Path write(String content) throws IOException {
        return Files.writeString(directory.resolve("squad.json"), content);
    }
}
