package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PackedWindowTest {

    @Property
    void everyRecordStandsInOneSequenceThatHasRoomForIt(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int records, @ForAll @IntRange(min = 8, max = 130) int length,
            @ForAll @IntRange(min = 1, max = 6) int most) {
        Random random = new Random(seed);
        int[] lengths = random.ints(records, 1, length + 1).toArray();
        int room = 1 + random.nextInt(length);
        int[] wanted = IntStream.of(lengths).map(n -> 1 + random.nextInt(Math.min(n, room))).toArray();
        PackedWindow window = PackedWindow.of(lengths, wanted, length, room, most);
        int[] seen = new int[records];
        int places = 0;
        int predictions = 0;
        for (int s = 0; s < window.sequences(); s++) {
            long[] members = window.records(s, 1000);
            assertTrue(members.length >= 1 && members.length <= most);
            int tokens = 0;
            int sum = 0;
            for (int i = 0; i < members.length; i++) {
                assertTrue(i == 0 || members[i] > members[i - 1], "in the order of the files");
                int record = (int) (members[i] - 1000);
                seen[record]++;
                tokens += lengths[record];
                sum += wanted[record];
            }
            assertTrue(tokens <= length, tokens + " of " + length);
            assertTrue(sum <= room, sum + " of " + room);
            places = Math.max(places, members.length);
            predictions = Math.max(predictions, sum);
        }
        assertTrue(Arrays.stream(seen).allMatch(n -> n == 1));
        assertEquals(places, window.places());
        assertEquals(predictions, window.predictions());
        assertEquals(IntStream.of(lengths).sum(), window.tokens());
    }

    @Property
    void whereOnlyLengthsCountAtMostOneSequenceIsHalfEmpty(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 400) int records) {
        Random random = new Random(seed);
        int[] lengths = random.ints(records, 1, 129).toArray();
        PackedWindow window = PackedWindow.of(lengths, new int[records], 128, 20, records);
        long halfEmpty = IntStream.range(0, window.sequences())
                .filter(s -> Arrays.stream(window.records(s, 0)).mapToInt(r -> lengths[(int) r]).sum() <= 64)
                .count();
        assertTrue(halfEmpty <= 1, halfEmpty + " of " + window.sequences());
    }

    @Test
    void theLongestGoFirstAndEachWhereItLeavesLeast() {
        int[] lengths = {3, 10, 4, 7, 6};
        PackedWindow window = PackedWindow.of(lengths, new int[5], 10, 1, 5);
        assertEquals(3, window.sequences());
        assertArrayEquals(new long[] {1}, window.records(0, 0));
        assertArrayEquals(new long[] {0, 3}, window.records(1, 0));
        assertArrayEquals(new long[] {2, 4}, window.records(2, 0));
    }
}
