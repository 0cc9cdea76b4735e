package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineSourceTest {

    @Test
    void anyLinesAreCounted() {
        LineSource source = LineSource.of(List.of("a", "b").iterator());
        assertSame(source, LineSource.of(source));
        assertEquals(-1, source.total());
        assertEquals("a", source.next());
        assertEquals(1, source.done());
        assertEquals("lines", source.unit());
    }
}
