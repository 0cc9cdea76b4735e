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

    static boolean floating(String name) {
        return FLOATING.contains(name);
    }
}
