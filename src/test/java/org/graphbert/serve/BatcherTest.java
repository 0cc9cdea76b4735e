package org.graphbert.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.graphbert.evaluate.Scorer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is answered before whom. */
class BatcherTest {

    private static final int LENGTH = 40;

    @TempDir
    private Path directory;

    private static Call call(int length) {
        int[] ids = new int[length];
        Arrays.fill(ids, 7);
        return Call.of(SavedModelExport.FEATURES, new Scorer.Query(ids, new int[length], new int[0]));
    }

    /** Answers as they come, to what is queued while the first batch is held up. */
    private List<String> order(int maxBatch, Queued... queued) throws IOException, InterruptedException {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch asked = new CountDownLatch(1);
        try (LoadedModel model = LoadedModel.open(Exports.golden(directory), 1);
                Batcher batcher = new Batcher(model, new Batching(maxBatch, Duration.ZERO, 1024), size -> await(asked))) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            batcher.submit(List.of(call(LENGTH)));
            while (batcher.waiting() > 0) {
                Thread.sleep(1);
            }
            for (Queued one : queued) {
                batcher.submit(Collections.nCopies(one.calls, call(one.length))).forEach(answer ->
                        all.add(answer.thenAccept(values -> order.add(one.name))));
            }
            asked.countDown();
            all.forEach(CompletableFuture::join);
        }
        return order;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls that are queued at once. */
    private record Queued(String name, int calls, int length) {}

    @Test
    void aSmallQuestionGoesBetweenThePartsOfLargeOnes() throws Exception {
        Queued[] queued = IntStream.range(0, 24).mapToObj(i -> new Queued("large", 32, LENGTH)).toArray(Queued[]::new);
        queued = Arrays.copyOf(queued, 25);
        queued[24] = new Queued("small", 1, 5);
        List<String> order = order(8, queued);
        assertEquals(24 * 32 + 1, order.size());
        assertTrue(order.indexOf("small") <= 8, "after " + order.indexOf("small") + " of the large ones, expected a batch at most");
    }

    @Test
    void smallOnesTakeTurnsWithWhatIsOlder() throws Exception {
        Queued[] queued = IntStream.range(0, 21).mapToObj(i -> i == 0 ? new Queued("large", 10, LENGTH) : new Queued("small", 1, 5))
                .toArray(Queued[]::new);
        List<String> order = order(1, queued);
        assertTrue(order.lastIndexOf("large") <= 20, "the large one is done after " + order);
        assertTrue(order.indexOf("small") <= 1, order.toString());
    }

    @Test
    void aBatchHasOnlySoManyTokens() throws Exception {
        List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
        int rows = 3 * Batcher.MOST_TOKENS / LENGTH;
        try (ServedModel model = ServedModel.open(Exports.golden(directory), 1, new Batching(1024, Duration.ZERO, 1024), sizes::add)) {
            int[] ids = new int[rows * LENGTH];
            Arrays.fill(ids, 7);
            int[] ones = new int[ids.length];
            Arrays.fill(ones, 1);
            Map<String, Values> answer = model.call(new Call(SavedModelExport.FEATURES, rows, LENGTH, 0,
                    Map.of(Call.INPUT_IDS, ids, Call.INPUT_MASK, ones, Call.SEGMENT_IDS, new int[ids.length])));
            assertEquals(rows, answer.get("sequence_output").shape()[0]);
        }
        assertEquals(rows, sizes.stream().mapToInt(size -> size).sum());
        assertTrue(sizes.stream().allMatch(size -> size * LENGTH <= Batcher.MOST_TOKENS), sizes.toString());
    }
}
