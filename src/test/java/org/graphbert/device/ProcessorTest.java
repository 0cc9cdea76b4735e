package org.graphbert.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What /proc/cpuinfo says of a processor. */
class ProcessorTest {

    private static final List<String> LINES = List.of(
            "processor\t: 0", "model name\t: Some Processor", "flags\t\t: fpu sse2 avx512f avx512_bf16 fsrm", "");

    @Test
    void bfloat16NeedsTheInstructionsAndTheKernels() {
        assertEquals(new Processor("Some Processor", List.of("avx512_bf16")), Processor.of(LINES, null));
        assertEquals(List.of("avx512_bf16"), Processor.of(LINES, "1").bfloat16());
        assertEquals(List.of(), Processor.of(LINES, "0").bfloat16());
        List<String> without = LINES.stream().map(line -> line.replace(" avx512_bf16", "")).toList();
        assertEquals(List.of(), Processor.of(without, null).bfloat16());
        assertEquals("the CPU", Device.cpu(Processor.of(List.of(), null)).name());
        assertEquals("cpu: Some Processor", Device.cpu(Processor.of(LINES, null)).recorded());
    }
}
