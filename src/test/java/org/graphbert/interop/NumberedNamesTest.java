package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NumberedNamesTest {

    @Test
    void namesOfLayersStandTogether() {
        assertEquals("a/layer_{0-2,5,7-8}/kernel, a/layer_{0-1}/bias, pooler, a/layer_3/gamma",
                NumberedNames.join(List.of("a/layer_0/kernel", "a/layer_0/bias", "a/layer_5/kernel", "a/layer_1/kernel",
                        "a/layer_2/kernel", "pooler", "a/layer_8/kernel", "a/layer_7/kernel", "a/layer_1/bias", "a/layer_3/gamma")));
    }

    @Test
    void whatDiffersBeyondTheNumberStaysApart() {
        assertEquals("h.{0-1}.w [2] instead of [3], h.2.w [2] instead of [4]", NumberedNames.join(List.of(
                "h.0.w [2] instead of [3]", "h.1.w [2] instead of [3]", "h.2.w [2] instead of [4]")));
        assertEquals("layer_99999999999/kernel, 3", NumberedNames.join(List.of("layer_99999999999/kernel", "3")));
        assertEquals("", NumberedNames.join(List.of()));
    }
}
