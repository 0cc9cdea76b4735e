package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SortedBatchesTest {

    @Test
    void answersComeInTheOrderOfTheQuestionsAndBatchesAreOfLikeLengths() {
        Random random = new Random(3);
        List<String> questions = IntStream.range(0, 1000).mapToObj(i -> i + "x".repeat(random.nextInt(200))).toList();
        List<Integer> spans = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        new SortedBatches<String, String>(8, String::length, batch -> {
            assertTrue(batch.size() <= 8);
            spans.add(batch.get(batch.size() - 1).length() - batch.get(0).length());
            return batch.stream().map(String::toUpperCase).toList();
        }).run(questions.iterator(), answers::add);
        assertEquals(questions.stream().map(String::toUpperCase).toList(), answers);
        assertEquals(125, spans.size()); // none half empty
        assertTrue(spans.stream().mapToInt(i -> i).average().orElseThrow() < 30, spans.toString());
    }

    @Test
    void batchesOfOneAreAnsweredBeforeMoreIsAsked() {
        List<String> course = new ArrayList<>();
        Iterator<Integer> questions = new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 3;
            }

            @Override
            public Integer next() {
                course.add("asked " + next);
                return next++;
            }
        };
        new SortedBatches<Integer, Integer>(1, i -> 1, batch -> batch).run(questions, answer -> course.add("answered " + answer));
        assertEquals(List.of("asked 0", "answered 0", "asked 1", "answered 1", "asked 2", "answered 2"), course);
    }

    @Test
    void fewAreHeldWhereTheyAreLong() {
        List<Integer> held = new ArrayList<>();
        int[] asked = {0};
        Iterator<Integer> questions = IntStream.range(0, 64).peek(i -> asked[0]++).iterator();
        new SortedBatches<Integer, Integer>(8, i -> 1 << 12, batch -> {
            held.add(asked[0]);
            return batch;
        }).run(questions, answer -> {});
        assertEquals(List.of(8, 16, 24, 32, 40, 48, 56, 64), held);
    }
}
