package org.graphbert.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.graphbert.config.Failure;

/** The entries of a vocabulary in the order of their ids, all different and all five special tokens among them. */
final class Vocabulary {

    /** The special tokens in the order in which a trained vocabulary begins. */
    static final List<String> SPECIAL = List.of(
            SpecialTokens.PAD, SpecialTokens.UNK, SpecialTokens.CLS, SpecialTokens.SEP, SpecialTokens.MASK);

    /** Some editors put it at the beginning of a file. */
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final List<String> entries;
    private final Map<String, Integer> ids;
    private final SpecialTokens special;

    /**
     * @param entries the tokens, the id of each being its index
     * @param source what errors name: a file, or "the trained vocabulary"
     * @throws Failure (data) if an entry occurs twice, is empty, or a special token is missing
     */
    Vocabulary(List<String> entries, Object source) {
        this.entries = List.copyOf(entries);
        ids = new HashMap<>(2 * entries.size());
        for (int id = 0; id < entries.size(); id++) {
            String entry = entries.get(id);
            if (entry.isEmpty()) {
                throw Failure.data(
                        "%s: entry %d (line %d) is empty, expected a token a line; remove the line", source, id, id + 1);
            }
            Integer first = ids.put(entry, id);
            if (first != null) {
                throw Failure.data(
                        "%s: entries %d and %d (lines %d and %d) are both '%s', expected each token once; remove one",
                        source, first, id, first + 1, id + 1, entry);
            }
        }
        for (String token : SPECIAL) {
            if (!ids.containsKey(token)) {
                throw Failure.data(
                        "%s: no %s among the %,d entries, expected all of %s; is this a BERT vocabulary?",
                        source, token, entries.size(), String.join(" ", SPECIAL));
            }
        }
        special = new SpecialTokens(
                ids.get(SpecialTokens.PAD),
                ids.get(SpecialTokens.UNK),
                ids.get(SpecialTokens.CLS),
                ids.get(SpecialTokens.SEP),
                ids.get(SpecialTokens.MASK));
    }

    /**
     * Reads a vocab.txt: UTF-8, a token a line. Lines end at LF or CR LF only, as a token may be any other character.
     *
     * @throws Failure (data) if the bytes are not UTF-8, naming the offset, or the entries are wrong
     */
    static Vocabulary parse(byte[] bytes, Object source) {
        String text = decodeUtf8(bytes, source);
        List<String> entries = new ArrayList<>();
        int from = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length() : 0;
        while (from < text.length()) {
            int lineFeed = text.indexOf('\n', from);
            int end = lineFeed < 0 ? text.length() : lineFeed;
            boolean carriageReturn = end > from + 1 && text.charAt(end - 1) == '\r';
            entries.add(text.substring(from, carriageReturn ? end - 1 : end));
            from = end + 1;
        }
        return new Vocabulary(entries, source);
    }

    /** Strict UTF-8: where {@code new String} would put U+FFFD, this fails and names the byte. */
    static String decodeUtf8(byte[] bytes, Object source) {
        return decodeUtf8(bytes, 0, bytes.length, 0, source);
    }

    /** The same for the bytes [from, to) of an array that lies at an offset in its source. */
    static String decodeUtf8(byte[] bytes, int from, int to, long offset, Object source) {
        ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
        CharBuffer out = CharBuffer.allocate(to - from);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            throw Failure.data(
                    "%s: byte 0x%02X at offset %d is not UTF-8, expected text in UTF-8; convert it first",
                    source, bytes[in.position()], offset + in.position());
        }
        return out.flip().toString();
    }

    List<String> entries() {
        return entries;
    }

    int size() {
        return entries.size();
    }

    String token(int id) {
        requireId(id, entries.size());
        return entries.get(id);
    }

    /** @throws Failure (data) if a vocabulary of this size has no such id */
    static void requireId(int id, int size) {
        if (id < 0 || id >= size) {
            throw Failure.data("token id %d is outside the vocabulary, expected 0 to %d", id, size - 1);
        }
    }

    OptionalInt id(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    SpecialTokens special() {
        return special;
    }

    /** The text of a vocab.txt. */
    String toText() {
        return String.join("\n", entries) + "\n";
    }
}
