package org.graphbert.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * The framing of TFRecord files (tensorflow/core/lib/io/record_writer.h), all numbers little-endian:
 * {@code uint64 length, uint32 masked_crc32c(length), byte data[length], uint32 masked_crc32c(data)}.
 */
public final class TfRecord {

    /** Bytes before the data: the length and its checksum. */
    static final int HEADER = Long.BYTES + Integer.BYTES;

    /** Bytes behind the data: its checksum. */
    static final int FOOTER = Integer.BYTES;

    /** A length beyond this is taken for damage: no BERT record comes near. */
    static final int LONGEST = 1 << 28;

    static final String CUT_OFF = "the file ends in the middle of the record";

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    /** tensorflow/core/lib/hash/crc32c.h: a checksum stored beside its data is rotated and moved. */
    private static final int MASK_DELTA = 0xA282EAD8;

    private TfRecord() {}

    static int maskedCrc32c(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    /** 32 bits, the lowest byte first. */
    static int word(byte[] bytes, int from) {
        return (int) INT.get(bytes, from);
    }

    /** The data with its frame around it. */
    public static byte[] frame(byte[] data) {
        byte[] framed = new byte[HEADER + data.length + FOOTER];
        System.arraycopy(data, 0, framed, HEADER, data.length);
        seal(framed);
        return framed;
    }

    /** Writes the frame around data that lie in their place in it already. */
    static void seal(byte[] framed) {
        int length = framed.length - HEADER - FOOTER;
        ByteBuffer buffer = ByteBuffer.wrap(framed).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(0, length);
        buffer.putInt(Long.BYTES, maskedCrc32c(framed, 0, Long.BYTES));
        buffer.putInt(HEADER + length, maskedCrc32c(framed, HEADER, length));
    }

    /**
     * Reads the length out of a header.
     *
     * @param from where the header begins
     * @throws IllegalArgumentException if its checksum is wrong
     */
    static int length(byte[] bytes, int from) {
        long length = (long) LONG.get(bytes, from);
        if (word(bytes, from + Long.BYTES) != maskedCrc32c(bytes, from, Long.BYTES)) {
            throw new IllegalArgumentException("the checksum of the record's length does not match");
        }
        if (length < 0 || length > LONGEST) {
            throw new IllegalArgumentException("the record's length is " + length + ", expected at most " + LONGEST);
        }
        return (int) length;
    }

    /**
     * Where the frame ends that begins there.
     *
     * @param filled how many of the bytes are the file's
     * @throws IllegalArgumentException if its header is cut off or damaged
     */
    static long end(byte[] bytes, int from, int filled) {
        if (filled - from < HEADER) {
            throw new IllegalArgumentException(CUT_OFF);
        }
        return (long) from + HEADER + length(bytes, from) + FOOTER;
    }

    /**
     * Checks data against the checksum behind it.
     *
     * @param from where the data begin
     * @throws IllegalArgumentException if it is wrong
     */
    static void check(byte[] bytes, int from, int length) {
        if (word(bytes, from + length) != maskedCrc32c(bytes, from, length)) {
            throw new IllegalArgumentException("the checksum of the record's data does not match");
        }
    }
}
