package org.graphbert.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.text.Encoding;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * For tests: the word "12" is one token, "12+3" is that token and the piece "##3"; a final full stop is dropped, other
 * words are [UNK].
 */
final class NumberTokenizer implements Tokenizer {

    static final int WORDS = 5000;
    static final int PIECES = 10;
    static final int FIRST_WORD = 5;
    static final int FIRST_PIECE = FIRST_WORD + WORDS;
    private static final String[] SPECIALS = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

    private final String checksum;

    NumberTokenizer() {
        this("numbers");
    }

    NumberTokenizer(String checksum) {
        this.checksum = checksum;
    }

    @Override
    public Encoding encode(String text) {
        int[] ids = text.isBlank() ? new int[0] : Arrays.stream(text.strip().split("\\s+")).flatMapToInt(NumberTokenizer::ids).toArray();
        boolean[] starts = new boolean[ids.length];
        for (int i = 0; i < ids.length; i++) {
            starts[i] = startsWord(ids[i]);
        }
        return new Encoding(ids, starts, new int[ids.length], new int[ids.length]);
    }

    private static IntStream ids(String word) {
        String[] parts = word.replaceFirst("\\.$", "").split("\\+");
        if (parts[0].equals("skip")) { // what a tokenizer's cleaning leaves nothing of
            return IntStream.empty();
        }
        if (!parts[0].matches("[0-9]{1,4}") || Integer.parseInt(parts[0]) >= WORDS) {
            return IntStream.of(1);
        }
        return IntStream.range(0, parts.length)
                .map(i -> (i == 0 ? FIRST_WORD : FIRST_PIECE) + Integer.parseInt(parts[i]));
    }

    @Override
    public String decode(int[] ids) {
        return IntStream.of(ids).mapToObj(this::token).collect(Collectors.joining(" "));
    }

    @Override
    public String token(int id) {
        return id < FIRST_WORD ? SPECIALS[id] : id < FIRST_PIECE ? "" + (id - FIRST_WORD) : "##" + (id - FIRST_PIECE);
    }

    @Override
    public OptionalInt id(String token) {
        return IntStream.range(0, size()).filter(i -> token(i).equals(token)).findFirst();
    }

    @Override
    public int size() {
        return FIRST_PIECE + PIECES;
    }

    @Override
    public SpecialTokens special() {
        return new SpecialTokens(0, 1, 2, 3, 4);
    }

    @Override
    public boolean startsWord(int id) {
        return id < FIRST_PIECE;
    }

    @Override
    public String type() {
        return "numbers";
    }

    @Override
    public String checksum() {
        return checksum;
    }

    @Override
    public void save(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("numbers.txt"), checksum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
