package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.Phase;
import org.graphbert.data.PairOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durations in steps, against counting the batches one by one. */
class StepCountTest {

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path shorter;
    private static Path longer;

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.modelFile(directory, 0);
        Path vocabulary = Tiny.vocabulary(directory.resolve("tokenizer"));
        shorter = Tiny.dataSet(directory, "data-16", vocabulary, PairOptions.nextSentence(16, 0.1, 0.5));
        longer = Tiny.dataSet(directory, "data-32", vocabulary, PairOptions.nextSentence(32, 0.9, 0.5));
    }

    @Test
    void tokensOfOneDataSetAreRoundedUp() throws IOException {
        assertEquals(10, steps("data", shorter, "batch_size", 4, "tokens", 10 * 4 * 16));
        assertEquals(11, steps("data", shorter, "batch_size", 4, "tokens", 10 * 4 * 16 + 1));
        assertEquals(1, steps("data", shorter, "batch_size", 4, "tokens", 1));
        assertEquals(25, steps("data", shorter, "batch_size", 4, "examples", 100));
        assertEquals(26, steps("data", shorter, "batch_size", 4, "examples", 101));
        assertEquals(26, steps("data", shorter, "batch_size", 4, "accumulation_steps", 2, "examples", 101));
        assertEquals(62_500_000_000L, steps("data", shorter, "batch_size", 4, "tokens", 4_000_000_000_000L));
    }

    @Test
    void epochsAreCountedInDecimals() throws IOException {
        long records = records(shorter);
        assertEquals((7 * records + 9) / 10, steps("data", shorter, "batch_size", 1, "epochs", 0.7));
        assertEquals((3 * records + 9) / 10, steps("data", shorter, "batch_size", 1, "epochs", 0.3));
        assertEquals(3 * records, steps("data", shorter, "batch_size", 1, "epochs", 3));
        assertEquals(1, steps("data", shorter, "batch_size", 4, "epochs", 1e-9));
    }

    @Test
    void examplesOfPackedSequencesAreCountedAsTheyCome() throws IOException {
        for (int wanted : new int[] {1, 17, 100, 777, 2500}) {
            Object[] keys = {"data", longer, "batch_size", 3, "pack", true, "examples", wanted};
            try (Plan plan = plan(keys)) {
                long sum = 0;
                long steps = 0;
                for (; sum < wanted; steps++) {
                    sum += Arrays.stream(plan.phases().get(0).loader().batch(steps).records()).filter(r -> r >= 0).count();
                }
                assertEquals(steps, plan.config().duration().steps(), wanted + " examples");
            }
        }
    }

    @Test
    void phasesOfAnySizeReachTheNumberWithTheFewestSteps() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int trial = 0; trial < 12; trial++) {
            double share = (1 + random.nextInt(98)) / 100.0;
            boolean tokens = random.nextBoolean();
            boolean pack = random.nextBoolean();
            int[] batch = {1 + random.nextInt(9), 1 + random.nextInt(9)};
            long wanted = 2000 + random.nextInt(3000);
            List<Phase> phases = List.of(
                    Phase.of(shorter.toString(), share, batch[0], 1, null), Phase.of(longer.toString(), 1 - share, batch[1], 1, null));
            String what = "seed " + seed + ", trial " + trial;
            try (Plan plan = plan("phases", phases, tokens ? "tokens" : "examples", wanted * (tokens ? 16 : 1), "pack", pack)) {
                long found = plan.config().duration().steps();
                assertTrue(amount(plan, found, tokens) >= wanted * (tokens ? 16 : 1), what);
                for (long fewer = Math.max(1, found - 40); fewer < found; fewer++) {
                    assertTrue(amount(plan, fewer, tokens) < wanted * (tokens ? 16 : 1), what + ": " + fewer + " of " + found);
                }
            }
        }
    }

    private static long amount(Plan plan, long steps, boolean tokens) {
        long[] ends = Phase.marks(plan.config().resolvedPhases(), steps);
        long sum = 0;
        for (int i = 0; i < ends.length; i++) {
            PhasePlan phase = plan.phases().get(i);
            for (long step = 0; step < ends[i] - (i == 0 ? 0 : ends[i - 1]); step++) {
                Batch batch = phase.loader().batch(step);
                sum += tokens ? (long) batch.size() * batch.sequenceLength() : batch.examples();
            }
        }
        return sum;
    }

    @Test
    void aBudgetHasNoStepsAndNoWarmUpInThem() throws IOException {
        try (Plan plan = plan("data", shorter, "budget", "2m")) {
            assertEquals("2m", plan.config().duration().budget());
            assertEquals(0.1, plan.config().optimization().warmupRatio());
            assertEquals(120_000_000, plan.phases().get(0).span().end());
        }
        Failure refused = assertThrows(Failure.class, () -> plan("data", shorter, "budget", "2m", "warmup_steps", 3));
        assertEquals("warmup_steps is 3, but budget is 2m, and how many steps that will be is not known; set warmup_ratio, a share of "
                + "the time", refused.getMessage());
        refused = assertThrows(Failure.class, () -> plan("data", shorter, "budget", "2m", "steps", 3));
        assertEquals("two durations: steps is 3 and budget is 2m; set one of them", refused.getMessage());
    }

    private static long records(Path data) throws IOException {
        try (Plan plan = plan("data", data, "steps", 1)) {
            return plan.phases().get(0).data().size();
        }
    }

    private static long steps(Object... keys) throws IOException {
        try (Plan plan = plan(keys)) {
            return plan.config().duration().steps();
        }
    }

    private static Plan plan(Object... keys) throws IOException {
        Object[] all = Arrays.copyOf(keys, keys.length + 4);
        System.arraycopy(new Object[] {"model", model, "run", directory.resolve("run")}, 0, all, keys.length, 4);
        return new Plan(Tiny.config(all));
    }
}
