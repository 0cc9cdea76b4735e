package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every line of Hugging Face's tokenizers, ids and tokens. */
class GoldenWordPieceTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(strings = {"uncased", "cased"})
    void reproducesEveryLine(String name) throws IOException {
        WordPieceOptions options = name.equals("cased") ? WordPieceOptions.cased() : WordPieceOptions.uncased();
        WordPieceTokenizer tokenizer =
                new WordPieceTokenizer(Vocabulary.parse(resource("wordpiece-vocab.txt"), "golden"), options);
        JsonNode cases = JSON.readTree(resource("cases.json"));
        String[] expected =
                new String(resource("wordpiece-" + name + ".jsonl"), StandardCharsets.UTF_8).split("\n");
        assertEquals(expected.length, cases.size());
        for (int i = 0; i < expected.length; i++) {
            JsonNode line = JSON.readTree(expected[i]);
            int[] ids = tokenizer.encode(cases.get(i).asText()).ids();
            int[] expectedIds = StreamSupport.stream(line.get("ids").spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray();
            assertArrayEquals(expectedIds, ids, "case " + i + ": " + cases.get(i));
            String[] tokens = Arrays.stream(ids).mapToObj(tokenizer::token).toArray(String[]::new);
            String[] expectedTokens = StreamSupport.stream(line.get("tokens").spliterator(), false)
                    .map(JsonNode::asText)
                    .toArray(String[]::new);
            assertArrayEquals(expectedTokens, tokens, "case " + i + ": " + cases.get(i));
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenWordPieceTest.class.getResourceAsStream("/golden/tokenizer/" + name)) {
            return in.readAllBytes();
        }
    }
}
