package org.graphbert.interop;

/**
 * Floating-point numbers of 16 bits: IEEE 754's half precision (1 sign bit, 5 of the exponent, 10 of the fraction) and
 * bfloat16 (1, 8 and 7), which is the upper half of a float. Widening loses nothing, payloads of NaNs included; narrowing
 * rounds to the nearest, ties to even, and takes back exactly what was widened.
 */
final class SmallFloats {

    private static final int FLOAT_INFINITY = 0x7f800000;
    private static final int FLOAT_FRACTION = 0x007fffff;
    /** Between a float's fraction of 23 bits and a half's of 10. */
    private static final int HALF_SHIFT = 23 - 10;
    private static final int HALF_INFINITY = 0x7c00;
    private static final int HALF_FRACTION = 0x03ff;
    private static final int HALF_QUIET = 0x0200;
    /** Between the biases of the exponents, 127 and 15. */
    private static final int HALF_BIAS = (127 - 15) << 23;
    /** 2^-14, the smallest half with an implicit leading one. */
    private static final int HALF_SMALLEST_NORMAL = 0x38800000;
    /** 65520: half-way from the largest half, 65504, to the power of two above it, and so rounded up to infinity. */
    private static final int HALF_OVERFLOW = 0x477ff000;
    /** The value of the last bit of a half without a leading one. */
    private static final float HALF_UNIT = 0x1p-24f;

    private SmallFloats() {}

    static float fromHalf(short half) {
        int sign = (half & 0x8000) << 16;
        int magnitude = half & 0x7fff;
        if (magnitude >= HALF_INFINITY) {
            return Float.intBitsToFloat(sign | FLOAT_INFINITY | (magnitude & HALF_FRACTION) << HALF_SHIFT);
        }
        if (magnitude <= HALF_FRACTION) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * HALF_UNIT));
        }
        return Float.intBitsToFloat(sign | (magnitude << HALF_SHIFT) + HALF_BIAS);
    }

    static short toHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > FLOAT_INFINITY) {
            int payload = (magnitude & FLOAT_FRACTION) >>> HALF_SHIFT;
            return (short) (sign | HALF_INFINITY | (payload == 0 ? HALF_QUIET : payload));
        }
        if (magnitude >= HALF_OVERFLOW) {
            return (short) (sign | HALF_INFINITY);
        }
        if (magnitude < HALF_SMALLEST_NORMAL) {
            // Scaled by a power of two, hence exactly; rint rounds ties to even, and up to the smallest normal if need be.
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) / (double) HALF_UNIT));
        }
        return (short) (sign | roundedShift(magnitude - HALF_BIAS, HALF_SHIFT));
    }

    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
            int upper = bits >>> 16;
            // A payload in the lower half alone would leave an infinity.
            return (short) ((upper & 0x7f) == 0 ? upper | 0x40 : upper);
        }
        return (short) roundedShift(bits, 16);
    }

    /** Without the lowest bits, rounded to the nearest, ties to even; a carry goes on into the exponent, as it should. */
    private static int roundedShift(int bits, int shift) {
        int half = (1 << shift - 1) - 1;
        return bits + half + (bits >>> shift & 1) >>> shift;
    }
}
