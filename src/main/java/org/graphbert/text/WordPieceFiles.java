package org.graphbert.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.config.JsonReason;

/**
 * A WordPiece tokenizer as the three files that the field knows: Google's vocab.txt, and Hugging Face's
 * tokenizer_config.json (for transformers) and tokenizer.json (for tokenizers).
 */
final class WordPieceFiles {

    static final String VOCABULARY = "vocab.txt";
    static final String CONFIG = "tokenizer_config.json";
    static final String TOKENIZER = "tokenizer.json";

    /** BERT's number of positions. */
    static final int MODEL_MAX_LENGTH = 512;

    /** The tokenizer classes of transformers that are BERT's tokenizer under one name or another. */
    private static final List<String> BERT_CLASSES = List.of(
            "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "DistilBertTokenizerFast",
            "ElectraTokenizer", "ElectraTokenizerFast", "PreTrainedTokenizerFast", "TokenizersBackend");

    /** A token listed twice is an error, not whichever id comes last. */
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private WordPieceFiles() {}

    /** Writes all three files; each is written aside and renamed, vocab.txt last, so it never names half a tokenizer. */
    static void write(WordPieceTokenizer tokenizer, Path directory) {
        WholeFile.createDirectories(directory);
        WholeFile.write(directory.resolve(TOKENIZER), pretty(tokenizerJson(tokenizer)));
        WholeFile.write(directory.resolve(CONFIG), pretty(config(tokenizer)));
        WholeFile.write(directory.resolve(VOCABULARY), String.join("\n", tokenizer.entries()) + "\n");
    }

    /**
     * The options that a tokenizer_config.json states, BERT's defaults where it is silent.
     *
     * @throws Failure (data) if it isn't JSON or belongs to another kind of tokenizer
     */
    static WordPieceOptions readConfig(byte[] bytes, Path source) {
        JsonNode config = parse(bytes, source);
        String type = config.path("tokenizer_class").asText(BERT_CLASSES.get(0));
        if (!BERT_CLASSES.contains(type)) {
            throw Failure.data(
                    "%s: tokenizer_class is '%s', expected one of BERT's: %s", source, type, String.join(", ", BERT_CLASSES));
        }
        boolean lowerCase = bool(config, "do_lower_case", true, source);
        return new WordPieceOptions(
                lowerCase,
                bool(config, "strip_accents", lowerCase, source),
                bool(config, "tokenize_chinese_chars", true, source),
                maxWordLength(config, source));
    }

    static JsonNode parse(byte[] bytes, Path source) {
        try {
            JsonNode node = JSON.readTree(Vocabulary.decodeUtf8(bytes, source));
            if (node == null || !node.isObject()) {
                throw Failure.data("%s: is not a JSON object, expected Hugging Face's format", source);
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Failure.data(
                    "%s: line %d is not JSON (%s), expected Hugging Face's format",
                    source,
                    e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                    JsonReason.of(e),
                    e);
        }
    }

    static int maxWordLength(JsonNode node, Object source) {
        JsonNode value = node.path("max_input_chars_per_word");
        if (value.isMissingNode() || value.isNull()) {
            return WordPieceOptions.DEFAULT_MAX_WORD_LENGTH;
        }
        if (!value.canConvertToInt() || value.intValue() < 1) {
            throw Failure.data("%s: max_input_chars_per_word is %s, expected a whole number of at least 1", source, value);
        }
        return value.intValue();
    }

    /** A key that may be missing or null, which in Hugging Face's files means the default. */
    static boolean bool(JsonNode node, String key, boolean otherwise, Object source) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw Failure.data("%s: %s is %s, expected true, false or null", source, key, value);
        }
        return value.booleanValue();
    }

    /** The special tokens as transformers lists them, in the order of their ids. */
    static void putAddedTokens(ObjectNode config, Tokenizer tokenizer) {
        ObjectNode added = config.putObject("added_tokens_decoder");
        SpecialTokens special = tokenizer.special();
        IntStream.of(special.pad(), special.unk(), special.cls(), special.sep(), special.mask())
                .sorted()
                .forEach(id -> added.putObject(Integer.toString(id))
                        .put("content", tokenizer.token(id))
                        .put("lstrip", false)
                        .put("normalized", false)
                        .put("rstrip", false)
                        .put("single_word", false)
                        .put("special", true));
    }

    private static ObjectNode config(WordPieceTokenizer tokenizer) {
        WordPieceOptions options = tokenizer.options();
        ObjectNode config = JSON.createObjectNode();
        putAddedTokens(config, tokenizer);
        return config.put("cls_token", SpecialTokens.CLS)
                .put("do_basic_tokenize", true)
                .put("do_lower_case", options.lowerCase())
                .put("mask_token", SpecialTokens.MASK)
                .put("max_input_chars_per_word", options.maxWordLength())
                .put("model_max_length", MODEL_MAX_LENGTH)
                .put("pad_token", SpecialTokens.PAD)
                .put("sep_token", SpecialTokens.SEP)
                .put("strip_accents", options.stripAccents())
                .put("tokenize_chinese_chars", options.splitChinese())
                .put("tokenizer_class", "BertTokenizer")
                .put("unk_token", SpecialTokens.UNK);
    }

    /**
     * For the tokenizers library. The special tokens are not listed as added tokens, since that library would then find
     * them in the text too, where google-research/bert and graphbert read "[MASK]" as ordinary text; transformers adds
     * them on its own from tokenizer_config.json.
     */
    static ObjectNode tokenizerJson(WordPieceTokenizer tokenizer) {
        WordPieceOptions options = tokenizer.options();
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding").putArray("added_tokens");
        root.putObject("normalizer")
                .put("type", "BertNormalizer")
                .put("clean_text", true)
                .put("handle_chinese_chars", options.splitChinese())
                .put("strip_accents", options.stripAccents())
                .put("lowercase", options.lowerCase());
        root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
        ObjectNode processor = root.putObject("post_processor").put("type", "BertProcessing");
        special(processor.putArray("sep"), SpecialTokens.SEP, tokenizer);
        special(processor.putArray("cls"), SpecialTokens.CLS, tokenizer);
        root.putObject("decoder")
                .put("type", "WordPiece")
                .put("prefix", WordPieceTokenizer.CONTINUATION)
                .put("cleanup", false);
        ObjectNode model = root.putObject("model")
                .put("type", "WordPiece")
                .put("unk_token", SpecialTokens.UNK)
                .put("continuing_subword_prefix", WordPieceTokenizer.CONTINUATION)
                .put("max_input_chars_per_word", options.maxWordLength());
        ObjectNode vocabulary = model.putObject("vocab");
        for (int id = 0; id < tokenizer.size(); id++) {
            vocabulary.put(tokenizer.token(id), id);
        }
        return root;
    }

    private static void special(ArrayNode pair, String token, WordPieceTokenizer tokenizer) {
        pair.add(token).add(tokenizer.id(token).getAsInt());
    }

    private static String pretty(ObjectNode node) {
        return node.toPrettyString() + "\n";
    }
}
