package org.graphbert.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * {@link Example} to the wire format of tf.Example. Written by hand because the generated classes box every number, and
 * because the features come in one order here, alphabetical, so that the same record is always the same bytes. Lengths
 * stand before contents in that format, so the sizes are added up first, and then all is written once into one array, the
 * TFRecord frame around it included.
 */
final class ExampleEncoder {

    private static final byte[] INPUT_IDS = name(Features.INPUT_IDS);
    private static final byte[] INPUT_MASK = name(Features.INPUT_MASK);
    private static final byte[] MASKED_LM_IDS = name(Features.MASKED_LM_IDS);
    private static final byte[] MASKED_LM_POSITIONS = name(Features.MASKED_LM_POSITIONS);
    private static final byte[] MASKED_LM_WEIGHTS = name(Features.MASKED_LM_WEIGHTS);
    private static final byte[] NEXT_SENTENCE_LABELS = name(Features.NEXT_SENTENCE_LABELS);
    private static final byte[] SEGMENT_IDS = name(Features.SEGMENT_IDS);

    private static final int TAG = 1;
    private static final int MORE = 0x80;
    private static final int BITS_A_BYTE = 7;

    private final byte[] bytes;
    private int at;

    private ExampleEncoder(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    /** The record alone. */
    static byte[] encode(Example example) {
        return write(example, 0, 0);
    }

    /** The record in its TFRecord frame: the bytes of {@code TfRecord.frame(encode(example))}. */
    static byte[] frame(Example example) {
        byte[] framed = write(example, TfRecord.HEADER, TfRecord.FOOTER);
        TfRecord.seal(framed);
        return framed;
    }

    private static byte[] write(Example example, int before, int behind) {
        int[] label = {example.nextSentenceLabel()};
        int ids = sizeOf(example.inputIds());
        int mask = sizeOf(example.inputMask());
        int maskedIds = sizeOf(example.maskedLmIds());
        int positions = sizeOf(example.maskedLmPositions());
        int weights = Float.BYTES * example.maskedLmWeights().length;
        int segments = sizeOf(example.segmentIds());
        int features = entry(INPUT_IDS, ids) + entry(INPUT_MASK, mask) + entry(MASKED_LM_IDS, maskedIds)
                + entry(MASKED_LM_POSITIONS, positions) + entry(MASKED_LM_WEIGHTS, weights)
                + entry(NEXT_SENTENCE_LABELS, sizeOf(label)) + entry(SEGMENT_IDS, segments);
        byte[] bytes = new byte[before + delimited(features) + behind];
        ExampleEncoder out = new ExampleEncoder(bytes, before);
        out.open(Features.FEATURES, features);
        out.ints(INPUT_IDS, example.inputIds(), ids);
        out.ints(INPUT_MASK, example.inputMask(), mask);
        out.ints(MASKED_LM_IDS, example.maskedLmIds(), maskedIds);
        out.ints(MASKED_LM_POSITIONS, example.maskedLmPositions(), positions);
        out.floats(MASKED_LM_WEIGHTS, example.maskedLmWeights());
        out.ints(NEXT_SENTENCE_LABELS, label, sizeOf(label));
        out.ints(SEGMENT_IDS, example.segmentIds(), segments);
        if (out.at != bytes.length - behind) {
            throw new IllegalStateException("wrote " + out.at + " bytes, expected " + (bytes.length - behind));
        }
        return bytes;
    }

    private void ints(byte[] name, int[] values, int size) {
        begin(name, Features.INT64_LIST, size);
        for (int value : values) {
            varint(value);
        }
    }

    private void floats(byte[] name, float[] values) {
        begin(name, Features.FLOAT_LIST, Float.BYTES * values.length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(at, value);
            at += Float.BYTES;
        }
    }

    /** An entry of the map of features up to its numbers: {key: name, value: {list: {value: packed}}}. */
    private void begin(byte[] name, int list, int packed) {
        int values = delimited(packed);
        int feature = delimited(values);
        open(Features.FEATURE, delimited(name.length) + delimited(feature));
        open(Features.KEY, name.length);
        System.arraycopy(name, 0, bytes, at, name.length);
        at += name.length;
        open(Features.VALUE, feature);
        open(list, values);
        open(Features.LIST_VALUE, packed);
    }

    /** The tag and the length of a field. */
    private void open(int field, int length) {
        bytes[at++] = (byte) Features.delimited(field);
        varint(length);
    }

    private void varint(int value) {
        int rest = value;
        while (rest >= MORE) {
            bytes[at++] = (byte) (rest | MORE);
            rest >>>= BITS_A_BYTE;
        }
        bytes[at++] = (byte) rest;
    }

    private static int entry(byte[] name, int packed) {
        return delimited(delimited(name.length) + delimited(delimited(delimited(packed))));
    }

    /** The size of a field with contents of that size. */
    private static int delimited(int size) {
        return TAG + sizeOf(size) + size;
    }

    private static int sizeOf(int[] values) {
        int size = 0;
        for (int value : values) {
            size += sizeOf(value);
        }
        return size;
    }

    /** Of a number of 0 or more, which is all that {@link Example} holds, as a varint. */
    private static int sizeOf(int value) {
        return value < MORE ? 1 : (Integer.SIZE - Integer.numberOfLeadingZeros(value) + BITS_A_BYTE - 1) / BITS_A_BYTE;
    }

    private static byte[] name(String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }
}
