package org.graphbert.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.graphbert.config.Failure;

/**
 * A stream of text in some encoding as a stream of UTF-8, so that whoever reads text knows one encoding only. Strict:
 * bytes that are not in the encoding are a {@link Failure}, once all text before them has been read.
 */
public final class Transcoder extends InputStream {

    private static final int BUFFER = 1 << 15;
    private static final int MOST_BYTES_A_CHAR = 3;

    private final InputStream in;
    private final Charset charset;
    private final Object source;
    private final CharsetDecoder decoder;
    private final CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer chars = CharBuffer.allocate(BUFFER);
    private final ByteBuffer utf8 = ByteBuffer.allocate(MOST_BYTES_A_CHAR * BUFFER).flip();
    /** Offset in the source of the first of {@link #bytes}. */
    private long offset;
    private boolean atEnd;
    private boolean flushed;

    private Transcoder(InputStream in, Charset charset, Object source) {
        this.in = in;
        this.charset = charset;
        this.source = source;
        decoder = charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
    }

    /**
     * The stream as UTF-8: itself, if that is its encoding; who reads it has to check it then.
     *
     * @param source what errors name: a file, or "stdin"
     */
    public static InputStream utf8(InputStream in, Charset charset, Object source) {
        return charset.equals(StandardCharsets.UTF_8) ? in : new Transcoder(in, charset, source);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    /**
     * @throws Failure (data) that names the source, the offset in it, the bytes there and the encoding
     */
    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        while (!utf8.hasRemaining()) {
            if (flushed) {
                return -1;
            }
            transcode();
        }
        int some = Math.min(length, utf8.remaining());
        utf8.get(to, from, some);
        return some;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** One step: more bytes if the last ones are used up, their characters, and those as UTF-8. */
    private void transcode() throws IOException {
        int before = chars.position();
        CoderResult result = decoder.decode(bytes, chars, atEnd);
        if (result.isError() && chars.position() == before) {
            throw malformed(result.length());
        }
        if (result.isUnderflow()) {
            if (atEnd) {
                flushed = decoder.flush(chars).isUnderflow();
            } else {
                fill();
            }
        }
        chars.flip();
        utf8.clear();
        CoderResult encoded = encoder.encode(chars, utf8, flushed);
        utf8.flip();
        chars.compact(); // the first half of a surrogate pair waits for the second
        if (encoded.isError()) {
            // Only UTF-32 lets a lone surrogate through; it has no place in UTF-8.
            throw Failure.data("%s: a lone surrogate (U+%04X) stands before byte %,d; mend the text",
                    source, (int) chars.get(0), offset + bytes.position());
        }
    }

    private void fill() throws IOException {
        offset += bytes.position();
        bytes.compact();
        int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
        bytes.position(bytes.position() + Math.max(0, read)).flip();
        atEnd = read < 0;
    }

    private Failure malformed(int length) {
        int at = bytes.position();
        int end = Math.min(bytes.limit(), at + Math.max(1, length));
        return TextEncoding.malformed(charset, bytes.array(), at, end, offset + at, source);
    }
}
