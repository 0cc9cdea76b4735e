package org.graphbert.data;

import com.google.protobuf.WireFormat;

/** A place in bytes of the protocol buffer wire format, which moves as they are read. */
final class WireBytes {

    private static final int VARINT_BITS = 64;

    private final byte[] bytes;
    /** Where the next byte is read. */
    private int at;

    WireBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    int at() {
        return at;
    }

    void moveTo(int place) {
        at = place;
    }

    /** Moves to the contents of the next message of that field number and returns where they end; -1 if there is none. */
    int next(int number, int end) {
        while (at < end) {
            int tag = tag(end);
            int fieldEnd = field(tag, end);
            if (tag == Features.delimited(number)) {
                return fieldEnd;
            }
            at = fieldEnd;
        }
        return -1;
    }

    int tag(int end) {
        long tag = varint(end);
        if (tag >>> 3 == 0 || tag != (int) tag) {
            throw broken("a field has the tag " + tag);
        }
        return (int) tag;
    }

    /** Moves to the contents of a field whose tag has been read; returns where they end. */
    int field(int tag, int end) {
        long length;
        switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> {
                int start = at;
                varint(end);
                int stop = at;
                at = start;
                return stop;
            }
            case WireFormat.WIRETYPE_FIXED64 -> length = Long.BYTES;
            case WireFormat.WIRETYPE_FIXED32 -> length = Integer.BYTES;
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> length = varint(end);
            default -> throw broken("a field has the wire type " + WireFormat.getTagWireType(tag));
        }
        if (length < 0 || length > end - at) {
            throw broken("a field ends behind what it lies in");
        }
        return at + (int) length;
    }

    long varint(int end) {
        long value = 0;
        for (int shift = 0; shift < VARINT_BITS; shift += 7) {
            if (at == end) {
                throw broken("a number is cut off");
            }
            byte next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw broken("a number has more than 64 bits");
    }

    static IllegalArgumentException broken(String what) {
        return new IllegalArgumentException("it is not a tf.Example: " + what);
    }
}
