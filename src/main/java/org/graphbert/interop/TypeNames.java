package org.graphbert.interop;

import java.util.Locale;
import java.util.Set;
import org.tensorflow.proto.DataType;

/** The names of TensorFlow's types as its Python users know them: DT_FLOAT is float32. */
public final class TypeNames {

    private static final Set<String> FLOATING = Set.of("float32", "float64", "float16", "bfloat16");

    private TypeNames() {}

    public static String of(DataType type) {
        return of(type.name());
    }

    static String of(String type) {
        return switch (type) {
            case "DT_FLOAT" -> "float32";
            case "DT_DOUBLE" -> "float64";
            case "DT_HALF" -> "float16";
            default -> type.replaceFirst("^DT_", "").toLowerCase(Locale.ROOT);
        };
    }

    /** The bytes of an element in a checkpoint; 0 for the types that graphbert does not read, and for texts. */
    static int bytes(String type) {
        return switch (type) {
            case "DT_BOOL", "DT_INT8", "DT_UINT8" -> 1;
            case "DT_HALF", "DT_BFLOAT16", "DT_INT16", "DT_UINT16" -> Short.BYTES;
            case "DT_FLOAT", "DT_INT32", "DT_UINT32" -> Integer.BYTES;
            case "DT_DOUBLE", "DT_INT64", "DT_UINT64", "DT_COMPLEX64" -> Long.BYTES;
            default -> 0;
        };
    }

    static boolean floating(String name) {
        return FLOATING.contains(name);
    }
}
