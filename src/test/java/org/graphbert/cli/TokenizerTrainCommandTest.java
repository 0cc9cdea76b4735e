package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code tokenizer train} makes of bad input and options, for every type. */
class TokenizerTrainCommandTest {

    private static final Pattern AT_MOST = Pattern.compile("ask for at most (\\d+)");
    private static final Pattern AT_LEAST = Pattern.compile("ask for at least (\\d+)");

    @TempDir
    private Path directory;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeEach
    void writeText() throws IOException {
        text("a.txt", "low low low low low lower lower\nwidest widest widest\nnewest newest newest newest newest newest\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram", "bpe"})
    void aCorpusWithoutWords(String type) throws IOException {
        for (String empty : List.of("", "\n\n  \n\t\n")) {
            text("empty.txt", empty);
            refused(3, "the input holds no words, expected text to train", type, "30", "--input", path("empty.txt"));
        }
        Files.write(directory.resolve("latin.txt"), new byte[] {'a', '\n', (byte) 0xE9, '\n'});
        refused(3, "latin.txt: byte 2 (0xE9) is not UTF-8; name the encoding with --encoding", type, "30",
                "--input", path("latin.txt"));
    }

    /** The bounds that a refusal names can be relied on: that very size works, and one beyond it is refused again. */
    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram", "bpe"})
    void theSizesNamedAreTheBounds(String type) throws IOException {
        for (int seed = 0; seed < 6; seed++) {
            text("random.txt", randomText(new Random(seed)));
            String[] options = type.equals("wordpiece") || seed % 2 == 0
                    ? new String[] {"--input", path("random.txt"), "--unused", "" + seed}
                    : new String[] {"--input", path("random.txt"), "--byte-fallback", "--user-defined", "ab", "x y"};
            int most = bound(AT_MOST, type, 100_000, options);
            int least = bound(AT_LEAST, type, 1 + seed, options);
            assertTrue(5 < least && least <= most, least + " to " + most);
            for (int size : new int[] {least, most}) {
                Path output = directory.resolve(type + seed + "-" + size);
                assertEquals(0, train(type, size, output, options), console::err);
                assertEquals(size, Tokenizers.load(output, null).size());
            }
            assertEquals(least, bound(AT_LEAST, type, least - 1, options));
            assertEquals(most, bound(AT_MOST, type, most + 1, options));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram", "bpe"})
    void theNumberOfThreadsChangesNoByte(String type) throws IOException {
        text("random.txt", randomText(new Random(8)));
        String[] written = {"one", "two"};
        for (int threads = 1; threads <= 2; threads++) {
            assertEquals(0, train(type, 60, directory.resolve(written[threads - 1]), "--input", path("random.txt"),
                    "--threads", "" + threads), console::err);
        }
        try (var files = Files.list(directory.resolve("one"))) {
            List<Path> all = files.toList();
            assertEquals(type.equals("wordpiece") ? 3 : 2, all.size());
            for (Path file : all) {
                assertArrayEquals(
                        Files.readAllBytes(file), Files.readAllBytes(directory.resolve("two").resolve(file.getFileName())));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram", "bpe"})
    void theSpecialTokensComeFirst(String type) throws IOException {
        assertEquals(0, train(type, 25, directory.resolve(type), "--input", path("a.txt"), "--unused", "1"), console::err);
        Tokenizer tokenizer = Tokenizers.load(directory.resolve(type), null);
        List<String> first = new ArrayList<>();
        for (int id = 0; id < 6; id++) {
            first.add(tokenizer.token(id));
        }
        assertEquals(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]"), first);
    }

    @Test
    void optionsOfAnotherTypeOrThatCannotBe() throws IOException {
        String[] input = {"--input", path("a.txt")};
        refused(2, "--cased is for --type wordpiece, not for bpe", "bpe", "25", with(input, "--cased"));
        refused(2, "--min-frequency is for --type wordpiece", "unigram", "25", with(input, "--min-frequency", "2"));
        refused(2, "--limit-alphabet is for --type wordpiece", "unigram", "25", with(input, "--limit-alphabet", "9"));
        refused(2, "--byte-fallback is for --type unigram or bpe", "wordpiece", "25", with(input, "--byte-fallback"));
        refused(2, "--user-defined is for --type unigram or bpe", "wordpiece", "25", with(input, "--user-defined", "x"));
        refused(2, "--character-coverage is for", "wordpiece", "25", with(input, "--character-coverage", "1"));
        refused(2, "--normalization is for", "wordpiece", "25", with(input, "--normalization", "nfkc"));
        refused(2, "--normalization is 'nfd', expected one of nmt_nfkc", "bpe", "25", with(input, "--normalization", "nfd"));
        refused(2, "--type is 'char', expected one of wordpiece, unigram, bpe", "char", "25", input);
        for (String type : List.of("wordpiece", "unigram", "bpe")) {
            refused(2, "--vocab-size is 0", type, "0", input);
            refused(2, "--unused is 2000000000, expected", type, "25", with(input, "--unused", "2000000000"));
        }
        refused(2, "--user-defined holds '[unused0]', which the vocabulary has already", "bpe", "25",
                with(input, "--unused", "1", "--user-defined", "[unused0]"));
        refused(2, "--user-defined holds '<0x41>', which the vocabulary has already", "bpe", "300",
                with(input, "--byte-fallback", "--user-defined", "<0x41>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece", "unigram", "bpe"})
    void placesThatCannotBeWrittenTo(String type) throws IOException {
        String[] input = {"--input", path("a.txt")};
        Path file = directory.resolve("a.txt");
        assertEquals(2, train(type, 25, file, input));
        assertEquals("graphbert tokenizer train: " + file + ": is a file, expected a directory to write the tokenizer into\n",
                console.err().replace("\r", ""), "before any work");
        assertEquals(2, train(type, 25, file.resolve("below"), input));
        console.printsToErr("cannot be written: Not a directory; choose a place");
        // Something in the way of a file is as good as a directory without the right to write, which root always has.
        Path taken = directory.resolve("taken");
        Files.createDirectories(taken.resolve("tokenizer_config.json.partial"));
        assertEquals(2, train(type, 25, taken, input));
        console.printsToErr("tokenizer_config.json cannot be written: Is a directory; choose a place");
    }

    @Test
    void aTokenizerOfAnotherTypeIsNeverOverwritten() throws IOException {
        List<String> types = List.of("wordpiece", "unigram", "bpe");
        for (String type : types) {
            assertEquals(0, train(type, 25, directory.resolve(type), "--input", path("a.txt")), console::err);
            assertEquals(0, train(type, 25, directory.resolve(type), "--input", path("a.txt")), console::err);
            console.printsToErr("holds this very tokenizer already and is reused");
        }
        for (String type : types) {
            for (String other : types) {
                if (!type.equals(other)) {
                    assertEquals(2, train(type, 25, directory.resolve(other), "--input", path("a.txt")));
                    console.printsToErr("holds another tokenizer (" + other + ", 25 entries");
                }
            }
        }
        Files.copy(directory.resolve("bpe/spiece.model"), directory.resolve("bpe/second.model"));
        assertEquals(3, train("bpe", 25, directory.resolve("bpe"), "--input", path("a.txt")));
        console.printsToErr("holds 2 SentencePiece models (second.model, spiece.model");
        Files.createDirectories(directory.resolve("junk"));
        text("junk/x.model", "junk");
        assertEquals(3, train("bpe", 25, directory.resolve("junk"), "--input", path("a.txt")));
        console.printsToErr("x.model: not a SentencePiece model");
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 400; i++) {
            for (int length = 1 + random.nextInt(6); length > 0; length--) {
                text.append((char) ('a' + random.nextInt(1 + random.nextInt(8))));
            }
            text.append(i % 10 == 9 ? '\n' : ' ');
        }
        return text.append("\u4F60\u597D\n").toString();
    }

    private int bound(Pattern pattern, String type, int size, String... options) {
        assertEquals(2, train(type, size, directory.resolve("refused"), options));
        Matcher matcher = pattern.matcher(console.err());
        assertTrue(matcher.find(), console.err());
        return Integer.parseInt(matcher.group(1));
    }

    private void refused(int code, String message, String type, String size, String... options) {
        assertEquals(code, run(type, size, directory.resolve("refused"), options), console::err);
        console.printsToErr(message);
        assertFalse(console.err().contains("Exception"), console.err());
        assertFalse(Files.exists(directory.resolve("refused")));
    }

    private int train(String type, int size, Path output, String... options) {
        return run(type, Integer.toString(size), output, options);
    }

    private int run(String type, String size, Path output, String... options) {
        return console.run(with(
                new String[] {"tokenizer", "train", "--type", type, "--vocab-size", size, "--output", output.toString()},
                options));
    }

    private static String[] with(String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void text(String name, String content) throws IOException {
        Files.writeString(directory.resolve(name), content);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
