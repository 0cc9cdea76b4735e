package org.graphbert.data;

import com.google.protobuf.WireFormat;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * {@link Example} from the wire format of tf.Example, straight out of the bytes that were read. Features may come in any
 * order and their numbers packed or one by one; features that BERT does not know are skipped.
 */
final class ExampleDecoder {

    /** Their order is that of the places in {@link #starts}. */
    private static final List<String> NAMES = List.of(
            Features.INPUT_IDS,
            Features.INPUT_MASK,
            Features.SEGMENT_IDS,
            Features.MASKED_LM_POSITIONS,
            Features.MASKED_LM_IDS,
            Features.MASKED_LM_WEIGHTS,
            Features.NEXT_SENTENCE_LABELS);

    private static final byte[][] KEYS =
            NAMES.stream().map(name -> name.getBytes(StandardCharsets.US_ASCII)).toArray(byte[][]::new);

    private final byte[] bytes;
    private final WireBytes wire;
    /** Where the encoded Feature of each name lies; its end is 0 while it has not been found. */
    private final int[] starts = new int[KEYS.length];

    private final int[] ends = new int[KEYS.length];

    private ExampleDecoder(byte[] bytes) {
        this.bytes = bytes;
        wire = new WireBytes(bytes);
    }

    static Example decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /**
     * Reads the record that lies in [from, to).
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static Example decode(byte[] bytes, int from, int to) {
        ExampleDecoder decoder = new ExampleDecoder(bytes);
        decoder.find(from, to);
        int[] label = decoder.ints(Features.NEXT_SENTENCE_LABELS);
        if (label.length != 1) {
            throw new IllegalArgumentException(
                    Features.NEXT_SENTENCE_LABELS + " has " + label.length + " elements, expected 1");
        }
        return new Example(
                decoder.ints(Features.INPUT_IDS),
                decoder.ints(Features.INPUT_MASK),
                decoder.ints(Features.SEGMENT_IDS),
                decoder.ints(Features.MASKED_LM_POSITIONS),
                decoder.ints(Features.MASKED_LM_IDS),
                decoder.floats(Features.MASKED_LM_WEIGHTS),
                label[0]);
    }

    /** Notes where the known features lie. */
    private void find(int from, int to) {
        wire.moveTo(from);
        for (int features = wire.next(Features.FEATURES, to); features >= 0; features = wire.next(Features.FEATURES, to)) {
            for (int entry = wire.next(Features.FEATURE, features); entry >= 0; entry = wire.next(Features.FEATURE, features)) {
                entry(entry);
            }
        }
    }

    /** Reads an entry of the map of features up to its end. */
    private void entry(int end) {
        int name = -1;
        int start = end;
        int stop = end;
        while (wire.at() < end) {
            int tag = wire.tag(end);
            int fieldEnd = wire.field(tag, end);
            if (tag == Features.delimited(Features.KEY)) {
                name = known(wire.at(), fieldEnd);
            } else if (tag == Features.delimited(Features.VALUE)) {
                start = wire.at();
                stop = fieldEnd;
            }
            wire.moveTo(fieldEnd);
        }
        if (name >= 0) {
            starts[name] = start;
            ends[name] = stop;
        }
    }

    /** The place of a name, or -1. */
    private int known(int from, int to) {
        for (int i = 0; i < KEYS.length; i++) {
            if (Arrays.equals(KEYS[i], 0, KEYS[i].length, bytes, from, to)) {
                return i;
            }
        }
        return -1;
    }

    private int[] ints(String name) {
        int[] values = new int[list(name, Features.INT64_LIST, null)];
        list(name, Features.INT64_LIST, values);
        return values;
    }

    private float[] floats(String name) {
        int[] bits = new int[list(name, Features.FLOAT_LIST, null)];
        list(name, Features.FLOAT_LIST, bits);
        float[] values = new float[bits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(bits[i]);
        }
        return values;
    }

    /**
     * Goes through the elements of a feature: packed, as every current writer has them, or one by one.
     *
     * @param into takes them; null to count them only
     * @return how many there are
     */
    private int list(String name, int kind, int[] into) {
        int place = NAMES.indexOf(name);
        int stop = ends[place];
        if (stop == 0) {
            throw new IllegalArgumentException("feature " + name + " is missing");
        }
        wire.moveTo(starts[place]);
        boolean found = starts[place] == stop; // a list of nothing may leave itself out
        int count = 0;
        for (int end = wire.next(kind, stop); end >= 0; end = wire.next(kind, stop)) {
            found = true;
            while (wire.at() < end) {
                int tag = wire.tag(end);
                int fieldEnd = wire.field(tag, end);
                boolean packed = tag == Features.delimited(Features.LIST_VALUE);
                if (kind == Features.INT64_LIST && (packed || tag == one(WireFormat.WIRETYPE_VARINT))) {
                    count = varints(name, fieldEnd, into, count);
                } else if (kind == Features.FLOAT_LIST && (packed || tag == one(WireFormat.WIRETYPE_FIXED32))) {
                    count = words(fieldEnd, into, count);
                }
                wire.moveTo(fieldEnd);
            }
        }
        if (!found) {
            throw new IllegalArgumentException(
                    "feature " + name + " is not a list of " + (kind == Features.INT64_LIST ? "int64" : "float"));
        }
        return count;
    }

    /** The tag of an element that is not packed. */
    private static int one(int wireType) {
        return Features.LIST_VALUE << 3 | wireType;
    }

    /** Reads varints up to the end; returns how many elements there are now. */
    private int varints(String name, int end, int[] into, int count) {
        int next = count;
        int at = wire.at();
        if (into == null) {
            for (; at < end; at++) {
                next += bytes[at] >= 0 ? 1 : 0; // the last byte of each has no continuation bit
            }
            return next;
        }
        while (at < end) {
            int low = bytes[at];
            if (low >= 0) {
                into[next++] = low;
                at++;
            } else if (at + 1 < end && bytes[at + 1] >= 0) { // most token ids have two bytes
                into[next++] = low & 0x7F | bytes[at + 1] << 7;
                at += 2;
            } else {
                wire.moveTo(at);
                long value = wire.varint(end);
                at = wire.at();
                if (value != (int) value) {
                    throw new IllegalArgumentException(name + " holds " + value + ", expected a 32-bit number");
                }
                into[next++] = (int) value;
            }
        }
        return next;
    }

    /** Reads 32-bit words up to the end; returns how many elements there are now. */
    private int words(int end, int[] into, int count) {
        int words = (end - wire.at()) / Integer.BYTES;
        if (wire.at() + words * Integer.BYTES != end) {
            throw WireBytes.broken("a list of float has a length that is no multiple of 4");
        }
        for (int i = 0; into != null && i < words; i++) {
            into[count + i] = TfRecord.word(bytes, wire.at() + i * Integer.BYTES);
        }
        return count + words;
    }
}
