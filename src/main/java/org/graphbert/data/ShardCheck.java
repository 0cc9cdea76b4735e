package org.graphbert.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * Reads a shard once, from its first byte to its last: its SHA-256, the frames of its records and where they lie by the
 * offsets index. Stretches of whole frames are handed on, so that others check what is in them.
 */
final class ShardCheck {

    private static final int STRETCH = 1 << 20;
    private static final int SOME_RECORDS = 256;

    /**
     * Whole frames.
     *
     * @param starts where each begins in the bytes, and at the end where the last one ends
     * @param offset of the first byte in the shard
     * @param firstRecord its number in the shard
     */
    record Stretch(byte[] bytes, int[] starts, long offset, long firstRecord) {

        int records() {
            return starts.length - 1;
        }

        /** Of all frames, in bytes. */
        int length() {
            return starts[records()] - starts[0];
        }

        /** The number of a frame's record in the shard. */
        long record(int frame) {
            return firstRecord + frame;
        }

        /** Where a frame begins in the shard. */
        long offset(int frame) {
            return offset + starts[frame] - starts[0];
        }

        /** @throws IllegalArgumentException if the checksum of the data is wrong */
        void checkData(int frame) {
            TfRecord.check(bytes, starts[frame] + TfRecord.HEADER, dataLength(frame));
        }

        /** @throws IllegalArgumentException if it is no record */
        Example example(int frame) {
            int data = starts[frame] + TfRecord.HEADER;
            return ExampleDecoder.decode(bytes, data, data + dataLength(frame));
        }

        private int dataLength(int frame) {
            return starts[frame + 1] - starts[frame] - TfRecord.HEADER - TfRecord.FOOTER;
        }
    }

    private final TfRecordFile shard;
    /** Null where there is none. */
    private final OffsetIndex index;
    private final Consumer<Violation> violations;
    private final Consumer<Stretch> stretches;
    private final MessageDigest digest = Sha256.digest();
    private final long size;
    private byte[] bytes = new byte[STRETCH];
    private int filled;
    /** Where the bytes begin in the shard. */
    private long base;
    /** Where the next frame begins in the shard, and the number of its record. */
    private long next;
    private long record;
    private boolean whole = true;

    /**
     * @param index null where there is none
     * @param violations takes what is wrong with frames and offsets
     * @param stretches takes the frames in order, data unchecked; what it does with them is its own
     */
    ShardCheck(TfRecordFile shard, OffsetIndex index, Consumer<Violation> violations, Consumer<Stretch> stretches) {
        this.shard = shard;
        this.index = index;
        this.violations = violations;
        this.stretches = stretches;
        size = shard.bytes();
    }

    /** Reads all of it. */
    void run() {
        boolean more = true;
        while (more) {
            int read = shard.read(base + filled, ByteBuffer.wrap(bytes, filled, bytes.length - filled));
            digest.update(bytes, filled, read);
            filled += read;
            more = base + filled < size && read > 0;
            int needed = frames();
            int used = (int) Math.min(next - base, filled);
            byte[] rest = new byte[Math.max(STRETCH, needed)]; // the frames that were handed on stay where they are
            System.arraycopy(bytes, used, rest, 0, filled - used);
            bytes = rest;
            base += used;
            filled -= used;
        }
        if (index != null && whole && index.records() != record) {
            violations.accept(Violation.of(name(ShardWriter.indexOf(shard.file())), Rule.INDEX,
                    String.format("%,d records", index.records()), String.format("%,d as in the shard", record)));
        }
    }

    /** Goes over the frames that are there; returns the length of the one that is cut off by the end of the bytes. */
    private int frames() {
        int[] starts = new int[SOME_RECORDS];
        int count = 0;
        int needed = 0;
        boolean atEnd = base + filled == size;
        while (next < base + filled) {
            int from = (int) (next - base);
            if (filled - from < TfRecord.HEADER && !atEnd) {
                break;
            }
            long end;
            try {
                end = TfRecord.end(bytes, from, filled);
                if (base + end > size) {
                    throw new IllegalArgumentException(TfRecord.CUT_OFF);
                }
            } catch (IllegalArgumentException e) {
                handOn(starts, count, next);
                count = 0;
                goOnBehind(e.getMessage());
                continue;
            }
            if (end > filled) {
                needed = (int) end - from;
                break;
            }
            if (count + 1 == starts.length) {
                starts = Arrays.copyOf(starts, 2 * starts.length);
            }
            starts[count++] = from;
            checkPlace();
            record++;
            next = base + end;
        }
        handOn(starts, count, next);
        return needed;
    }

    private void handOn(int[] starts, int count, long end) {
        if (count > 0) {
            int[] ends = Arrays.copyOf(starts, count + 1);
            ends[count] = (int) (end - base);
            stretches.accept(new Stretch(bytes, ends, base + starts[0], record - count));
        }
    }

    /** Names the frame that cannot be followed, and goes on with the next one that the index knows. */
    private void goOnBehind(String what) {
        whole = false;
        long bad = next;
        long badRecord = record;
        next = size;
        for (int known = (int) record + 1; index != null && known < index.records() && next == size; known++) {
            if (index.offset(known) > bad && index.offset(known) < size) {
                next = index.offset(known);
                record = known;
            }
        }
        String lost = next < size ? "" : String.format("; the %,d bytes from there on could not be checked", size - bad);
        violations.accept(new Violation(name(shard.file()), badRecord, bad, Rule.RECORD_LENGTH, what + lost, "a whole record"));
    }

    private void checkPlace() {
        if (index != null && record < index.records() && index.offset((int) record) != next) {
            violations.accept(new Violation(name(ShardWriter.indexOf(shard.file())), record, next, Rule.INDEX,
                    String.format("byte %,d", index.offset((int) record)), String.format("byte %,d", next)));
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    /** In hexadecimal, of all that was read. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** How many records were found. */
    long records() {
        return record;
    }

    /** Whether all records were found. */
    boolean whole() {
        return whole;
    }

    /** The records at the beginning of a shard, some hundred at most; those that are damaged are left out. */
    static List<Example> some(TfRecordFile shard) {
        byte[] bytes = new byte[STRETCH];
        int filled = shard.read(0, ByteBuffer.wrap(bytes));
        List<Example> examples = new ArrayList<>();
        int at = 0;
        while (examples.size() < SOME_RECORDS && at < filled) {
            long end;
            try {
                end = TfRecord.end(bytes, at, filled);
            } catch (IllegalArgumentException e) {
                return examples;
            }
            if (end > filled) {
                return examples;
            }
            try {
                Stretch one = new Stretch(bytes, new int[] {at, (int) end}, at, 0);
                one.checkData(0);
                examples.add(one.example(0));
            } catch (IllegalArgumentException e) {
                // What is wrong there is found when all is read.
            }
            at = (int) end;
        }
        return examples;
    }
}
