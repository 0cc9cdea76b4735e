package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/** What TensorFlow says when memory runs out, and what a run makes of it. */
class OutOfMemoryTest {

    private static final String ON_A_GPU = "OOM when allocating tensor with shape[32,128,3072] and type float on "
            + "/job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc\n\t [[{{node training/bert/intermediate/Mul}}]]\n"
            + "Hint: If you want to see a list of allocated tensors when OOM happens, add report_tensor_allocations_upon_oom to RunOptions";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            OOM when allocating tensor with shape[4,2] and type half on /device:GPU:0 by allocator GPU_0_bfc | a tensor of [4,2] in half (0.0 MB) | true
            OOM when allocating tensor with shape[1000000] and type bfloat16 on /device:CPU:0 by allocator cpu | a tensor of [1000000] in bfloat16 (2.0 MB) | false
            OOM when allocating temporary tensor with shape[8,8] | a tensor of [8,8] | false
            OOM when allocating tensor of shape [30522,768] and type float | a tensor of [30522,768] in float (93.8 MB) | false
            OOM when allocating tensor with shape[3] and type resource on /device:CPU:0 | a tensor of [3] | false
            Out of memory while trying to allocate 1073741824 bytes. [[{{node cluster_0_1/xla_run}}]] | 1073741824 bytes | false
            Failed to allocate request for 1.50GiB (1610612736B) on device ordinal 0 of the GPU | 1.50GiB | true
            failed to allocate memory | what a step needs | false
            """)
    void theMessageIsRead(String message, String asked, boolean gpu) {
        OutOfMemory found = OutOfMemory.read(message);
        assertEquals(asked, found.asked());
        assertEquals(gpu, found.gpu());
    }

    @Test
    void onlyMissingMemoryCounts() {
        OutOfMemory found = OutOfMemory.of(new TFResourceExhaustedException(ON_A_GPU)).orElseThrow();
        assertEquals(new OutOfMemory("a tensor of [32,128,3072] in float (50.3 MB)", true, List.of("training/bert/intermediate/Mul")), found);
        assertEquals(Optional.empty(), OutOfMemory.of(new TensorFlowException(ON_A_GPU)));
        assertEquals("what a step needs", OutOfMemory.of(new TFResourceExhaustedException(null)).orElseThrow().asked());
    }

    @Test
    void theLineNamesTheBatchTheEstimateAndWhatWouldFit() throws IOException {
        Path run = directory.resolve("run");
        try (Plan plan = new Plan(Tiny.config("model", Tiny.modelFile(directory, 0.1), "data", Tiny.dataSet(directory, "data"),
                        "run", run, "steps", 10, "batch_size", 48));
                TrainingGraph graph = plan.buildGraph(plan.phases().get(0))) {
            PhasePlan phase = plan.phases().get(0);
            OutOfMemory found = OutOfMemory.read(ON_A_GPU);
            long tensors = MemoryEstimate.of(graph).tensorBytes();
            Preflight card = new Preflight(run, MachineMemory.now(), 1L << 40, tensors + 1);
            String line = card.afterwards(plan.model(), phase, graph, found);
            assertTrue(line.matches("out of memory on the GPU: no room for a tensor of \\[32,128,3072\\] in float \\(50.3 MB\\), in a step of 48 "
                    + "sequences of 24 tokens, which takes about 0.0\\d GB by the estimate, of 0.0\\d; raise accumulation_steps to 2 for the same "
                    + "batch in smaller parts, or lower batch_size"), line);
            Preflight small = new Preflight(run, MachineMemory.now(), 1L << 40, tensors / 3);
            String parts = small.afterwards(plan.model(), phase, graph, found).replaceFirst(".* raise accumulation_steps to (\\d+) .*", "$1");
            assertTrue(Integer.parseInt(parts) > 2, parts);
            List<String> lines = small.memory(plan.model(), phase, graph, 0);
            assertTrue(lines.get(0).startsWith("Memory: about 0.0"), lines.get(0));
            assertTrue(lines.get(1).startsWith("Warning: that is more memory than the GPU has; raise accumulation_steps to "), lines.get(1));
            assertEquals(1, card.memory(plan.model(), phase, graph, 0).size());
        }
    }

    /** The update waits for the norm of all gradients: what is computed for the norm is computed before a weight has changed. */
    @Test
    void whatFailsBeforeTheNormLeavesTheWeightsAsTheyWere() throws IOException {
        for (int parts : new int[] {1, 2}) {
            try (Plan plan = new Plan(Tiny.config("model", Tiny.modelFile(directory, 0.1), "data", Tiny.dataSet(directory, "data"),
                            "run", directory.resolve("run"), "steps", 10, "batch_size", 8, "accumulation_steps", parts));
                    TrainingSession session = new TrainingSession(plan.buildGraph(plan.phases().get(0)), 1, 1)) {
                Learning learning = session.graph().learning();
                assertTrue(session.untouched(List.of(session.graph().training().losses().maskedLmLoss().op().name())), parts + " parts");
                assertTrue(session.untouched(List.of(learning.gradientNorm().op().name())));
                assertFalse(session.untouched(List.of(learning.update().op().name())));
                assertFalse(session.untouched(List.of(
                        learning.gradientNorm().op().name(), session.graph().variables().globalStep().name() + "/nowhere")));
                assertFalse(session.untouched(List.of()), "nobody can tell");
            }
        }
    }
}
