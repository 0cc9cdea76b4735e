package org.graphbert.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.graphbert.config.Failure;

/** Reads Hugging Face's tokenizer.json where it describes BERT's WordPiece, and refuses what would encode otherwise. */
final class TokenizerJson {

    private final JsonNode root;
    private final Path source;

    private TokenizerJson(JsonNode root, Path source) {
        this.root = root;
        this.source = source;
    }

    /**
     * Reads a tokenizer.json.
     *
     * @throws Failure (data) if it isn't JSON, or its model, normaliser or pre-tokeniser isn't BERT's
     */
    static WordPieceTokenizer read(byte[] bytes, Path source) {
        TokenizerJson json = new TokenizerJson(WordPieceFiles.parse(bytes, source), source);
        return new WordPieceTokenizer(new Vocabulary(json.entries(), source), json.options());
    }

    private WordPieceOptions options() {
        JsonNode normalizer = root.path("normalizer");
        expect(normalizer, "normalizer.type", "type", "BertNormalizer");
        expect(root.path("pre_tokenizer"), "pre_tokenizer.type", "type", "BertPreTokenizer");
        if (!WordPieceFiles.bool(normalizer, "clean_text", true, source)) {
            throw Failure.data("%s: normalizer.clean_text is false, expected true; only BERT's cleaning is known", source);
        }
        boolean lowerCase = WordPieceFiles.bool(normalizer, "lowercase", true, source);
        return new WordPieceOptions(
                lowerCase,
                WordPieceFiles.bool(normalizer, "strip_accents", lowerCase, source),
                WordPieceFiles.bool(normalizer, "handle_chinese_chars", true, source),
                WordPieceFiles.maxWordLength(root.path("model"), source));
    }

    private List<String> entries() {
        JsonNode model = root.path("model");
        expect(model, "model.type", "type", "WordPiece");
        expect(model, "model.unk_token", "unk_token", SpecialTokens.UNK);
        expect(model, "model.continuing_subword_prefix", "continuing_subword_prefix", WordPieceTokenizer.CONTINUATION);
        JsonNode vocabulary = model.path("vocab");
        if (!vocabulary.isObject()) {
            throw Failure.data("%s: model.vocab is %s, expected an object of tokens with their ids",
                    source, vocabulary.getNodeType().name().toLowerCase(Locale.ROOT));
        }
        String[] entries = new String[vocabulary.size()];
        for (Iterator<Map.Entry<String, JsonNode>> i = vocabulary.fields(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = i.next();
            int id = entry.getValue().asInt(-1);
            if (id < 0 || id >= entries.length) {
                throw Failure.data(
                        "%s: token '%s' has id %s, expected 0 to %d without gaps",
                        source, entry.getKey(), entry.getValue(), entries.length - 1);
            }
            if (entries[id] != null) {
                throw Failure.data(
                        "%s: tokens '%s' and '%s' both have id %d, expected an id for each token",
                        source, entries[id], entry.getKey(), id);
            }
            entries[id] = entry.getKey();
        }
        refuseAddedTokens(vocabulary);
        return new ArrayList<>(Arrays.asList(entries));
    }

    /** Added tokens that aren't pieces would be found in text by that library, but not by ours. */
    private void refuseAddedTokens(JsonNode vocabulary) {
        for (JsonNode added : root.path("added_tokens")) {
            String token = added.path("content").asText();
            if (!vocabulary.has(token)) {
                throw Failure.data(
                        "%s: added token '%s' (id %s) is not in model.vocab, expected BERT's special tokens only;"
                                + " add it to the vocabulary or take it out",
                        source, token, added.path("id"));
            }
        }
    }

    private void expect(JsonNode node, String where, String key, String expected) {
        String found = node.path(key).asText("missing");
        if (!found.equals(expected)) {
            throw Failure.data(
                    "%s: %s is %s, expected %s; only BERT's WordPiece tokenizers are read from a tokenizer.json",
                    source, where, found, expected);
        }
    }
}
