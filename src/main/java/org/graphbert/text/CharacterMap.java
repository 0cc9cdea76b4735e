package org.graphbert.text;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.graphbert.config.Failure;

/**
 * The rules of a SentencePiece model's normalisation, its {@code precompiled_charsmap}: sequences of characters, each
 * with what replaces it; of several that a text begins with, the longest counts. In a file it is the size of a
 * {@link DoubleArray} in bytes (uint32, the lowest byte first), that array, and the replacements, each ended by a zero
 * byte; a key's value is where its replacement begins.
 */
final class CharacterMap {

    /** No rules: text stays as it is. */
    static final CharacterMap IDENTITY = new CharacterMap(new DoubleArray(new int[1]), new byte[0], ByteString.EMPTY);

    private final DoubleArray rules;
    private final byte[] replacements;
    private final ByteString bytes;

    private CharacterMap(DoubleArray rules, byte[] replacements, ByteString bytes) {
        this.rules = rules;
        this.replacements = replacements;
        this.bytes = bytes;
    }

    /**
     * Reads the map out of a model.
     *
     * @param source what errors name
     * @throws Failure (data) if the bytes are not such a map
     */
    static CharacterMap read(ByteString bytes, Object source) {
        if (bytes.isEmpty()) {
            return IDENTITY;
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        int size = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size >= buffer.remaining()) {
            throw broken(source, "its size of %d bytes does not hold a trie of %d", bytes.size(), size);
        }
        byte[] replacements = new byte[buffer.remaining() - size];
        buffer.duplicate().position(buffer.position() + size).get(replacements);
        DoubleArray trie = DoubleArray.read(buffer.slice(buffer.position(), size));
        if (trie.highestValue() >= replacements.length || replacements[replacements.length - 1] != 0) {
            throw broken(source, "its replacements are %d bytes, %d and more are referred to",
                    replacements.length, trie.highestValue() + 1);
        }
        return new CharacterMap(trie, replacements, bytes);
    }

    /** Compiles rules, characters to characters. */
    static CharacterMap of(Map<String, String> rules) {
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        Map<String, Integer> offsets = new HashMap<>();
        for (String replacement : new TreeSet<>(new HashSet<>(rules.values()))) {
            offsets.put(replacement, texts.size());
            texts.writeBytes(replacement.getBytes(StandardCharsets.UTF_8));
            texts.write(0);
        }
        DoubleArrayBuilder.Entry[] entries = rules.entrySet().stream()
                .map(rule -> DoubleArrayBuilder.Entry.of(rule.getKey(), offsets.get(rule.getValue())))
                .toArray(DoubleArrayBuilder.Entry[]::new);
        DoubleArray trie = new DoubleArrayBuilder(entries).build();
        byte[] units = trie.toBytes();
        ByteBuffer file = ByteBuffer.allocate(Integer.BYTES + units.length + texts.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(units.length)
                .put(units)
                .put(texts.toByteArray());
        return new CharacterMap(trie, texts.toByteArray(), ByteString.copyFrom(file.flip()));
    }

    /** As it stands in a model; empty if there are no rules. */
    ByteString bytes() {
        return bytes;
    }

    /** The rules by what they replace. */
    SortedMap<String, String> rules() {
        SortedMap<String, String> map = new TreeMap<>();
        rules.forEach((from, at) -> map.put(new String(from, StandardCharsets.UTF_8), replacement(at)));
        return map;
    }

    /** The trie of the rules, their values as {@link #replacements} has them. */
    DoubleArray trie() {
        return rules;
    }

    /** The replacements in UTF-8, each ended by a zero byte. */
    byte[] replacements() {
        return replacements;
    }

    private String replacement(int from) {
        int end = from;
        while (replacements[end] != 0) {
            end++;
        }
        return new String(replacements, from, end - from, StandardCharsets.UTF_8);
    }

    private static Failure broken(Object source, String format, Object... arguments) {
        return Failure.data(
                "%s: the normalisation rules are broken (%s), expected sentencepiece's precompiled_charsmap; get the model again",
                source, String.format(format, arguments));
    }
}
