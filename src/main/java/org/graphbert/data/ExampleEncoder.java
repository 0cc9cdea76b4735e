package org.graphbert.data;

import static com.google.protobuf.CodedOutputStream.computeInt64SizeNoTag;
import static com.google.protobuf.CodedOutputStream.computeUInt32SizeNoTag;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * {@link Example} to the wire format of tf.Example. Written by hand because the generated classes box every number, and
 * because the features come in one order here, alphabetical, so that the same record is always the same bytes.
 */
final class ExampleEncoder {

    private ExampleEncoder() {}

    static byte[] encode(Example example) {
        return join(Features.FEATURES,
                feature(Features.INPUT_IDS, example.inputIds()),
                feature(Features.INPUT_MASK, example.inputMask()),
                feature(Features.MASKED_LM_IDS, example.maskedLmIds()),
                feature(Features.MASKED_LM_POSITIONS, example.maskedLmPositions()),
                feature(Features.MASKED_LM_WEIGHTS, example.maskedLmWeights()),
                feature(Features.NEXT_SENTENCE_LABELS, example.nextSentenceLabel()),
                feature(Features.SEGMENT_IDS, example.segmentIds()));
    }

    private static byte[] feature(String name, int... values) {
        int size = 0;
        for (int value : values) {
            size += computeInt64SizeNoTag(value);
        }
        byte[] packed = write(size, out -> {
            for (int value : values) {
                out.writeInt64NoTag(value);
            }
        });
        return entry(name, Features.INT64_LIST, packed);
    }

    private static byte[] feature(String name, float[] values) {
        byte[] packed = write(Float.BYTES * values.length, out -> {
            for (float value : values) {
                out.writeFloatNoTag(value);
            }
        });
        return entry(name, Features.FLOAT_LIST, packed);
    }

    /** An entry of the map of features: {key: name, value: {list: {value: packed}}}. */
    private static byte[] entry(String name, int list, byte[] packed) {
        byte[] key = write(CodedOutputStream.computeStringSize(Features.KEY, name),
                out -> out.writeString(Features.KEY, name));
        byte[] value = join(Features.VALUE, join(list, join(Features.LIST_VALUE, packed)));
        return join(Features.FEATURE, key, value);
    }

    /** A field that holds the parts, one behind the other. */
    private static byte[] join(int field, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        int size = length;
        return write(1 + computeUInt32SizeNoTag(size) + size, out -> {
            out.writeUInt32NoTag(Features.delimited(field));
            out.writeUInt32NoTag(size);
            for (byte[] part : parts) {
                out.writeRawBytes(part);
            }
        });
    }

    private static byte[] write(int size, Body body) {
        byte[] bytes = new byte[size];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.checkNoSpaceLeft();
        return bytes;
    }

    @FunctionalInterface
    private interface Body {
        void write(CodedOutputStream out) throws IOException;
    }
}
