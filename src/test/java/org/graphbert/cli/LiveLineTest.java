package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LiveLineTest {

    private static final String DETAIL = "loss 7.992 | masked LM 7.300 (3.0%) | rate 8.33e-06 | 50,678 tokens/s";
    private final LiveLine line = new LiveLine("steps", () -> "4 min left");

    private String at(int width) {
        return line.render("pretraining", 1350, 3000, DETAIL, width).stripTrailing();
    }

    @Test
    void itShowsWholeFiguresAsFarAsThereIsRoom() {
        assertEquals("pretraining  45% [==========>             ] 1,350/3,000 steps, 4 min left | " + DETAIL, at(145));
        assertEquals("pretraining  45% 1,350/3,000 steps, 4 min left | loss 7.992 | masked LM 7.300", at(90).substring(0, 77));
        assertEquals("pretraining  45% 1,350/3,000 steps, 4 min left", at(50));
        assertEquals("pretraining  45% 1,350/3,000 steps", at(40));
        assertEquals("pretraining", at(11));
    }

    @Property(tries = 200)
    void itIsAsWideAsItsTerminal(@ForAll @IntRange(min = 0, max = 300) int width, @ForAll @IntRange(min = -1, max = 5000) int total) {
        assertEquals(width, line.render("pretraining", 1350, total, DETAIL, width).length());
        assertTrue(!line.render("counting", 7, -1, "", 60).contains("%"));
    }
}
