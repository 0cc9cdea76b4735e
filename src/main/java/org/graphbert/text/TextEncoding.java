package org.graphbert.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CoderResult;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/** Which encoding text is in ({@code --encoding}), and what is said of bytes that are not in it. */
public final class TextEncoding {

    private static final String EXAMPLES = "UTF-8, UTF-16, windows-1252, ISO-8859-2, KOI8-R, Shift_JIS, GB18030 or Big5";

    /** Byte order marks, none of them UTF-8; the longer one first where another begins it. */
    private static final List<String> MARKS = List.of("FF FE 00 00", "00 00 FE FF", "FF FE", "FE FF");
    private static final int LONGEST_MARK = 4;
    private static final String NAMED_BYTE = "0x%02X";

    private TextEncoding() {}

    /**
     * The encoding of a name that Java knows, aliases too.
     *
     * @throws Failure (usage) if it knows none; what differs in punctuation or case only is suggested
     */
    public static Charset named(String name) {
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            String hint = Charset.availableCharsets().values().stream()
                    .filter(charset -> Stream.concat(Stream.of(charset.name()), charset.aliases().stream())
                            .anyMatch(known -> bare(known).equals(bare(name))))
                    .findFirst()
                    .map(charset -> "did you mean " + charset.name() + "?")
                    .orElse("expected a name such as " + EXAMPLES);
            throw Failure.usage("--encoding is '%s', which Java does not know; %s", name, hint);
        }
    }

    /**
     * Checks bytes strictly, where {@code new String} would put U+FFFD.
     *
     * @param offset where {@code bytes[0]} lies in its source
     * @param source what errors name: a file, or "stdin"
     * @throws Failure (data) if the bytes [from, to) are not UTF-8
     */
    static void requireUtf8(byte[] bytes, int from, int to, long offset, Object source) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, CharBuffer.allocate(to - from), true);
        if (!result.isError()) {
            return;
        }
        String start = offset + from > 0 ? "" : hex("%02X", bytes, from, Math.min(from + LONGEST_MARK, to));
        for (String mark : MARKS) {
            if (start.startsWith(mark)) {
                String encoding = mark.contains("00") ? "UTF-32" : "UTF-16";
                throw Failure.data("%s: looks like %s, not UTF-8 (it begins with %s); read it with --encoding %s",
                        source, encoding, mark, encoding);
            }
        }
        int at = in.position();
        throw Failure.data("%s: byte %,d (%s) is not UTF-8; name the encoding with --encoding (such as windows-1252),"
                + " or convert the text", source, offset + at, hex(NAMED_BYTE, bytes, at, at + 1));
    }

    /** What is said of the bytes [from, to) at that offset of the source. */
    static Failure malformed(Charset charset, byte[] bytes, int from, int to, long offset, Object source) {
        return Failure.data("%s: byte %,d (%s) is not %s; name another --encoding, or mend the text",
                source, offset, hex(NAMED_BYTE, bytes, from, to), charset.name());
    }

    private static String hex(String format, byte[] bytes, int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> String.format(format, bytes[i])).collect(Collectors.joining(" "));
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
