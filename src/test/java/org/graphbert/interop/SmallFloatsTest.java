package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every number of 16 bits, and the rounding between them, against the definitions of the formats. */
class SmallFloatsTest {

    @Test
    void everyHalfIsItsDefinition() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            double sign = bits >> 15 == 0 ? 1 : -1;
            int exponent = bits >> 10 & 31;
            int fraction = bits & 1023;
            float value = SmallFloats.fromHalf((short) bits);
            if (exponent == 31 && fraction != 0) {
                int expected = bits >> 15 << 31 | 0x7f800000 | fraction << 13;
                assertEquals(expected, Float.floatToRawIntBits(value), "NaN " + bits);
            } else {
                double expected = exponent == 31 ? sign * Double.POSITIVE_INFINITY
                        : exponent == 0 ? sign * fraction * 0x1p-24
                        : sign * (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
                assertEquals(expected, value, "half " + bits);
                assertEquals(bits >> 15, Float.floatToRawIntBits(value) >>> 31, "sign of " + bits);
            }
            assertEquals((short) bits, SmallFloats.toHalf(value), "there and back " + bits);
        }
    }

    @Test
    void everyBfloat16ThereAndBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = SmallFloats.fromBfloat16((short) bits);
            assertEquals(bits << 16, Float.floatToRawIntBits(value));
            assertEquals((short) bits, SmallFloats.toBfloat16(value), "there and back " + bits);
        }
    }

    /** Between two neighbours: the nearer; half-way: the even one. The step above the largest number is infinity. */
    @Test
    void roundsToTheNearestTiesToEven() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            float low = SmallFloats.fromHalf((short) bits);
            double high = bits == 0x7bff ? 65536 : SmallFloats.fromHalf((short) (bits + 1));
            float middle = (float) ((low + high) / 2);
            assertEquals(bits + (bits & 1), SmallFloats.toHalf(middle), "middle above " + bits);
            assertEquals(bits, SmallFloats.toHalf(Math.nextDown(middle)), "below the middle above " + bits);
            assertEquals(bits + 1, SmallFloats.toHalf(Math.nextUp(middle)), "over the middle above " + bits);
            assertEquals((short) (bits + 1 | 0x8000), SmallFloats.toHalf(-Math.nextUp(middle)));
        }
        for (int bits = 0; bits < 0x7f80; bits++) {
            int middle = bits << 16 | 0x8000;
            assertEquals(bits + (bits & 1), SmallFloats.toBfloat16(Float.intBitsToFloat(middle)));
            assertEquals(bits, SmallFloats.toBfloat16(Float.intBitsToFloat(middle - 1)));
            assertEquals(bits + 1, SmallFloats.toBfloat16(Float.intBitsToFloat(middle + 1)));
        }
    }

    @Test
    void extremes() {
        assertEquals(0x7c00, SmallFloats.toHalf(Float.MAX_VALUE));
        assertEquals(0x7f80, SmallFloats.toBfloat16(Float.MAX_VALUE), "as numpy's and PyTorch's: rounds to infinity");
        assertEquals((short) 0x8000, SmallFloats.toHalf(-Float.MIN_VALUE));
        assertEquals(0x7c00 | 0x200, SmallFloats.toHalf(Float.intBitsToFloat(0x7f800001)), "a NaN stays one");
        assertEquals(0x7f80 | 0x40, SmallFloats.toBfloat16(Float.intBitsToFloat(0x7f800001)), "a NaN stays one");
    }

    @Test
    void narrowingNeverLosesMoreThanHalfAStep() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(30) - 18));
            if (Math.abs(value) < 65504) {
                double step = Math.max(0x1p-24, Math.ulp(value) * 0x1p13);
                double loss = Math.abs(SmallFloats.fromHalf(SmallFloats.toHalf(value)) - (double) value);
                assertEquals(0, loss, step / 2, "seed " + seed + ", " + value);
            }
        }
    }
}
