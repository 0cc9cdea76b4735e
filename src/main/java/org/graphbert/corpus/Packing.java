package org.graphbert.corpus;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** How a file is packed, as its first bytes tell; its name does not matter. */
enum Packing {
    /** Not at all. */
    PLAIN,
    /** RFC 1952. */
    GZIP,
    /** Streams one after the other too, as pbzip2 writes them. */
    BZIP2,
    /** RFC 8878, skippable frames too. */
    ZSTD,
    /** Known, so that it can be named; not unpacked. */
    XZ,
    /** Known, so that it can be named; not unpacked. */
    ZIP;

    /** As many bytes of a file as {@link #of} looks at. */
    static final int MAGIC_BYTES = 10;

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] GZIP_DEFLATE = HEX.parseHex("1f8b08");
    private static final byte[] BZIP2_MAGIC = HEX.parseHex("425a68");
    /** Behind "BZh" and a digit: the magic of a block, or that of the end, for a file of nothing. */
    private static final byte[] BZIP2_BLOCK = HEX.parseHex("314159265359");
    private static final byte[] BZIP2_END = HEX.parseHex("177245385090");
    private static final byte[] ZSTD_FRAME = HEX.parseHex("28b52ffd");
    /** Behind a byte from 0x50 to 0x5F (RFC 8878, section 3.1.2). */
    private static final byte[] ZSTD_SKIPPABLE = HEX.parseHex("2a4d18");
    private static final byte[] XZ_MAGIC = HEX.parseHex("fd377a585a00");
    private static final byte[] ZIP_MAGIC = HEX.parseHex("504b0304");

    /** The largest window that zstd writes (--long=31); memory is taken only if a frame asks for it. */
    private static final int ZSTD_LARGEST_WINDOW = 31;

    /**
     * Tells by the first bytes. A text may begin with "BZh" too, so for bzip2 the block's magic has to follow.
     *
     * @param first the first {@link #MAGIC_BYTES} bytes, fewer if the file is shorter
     */
    static Packing of(byte[] first) {
        if (has(first, 0, GZIP_DEFLATE)) {
            return GZIP;
        }
        if (has(first, 0, BZIP2_MAGIC) && first.length > 3 && first[3] >= '1' && first[3] <= '9'
                && (has(first, 4, BZIP2_BLOCK) || has(first, 4, BZIP2_END))) {
            return BZIP2;
        }
        if (has(first, 0, ZSTD_FRAME) || has(first, 1, ZSTD_SKIPPABLE) && (first[0] & 0xF0) == 0x50) {
            return ZSTD;
        }
        return has(first, 0, XZ_MAGIC) ? XZ : has(first, 0, ZIP_MAGIC) ? ZIP : PLAIN;
    }

    /**
     * Unpacks to the end, whatever the number of members, streams or frames.
     *
     * @param threads how many may share the work, where the format lets them: bzip2's
     * @throws IOException if the archive is damaged; so does reading
     */
    InputStream unpack(InputStream in, int threads) throws IOException {
        return switch (this) {
            case GZIP -> new GzipStream(in);
            case BZIP2 -> new Bzip2Stream(in, threads);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in).setLongMax(ZSTD_LARGEST_WINDOW);
            default -> in;
        };
    }

    /** Whether an exception of the unpacker means that the archive is cut off; each library says it in its own way. */
    boolean isCutOff(IOException e) {
        return switch (this) {
            case GZIP, BZIP2 -> e instanceof EOFException;
            default -> String.valueOf(e.getMessage()).contains("Truncated");
        };
    }

    /** Whether {@link #unpack} can do it. */
    boolean isRead() {
        return this != XZ && this != ZIP;
    }

    /** In the field's words. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static boolean has(byte[] bytes, int at, byte[] magic) {
        int end = at + magic.length;
        return bytes.length >= end && Arrays.equals(bytes, at, end, magic, 0, magic.length);
    }
}
