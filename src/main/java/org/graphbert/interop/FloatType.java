package org.graphbert.interop;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The floating-point types whose every number is a float's, and how they are stored. */
public enum FloatType {
    FLOAT32("float32", ElementType.F32) {
        @Override
        int widen(ByteBuffer from, float[] to, int at) {
            int count = from.remaining() / Float.BYTES;
            from.asFloatBuffer().get(to, at, count);
            return count;
        }

        @Override
        void narrow(float value, ByteBuffer to) {
            to.putFloat(value);
        }
    },
    FLOAT16("float16", ElementType.F16) {
        @Override
        int widen(ByteBuffer from, float[] to, int at) {
            int count = from.remaining() / Short.BYTES;
            for (int i = 0; i < count; i++) {
                to[at + i] = SmallFloats.fromHalf(from.getShort());
            }
            return count;
        }

        @Override
        void narrow(float value, ByteBuffer to) {
            to.putShort(SmallFloats.toHalf(value));
        }
    },
    BFLOAT16("bfloat16", ElementType.BF16) {
        @Override
        int widen(ByteBuffer from, float[] to, int at) {
            int count = from.remaining() / Short.BYTES;
            for (int i = 0; i < count; i++) {
                to[at + i] = SmallFloats.fromBfloat16(from.getShort());
            }
            return count;
        }

        @Override
        void narrow(float value, ByteBuffer to) {
            to.putShort(SmallFloats.toBfloat16(value));
        }
    };

    private final String tensorflowName;
    private final ElementType element;

    FloatType(String tensorflowName, ElementType element) {
        this.tensorflowName = tensorflowName;
        this.element = element;
    }

    /** By TensorFlow's name of it in Python; empty if it is none of them. */
    public static Optional<FloatType> of(String tensorflowName) {
        return Arrays.stream(values()).filter(type -> type.tensorflowName.equals(tensorflowName)).findFirst();
    }

    /** How safetensors files name and store it. */
    ElementType element() {
        return element;
    }

    @Override
    public String toString() {
        return tensorflowName;
    }

    /** Reads all whole numbers that remain into an array from an index on; returns how many. */
    abstract int widen(ByteBuffer from, float[] to, int at);

    /** Writes a number, rounded to the nearest, ties to even. */
    abstract void narrow(float value, ByteBuffer to);
}
