package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of Hugging Face's tokenizers and of sentencepiece, ids and tokens. */
class GoldenTokenizersTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"wordpiece-uncased", "wordpiece-cased", "unigram", "bpe"})
    void reproducesEveryLine(String name) throws IOException {
        Tokenizer tokenizer = tokenizer(name);
        JsonNode cases = JSON.readTree(resource("cases.json"));
        String[] expected = new String(resource(name + ".jsonl"), StandardCharsets.UTF_8).split("\n");
        assertEquals(expected.length, cases.size());
        for (int i = 0; i < expected.length; i++) {
            JsonNode line = JSON.readTree(expected[i]);
            String text = cases.get(i).asText();
            int[] ids = StreamSupport.stream(line.get("ids").spliterator(), false).mapToInt(JsonNode::asInt).toArray();
            assertArrayEquals(ids, tokenizer.encode(text).ids(), "case " + i + ": " + text);
            List<String> tokens =
                    StreamSupport.stream(line.get("tokens").spliterator(), false).map(JsonNode::asText).toList();
            assertEquals(tokens, tokenizer.tokens(text), "case " + i + ": " + text);
        }
    }

    static Tokenizer tokenizer(String name) throws IOException {
        if (!name.startsWith("wordpiece")) {
            return SentencePieceTokenizer.parse(resource(name + ".model"), name + ".model");
        }
        WordPieceOptions options = name.endsWith("-cased") ? WordPieceOptions.cased() : WordPieceOptions.uncased();
        return new WordPieceTokenizer(Vocabulary.parse(resource("wordpiece-vocab.txt"), "golden"), options);
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenTokenizersTest.class.getResourceAsStream("/golden/tokenizer/" + name)) {
            return in.readAllBytes();
        }
    }
}
