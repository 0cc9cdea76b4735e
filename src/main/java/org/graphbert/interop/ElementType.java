package org.graphbert.interop;

import java.util.Arrays;
import java.util.Optional;

/**
 * The types of safetensors' elements (the format's own names, huggingface/safetensors, Dtype), with their sizes.
 */
enum ElementType {
    BOOL(8, "bool"),
    F4(4, "float4_e2m1fn"),
    F6_E2M3(6, "float6_e2m3fn"),
    F6_E3M2(6, "float6_e3m2fn"),
    U8(8, "uint8"),
    I8(8, "int8"),
    F8_E5M2(8, "float8_e5m2"),
    F8_E4M3(8, "float8_e4m3fn"),
    F8_E8M0(8, "float8_e8m0fnu"),
    F8_E5M2FNUZ(8, "float8_e5m2fnuz"),
    F8_E4M3FNUZ(8, "float8_e4m3fnuz"),
    I16(16, "int16"),
    U16(16, "uint16"),
    F16(16, "float16"),
    BF16(16, "bfloat16"),
    I32(32, "int32"),
    U32(32, "uint32"),
    F32(32, "float32"),
    C64(64, "complex64"),
    F64(64, "float64"),
    I64(64, "int64"),
    U64(64, "uint64");

    private final int bits;
    private final String tensorflowName;

    ElementType(int bits, String tensorflowName) {
        this.bits = bits;
        this.tensorflowName = tensorflowName;
    }

    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }

    /** TensorFlow's name of it in Python, or ml_dtypes' where TensorFlow has none. */
    String tensorflowName() {
        return tensorflowName;
    }

    /**
     * How many bytes so many elements take; those of less than a byte are packed.
     *
     * @throws ArithmeticException if that is no long, or no whole number of bytes
     */
    long bytes(long elements) {
        long all = Math.multiplyExact(elements, (long) bits);
        if (all % Byte.SIZE != 0) {
            throw new ArithmeticException("no whole number of bytes");
        }
        return all / Byte.SIZE;
    }
}
