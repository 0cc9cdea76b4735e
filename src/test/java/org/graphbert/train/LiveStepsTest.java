package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Progress;
import org.junit.jupiter.api.Test;

class LiveStepsTest {

    private final List<String> said = new ArrayList<>();

    private final LiveSteps live = new LiveSteps(new Progress() {
        @Override
        public void start(String task, long total, String unit) {}

        @Override
        public void at(long done, String detail) {
            said.add(done + " " + detail);
        }

        @Override
        public void done() {}

        @Override
        public void say(String line) {}
    });

    @Test
    void longStepsAreSaidEach() {
        live.figures(10, "");
        for (int step = 11; step <= 13; step++) {
            live.step(step, 30);
        }
        live.figures(14, "loss 2");
        live.step(15, 30);
        assertEquals(List.of("10 ", "11 ", "12 ", "13 ", "14 loss 2", "15 loss 2"), said);
    }

    @Test
    void theLastOneIsSaidOnce() {
        for (int step = 1; step <= 5; step++) {
            live.step(step, 0.125);
        }
        live.end(5);
        live.end(5);
        assertEquals(List.of("1 ", "5 "), said);
    }

    @Test
    void shortOnesAboutOnceASecond() {
        for (int step = 1; step <= 40; step++) {
            if (step == 22) {
                live.figures(step, "loss 1");
            } else {
                live.step(step, 0.125);
            }
        }
        assertEquals(List.of("1 ", "9 ", "17 ", "22 loss 1", "30 loss 1", "38 loss 1"), said);
    }
}
