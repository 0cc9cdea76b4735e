package org.graphbert.data;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** {@link Example} from the wire format of tf.Example; features that BERT does not know are skipped. */
final class ExampleDecoder {

    private static final int VARINT_VALUE = Features.LIST_VALUE << 3 | WireFormat.WIRETYPE_VARINT;
    private static final int FIXED32_VALUE = Features.LIST_VALUE << 3 | WireFormat.WIRETYPE_FIXED32;

    /** The features by name, still encoded. */
    private final Map<String, byte[]> features = new HashMap<>();

    private ExampleDecoder() {}

    /**
     * Reads a record.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static Example decode(byte[] bytes) {
        ExampleDecoder decoder = new ExampleDecoder();
        try {
            fields(CodedInputStream.newInstance(bytes), Features.FEATURES, decoder::features);
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
        } catch (IOException e) {
            throw new IllegalArgumentException("it is not a tf.Example: " + e.getMessage(), e);
        }
    }

    private void features(CodedInputStream in) throws IOException {
        fields(in, Features.FEATURE, this::entry);
    }

    private void entry(CodedInputStream in) throws IOException {
        String name = "";
        byte[] feature = {};
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Features.delimited(Features.KEY)) {
                name = in.readStringRequireUtf8();
            } else if (tag == Features.delimited(Features.VALUE)) {
                feature = in.readByteArray();
            } else {
                in.skipField(tag);
            }
        }
        features.put(name, feature);
    }

    private int[] ints(String name) throws IOException {
        Values values = new Values();
        list(name, Features.INT64_LIST, in -> {
            long value = in.readInt64();
            if (value != (int) value) {
                throw new IllegalArgumentException(name + " holds " + value + ", expected a 32-bit number");
            }
            values.add((int) value);
        });
        return values.toArray();
    }

    private float[] floats(String name) throws IOException {
        Values bits = new Values();
        list(name, Features.FLOAT_LIST, in -> bits.add(in.readRawLittleEndian32()));
        int[] array = bits.toArray();
        float[] floats = new float[array.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = Float.intBitsToFloat(array[i]);
        }
        return floats;
    }

    /** The elements of a feature: packed, as every current writer has them, or one by one. */
    private void list(String name, int kind, Read element) throws IOException {
        byte[] feature = features.get(name);
        if (feature == null) {
            throw new IllegalArgumentException("feature " + name + " is missing");
        }
        boolean found = fields(CodedInputStream.newInstance(feature), kind, in -> {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                if (tag == Features.delimited(Features.LIST_VALUE)) {
                    int end = in.pushLimit(in.readRawVarint32());
                    while (in.getBytesUntilLimit() > 0) {
                        element.from(in);
                    }
                    in.popLimit(end);
                } else if (tag == VARINT_VALUE || tag == FIXED32_VALUE) {
                    element.from(in);
                } else {
                    in.skipField(tag);
                }
            }
        });
        if (!found && feature.length > 0) {
            throw new IllegalArgumentException(
                    "feature " + name + " is not a list of " + (kind == Features.INT64_LIST ? "int64" : "float"));
        }
    }

    /** Reads the delimited fields of that number and skips the others; whether there was one. */
    private static boolean fields(CodedInputStream in, int field, Read read) throws IOException {
        boolean found = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag == Features.delimited(field)) {
                int end = in.pushLimit(in.readRawVarint32());
                read.from(in);
                in.popLimit(end);
                found = true;
            } else {
                in.skipField(tag);
            }
        }
        return found;
    }

    @FunctionalInterface
    private interface Read {
        void from(CodedInputStream in) throws IOException;
    }

    private static final class Values {
        private int[] values = new int[128];
        private int size;

        void add(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        int[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
