package org.graphbert.interop;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A variable of two files.
 *
 * @param typeA TensorFlow's name in Python, null where A has no such variable; the others likewise
 * @param elements null where the shapes differ
 * @param different how many elements are not equal as numbers; NaN equals NaN here, and 0.0 equals -0.0; null where values were
 *     not compared
 * @param maxAbs the largest |a - b|, where both are finite; null where no floating-point values were compared
 * @param relativeL2 ‖a - b‖ / ‖a‖ over the elements finite in both; null likewise, and where a is zero and b is not
 * @param nonFinite in how many elements one is infinite or no number and the other is something else; null likewise
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VariableDiff(
        String name,
        State state,
        String typeA,
        String typeB,
        List<Long> shapeA,
        List<Long> shapeB,
        Long elements,
        Long different,
        Double maxAbs,
        Double relativeL2,
        Long nonFinite) {

    /** How the two relate. */
    public enum State {
        /** The same type, shape and bits. */
        IDENTICAL,
        /** The same type, shape and numbers, but other bits: a zero's sign, or a NaN's payload. */
        EQUAL,
        DIFFERENT,
        OTHER_SHAPE,
        /** Values are compared nevertheless where both are floating-point numbers that floats hold. */
        OTHER_TYPE,
        /** Of a type whose values are not read, such as texts, or partitioned. */
        NOT_COMPARED,
        ONLY_IN_A,
        ONLY_IN_B;

        @JsonValue
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static VariableDiff of(String name, TensorFile a, TensorFile b) throws IOException {
        TensorFile.Entry inA = a.entries().get(name);
        TensorFile.Entry inB = b.entries().get(name);
        if (inA == null || inB == null) {
            return uncompared(name, inA == null ? State.ONLY_IN_B : State.ONLY_IN_A, inA, inB);
        }
        if (!inA.shape().equals(inB.shape())) {
            return uncompared(name, State.OTHER_SHAPE, inA, inB);
        }
        if (!readable(a, name) || !readable(b, name)) {
            return uncompared(name, State.NOT_COMPARED, inA, inB);
        }
        if (FloatType.of(inA.type()).isPresent() && FloatType.of(inB.type()).isPresent()) {
            return floats(inA, inB, Differences.of(a.floats(name), b.floats(name)));
        }
        if (!inA.type().equals(inB.type())) {
            return uncompared(name, State.OTHER_TYPE, inA, inB);
        }
        return a instanceof StoredTensors storedA && b instanceof StoredTensors storedB
                ? bytes(inA, inB, storedA.bytes(name), storedB.bytes(name))
                : uncompared(name, State.NOT_COMPARED, inA, inB);
    }

    private static boolean readable(TensorFile file, String name) {
        return !(file instanceof StoredTensors stored) || stored.readable(name);
    }

    /** Numbers other than a float's: their bytes say whether they are the same, and how many are not. */
    private static VariableDiff bytes(TensorFile.Entry inA, TensorFile.Entry inB, byte[] a, byte[] b) {
        int size = (int) (a.length / Math.max(1, inA.elements()));
        long different = 0;
        for (int at = 0; at < a.length; at += size) {
            different += Arrays.equals(a, at, at + size, b, at, at + size) ? 0 : 1;
        }
        return of(inA, inB, different == 0 ? State.IDENTICAL : State.DIFFERENT, different, null);
    }

    private static VariableDiff floats(TensorFile.Entry inA, TensorFile.Entry inB, Differences differences) {
        State state = !inA.type().equals(inB.type()) ? State.OTHER_TYPE
                : differences.otherBits() == 0 ? State.IDENTICAL
                : differences.different() == 0 ? State.EQUAL
                : State.DIFFERENT;
        return of(inA, inB, state, differences.different(), differences);
    }

    private static VariableDiff of(
            TensorFile.Entry inA, TensorFile.Entry inB, State state, long different, Differences floatsOrNull) {
        return new VariableDiff(
                inA.name(), state, inA.type(), inB.type(), inA.shape(), inB.shape(), inA.elements(), different,
                floatsOrNull == null ? null : floatsOrNull.maxAbs(),
                floatsOrNull == null ? null : floatsOrNull.relativeL2(),
                floatsOrNull == null ? null : floatsOrNull.nonFinite());
    }

    private static VariableDiff uncompared(String name, State state, TensorFile.Entry inA, TensorFile.Entry inB) {
        return new VariableDiff(
                name, state,
                inA == null ? null : inA.type(), inB == null ? null : inB.type(),
                inA == null ? null : inA.shape(), inB == null ? null : inB.shape(),
                state == State.OTHER_TYPE || state == State.NOT_COMPARED ? inA.elements() : null,
                null, null, null, null);
    }

    /** Adds a row: variable, shape, different elements, the two figures, and a word where one is needed. */
    void addTo(Table table) {
        String remark = switch (state) {
            case IDENTICAL -> "identical";
            case EQUAL -> "equal, other bits";
            case DIFFERENT -> nonFinite != null && nonFinite > 0
                    ? String.format(Locale.ROOT, "%,d not finite in one", nonFinite) : null;
            case OTHER_SHAPE -> "B: " + shapeB;
            case OTHER_TYPE -> typeA + ", B: " + typeB;
            case NOT_COMPARED -> typeA + ", not compared";
            case ONLY_IN_A -> "only in A";
            case ONLY_IN_B -> "only in B";
        };
        boolean zero = maxAbs != null && maxAbs > 0 && relativeL2 == null;
        table.row(name, shapeA == null ? shapeB : shapeA, Table.count(different), Table.magnitude(maxAbs),
                zero ? "a is 0" : Table.magnitude(relativeL2), remark);
    }
}
