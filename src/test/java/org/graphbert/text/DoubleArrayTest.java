package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DoubleArrayTest {

    @Property(tries = 200)
    void holdsItsKeysAndNoOthers(@ForAll long seed, @ForAll @IntRange(max = 400) int size, @ForAll boolean wide) {
        Random random = new Random(seed);
        Map<String, Integer> entries = new HashMap<>();
        while (entries.size() < size) {
            entries.put(key(random, wide), random.nextInt(5) == 0 ? 7 : random.nextInt(Integer.MAX_VALUE));
        }
        DoubleArray trie = DoubleArray.of(entries);
        Map<String, Integer> found = new HashMap<>();
        trie.forEach((key, value) -> found.put(new String(key, StandardCharsets.UTF_8), value));
        assertEquals(entries, found);
        DoubleArray read = DoubleArray.read(ByteBuffer.wrap(trie.toBytes()));
        for (int i = 0; i < 200; i++) {
            String key = key(random, wide);
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            assertEquals(entries.getOrDefault(key, DoubleArray.NONE), read.value(bytes, 0, bytes.length));
        }
    }

    private static String key(Random random, boolean wide) {
        StringBuilder key = new StringBuilder();
        for (int i = random.nextInt(6); i >= 0; i--) {
            key.appendCodePoint(wide ? 1 + random.nextInt(0xD7FF) : 'a' + random.nextInt(3));
        }
        return key.toString();
    }

    @Test
    void findsTheLongestKey() {
        DoubleArray trie = DoubleArray.of(Map.of("a", 0, "abc", 1, "b", 2));
        byte[] text = "abab".getBytes(StandardCharsets.UTF_8);
        assertEquals(1, trie.longest(text, 0, 4), "ab goes on towards abc and must be given up");
        assertEquals(3, trie.longest("abcd".getBytes(StandardCharsets.UTF_8), 0, 4));
        assertEquals(3, trie.longest("zzzz".getBytes(StandardCharsets.UTF_8), 3, 4));
    }

    @Test
    void keysWithTheSameEndsShareUnits() {
        Map<String, Integer> entries = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            entries.put(Character.toString(0x4E00 + i) + "behind", 5);
        }
        // 20,000 keys of nine bytes; one unit for each character's last byte and few for what they share.
        assertTrue(DoubleArray.of(entries).toBytes().length / Integer.BYTES < 25_000);
    }

    /** What a byte 0 finds is no child: sentencepiece refuses a trie whose root is its own. */
    @Test
    void theRootIsNotItsOwnChild() {
        for (int c = 1; c < 256; c++) {
            int[] units = units(DoubleArray.of(Map.of(Character.toString(c), 1)));
            int offset = units[0] >>> 10 << ((units[0] & 1 << 9) >>> 6);
            assertTrue(offset != 0, "offset of the root with the key U+" + Integer.toHexString(c));
        }
    }

    private static int[] units(DoubleArray trie) {
        ByteBuffer bytes = ByteBuffer.wrap(trie.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        int[] units = new int[bytes.remaining() / Integer.BYTES];
        bytes.asIntBuffer().get(units);
        return units;
    }

    @Test
    void noDamagedArrayLeadsOutsideItself() {
        Random random = new Random(1);
        byte[] bytes = new byte[64 * Integer.BYTES];
        byte[] text = new byte[50];
        for (int i = 0; i < 2_000; i++) {
            random.nextBytes(bytes);
            random.nextBytes(text);
            DoubleArray.read(ByteBuffer.wrap(bytes)).longest(text, 0, text.length);
        }
    }
}
