package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.SentencePieceTraining.Type;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec.ModelType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A damaged file either is a tokenizer still, and then encodes without an error, or is refused in one line. */
class DamagedTokenizersTest {

    private static final int FLIPS = 3000;

    /** Words, nothing, spaces, rules' characters, half a surrogate pair, what only bytes can spell, a long run. */
    private static final List<String> TEXTS = List.of(
            "low lower newest", "", "  ", "\uFF21e\u0301\uFB01 \t \u00A8", "x\uD800y \u0000 \uD83D\uDE00",
            "\u0001\uFFFD\u2581\u2581 lo\u2581w [MASK] <0x41>", "widest".repeat(40));

    @ParameterizedTest
    @EnumSource
    void aModelCutAnywhere(Type type) {
        byte[] model = model(type);
        for (int length = 0; length < model.length; length++) {
            check(Arrays.copyOf(model, length), DamagedTokenizersTest::sentencePiece);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aModelWithBitsTurned(Type type) {
        flip(model(type), DamagedTokenizersTest::sentencePiece);
    }

    @Test
    void bytesByChanceAndText() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            check(bytes, DamagedTokenizersTest::sentencePiece);
        }
        refused("not a SentencePiece model, or one that was cut or damaged, in its 13 bytes", "Plain text...".getBytes());
        refused("without pieces in its 0 bytes", new byte[0]);
    }

    @Test
    void modelsOfOtherKindsSayWhatTheyAre() throws Exception {
        ModelProto proto = ModelProto.parseFrom(model(Type.BPE));
        for (ModelType type : List.of(ModelType.WORD, ModelType.CHAR)) {
            ModelProto.Builder other = proto.toBuilder();
            other.getTrainerSpecBuilder().setModelType(type);
            refused("of type " + type + ", expected UNIGRAM or BPE", other.build().toByteArray());
        }
        refused("no [MASK] or <mask> among the", proto.toBuilder().removePieces(4).build().toByteArray());
        refused("no piece of type UNKNOWN", proto.toBuilder().removePieces(1).build().toByteArray());
        refused("are both '[SEP]'", proto.toBuilder().addPieces(proto.getPieces(3)).build().toByteArray());
    }

    @Test
    void wordPieceFiles() {
        List<String> entries = WordPieceTokenizerTest.ENTRIES;
        byte[] vocabulary = (String.join("\n", entries) + "\n").getBytes(StandardCharsets.UTF_8);
        Function<byte[], Tokenizer> text =
                bytes -> new WordPieceTokenizer(Vocabulary.parse(bytes, "x"), WordPieceOptions.uncased());
        flip(vocabulary, text);
        byte[] json = WordPieceFiles.tokenizerJson(WordPieceTokenizer.of(entries, WordPieceOptions.uncased()))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        Function<byte[], Tokenizer> read = bytes -> TokenizerJson.read(bytes, Path.of("x"));
        flip(json, read);
        for (int length = 0; length < json.length; length++) {
            check(Arrays.copyOf(json, length), read);
        }
        String array = new String(json, StandardCharsets.UTF_8).replaceAll("\"vocab\":\\{[^}]*}", "\"vocab\":[1,2]");
        Failure failure = assertThrows(Failure.class, () -> read.apply(array.getBytes(StandardCharsets.UTF_8)));
        assertEquals("x: model.vocab is array, expected an object of tokens with their ids", failure.getMessage());
    }

    /** A small model that has everything: a few rules, bytes with unigram, a user-defined piece, an unused slot. */
    private static byte[] model(Type type) {
        SentencePieceTraining settings = new SentencePieceTraining(
                type, type == Type.UNIGRAM ? 280 : 25, 1, type == Type.UNIGRAM, List.of("low"), 1, "identity", 0, 1);
        List<String> lines = List.of("low low lower", "newest newest widest widest");
        SentencePieceTokenizer trained =
                (SentencePieceTokenizer) SentencePieceTrainer.train(lines.iterator(), settings, Progress.SILENT).tokenizer();
        ModelProto.Builder model = trained.model().proto().toBuilder();
        CharacterMap rules = CharacterMap.of(Map.of("\uFF21", "A", "e\u0301", "\u00E9", "\uFB01", "fi", "\t", " "));
        model.getNormalizerSpecBuilder().setPrecompiledCharsmap(rules.bytes());
        return model.build().toByteArray();
    }

    private static Tokenizer sentencePiece(byte[] bytes) {
        return SentencePieceTokenizer.parse(bytes, "x");
    }

    private static void flip(byte[] bytes, Function<byte[], Tokenizer> read) {
        Random random = new Random(17);
        int loaded = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] damaged = bytes.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            loaded += check(damaged, read).isPresent() ? 1 : 0;
        }
        assertTrue(loaded > FLIPS / 100 && loaded < FLIPS, loaded + " of " + FLIPS + " loaded");
    }

    /** Anything but a {@link Failure} ends the test. */
    private static Optional<Tokenizer> check(byte[] bytes, Function<byte[], Tokenizer> read) {
        Tokenizer tokenizer;
        try {
            tokenizer = read.apply(bytes);
        } catch (Failure e) {
            assertEquals(3, e.exitCode());
            assertFalse(e.getMessage().matches("(?s).*(\n|Exception|Stream|java).*"), e.getMessage());
            return Optional.empty();
        }
        for (String text : TEXTS) {
            tokenizer.tokens(text);
            tokenizer.decode(tokenizer.encode(text).ids());
        }
        tokenizer.decode(IntStream.range(0, tokenizer.size()).toArray());
        return Optional.of(tokenizer);
    }

    private static void refused(String message, byte[] model) {
        Failure failure = assertThrows(Failure.class, () -> sentencePiece(model));
        assertEquals(3, failure.exitCode());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }
}
