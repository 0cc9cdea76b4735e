package org.graphbert.interop;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The floating-point types whose every number is a float's, and how they are stored. */
public enum FloatType {
    FLOAT32("float32", ElementType.F32, ByteBuffer::getFloat, ByteBuffer::putFloat),
    FLOAT16("float16", ElementType.F16,
            from -> SmallFloats.fromHalf(from.getShort()), (to, value) -> to.putShort(SmallFloats.toHalf(value))),
    BFLOAT16("bfloat16", ElementType.BF16,
            from -> SmallFloats.fromBfloat16(from.getShort()), (to, value) -> to.putShort(SmallFloats.toBfloat16(value)));

    private final String tensorflowName;
    private final ElementType element;
    private final Reader reader;
    private final Writer writer;

    FloatType(String tensorflowName, ElementType element, Reader reader, Writer writer) {
        this.tensorflowName = tensorflowName;
        this.element = element;
        this.reader = reader;
        this.writer = writer;
    }

    @FunctionalInterface
    private interface Reader {
        float next(ByteBuffer from);
    }

    @FunctionalInterface
    private interface Writer {
        void put(ByteBuffer to, float value);
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
    int widen(ByteBuffer from, float[] to, int at) {
        int count = from.remaining() / (int) element.bytes(1);
        for (int i = 0; i < count; i++) {
            to[at + i] = reader.next(from);
        }
        return count;
    }

    /** Writes a number, rounded to the nearest, ties to even. */
    void narrow(float value, ByteBuffer to) {
        writer.put(to, value);
    }
}
