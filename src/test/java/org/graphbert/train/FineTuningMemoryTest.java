package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.graphbert.config.Failure;
import org.junit.jupiter.api.Test;

class FineTuningMemoryTest {

    private static final long GB = 1_000_000_000;

    private static FineTuningMemory memory(long bytes, int batch, int parts) {
        return new FineTuningMemory(TinyTasks.config("task", "classify", "model", "m", "tokenizer", "t", "train", "a", "dev", "b",
                "output", "o", "batch_size", batch, "accumulation_steps", parts), 128, bytes);
    }

    @Test
    void aLineWhereItFitsAndAWarningWhereItIsTight() {
        assertEquals(List.of("Memory: about 3.63 GB, with 16 examples of at most 128 tokens at a time; 5.00 are free"),
                memory(3 * GB, 32, 2).lines(new MachineMemory(9 * GB, 5 * GB), 0));
        List<String> tight = memory(3 * GB, 32, 2).lines(new MachineMemory(9 * GB, 3 * GB), 0);
        assertEquals("Warning: that is more memory than is free now; raise --accumulation-steps to 4 for the same batch in smaller parts, "
                + "or lower --batch-size or --max-seq-length.", tight.get(1));
        List<String> card = memory(3 * GB, 1, 1).lines(new MachineMemory(0, 0), 2 * GB);
        assertEquals("Memory: about 3.00 GB of the GPU's 2.00, with 1 examples of at most 128 tokens at a time", card.get(0));
        assertTrue(card.get(1).endsWith("the GPU has; lower --batch-size or --max-seq-length, or take a smaller model."), card.get(1));
    }

    @Test
    void whatCannotFitIsRefusedAndWhatDidNotIsExplained() {
        Failure refused = assertThrows(Failure.class, () -> memory(9 * GB, 32, 1).lines(new MachineMemory(9 * GB, 9 * GB), 0));
        assertEquals(Failure.Kind.USAGE, refused.kind());
        assertTrue(refused.getMessage().startsWith("fine-tuning takes about 9.6 GB of memory, this machine has 9.0; raise "
                + "--accumulation-steps to 2"), refused.getMessage());
        String text = memory(9 * GB, 32, 1).afterwards(OutOfMemory.read("OOM when allocating tensor with shape[32,512] and type float"));
        assertTrue(text.startsWith("out of memory on the CPU: no room for a tensor of [32,512] in float (0.1 MB), with 32 examples"), text);
    }
}
