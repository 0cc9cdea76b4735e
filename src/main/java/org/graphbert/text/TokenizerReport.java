package org.graphbert.text;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.config.Json;

/**
 * What a tokenizer is.
 *
 * @param type wordpiece, unigram or bpe
 * @param entries of the vocabulary
 * @param wordStarts entries that begin a word, special tokens among them
 * @param continuations entries that go on with one
 * @param longestEntry the entry of most characters
 * @param specialTokens their ids
 * @param lowerCase whether text is lower-cased
 * @param stripAccents whether accents are dropped
 * @param casingStated whether the files state the casing; a vocab.txt alone does not, and is taken to be lower-casing
 * @param sentencePiece what only a SentencePiece model has; null for others
 * @param checksum SHA-256 over everything that decides the encoding
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TokenizerReport(
        String path,
        String type,
        int entries,
        long wordStarts,
        long continuations,
        String longestEntry,
        Map<String, Integer> specialTokens,
        boolean lowerCase,
        boolean stripAccents,
        boolean casingStated,
        SentencePieceFacts sentencePiece,
        String checksum) {

    /** Google's vocabularies have [MASK] at 103, behind its unused entries. */
    private static final int LINES_TO_MASK = 2000;

    /** Whether the path is a tokenizer's directory, a tokenizer.json, a vocabulary or a SentencePiece .model. */
    public static boolean recognises(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return Files.exists(path.resolve(WordPieceFiles.VOCABULARY))
                    || Files.exists(path.resolve(WordPieceFiles.TOKENIZER))
                    || !SentencePieceFiles.list(path).isEmpty();
        }
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        if (!Files.isRegularFile(path)) {
            return false;
        }
        if (name.equals(WordPieceFiles.VOCABULARY) || name.equals(WordPieceFiles.TOKENIZER) || SentencePieceFiles.isNamed(path)) {
            return true;
        }
        return name.endsWith(".txt") && listsMask(path);
    }

    private static boolean listsMask(Path file) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return lines.lines().limit(LINES_TO_MASK).anyMatch(SpecialTokens.MASK::equals);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof MalformedInputException) {
                return false;
            }
            throw e.getCause();
        }
    }

    /** Looks into a tokenizer. */
    public static TokenizerReport of(Path path) {
        Tokenizer tokenizer = Tokenizers.load(path, null);
        SpecialTokens special = tokenizer.special();
        Map<String, Integer> ids = new LinkedHashMap<>();
        IntStream.of(special.pad(), special.unk(), special.cls(), special.sep(), special.mask())
                .forEach(id -> ids.put(tokenizer.token(id), id));
        boolean lowerCase;
        boolean stripAccents;
        SentencePieceFacts facts = null;
        if (tokenizer instanceof SentencePieceTokenizer sentencePiece) {
            // Its rules do not say; they show.
            lowerCase = sentencePiece.normalized("A").endsWith("a");
            stripAccents = sentencePiece.normalized("\u00E9").endsWith("e");
            facts = SentencePieceFacts.of(sentencePiece.model());
        } else {
            WordPieceOptions options = ((WordPieceTokenizer) tokenizer).options();
            lowerCase = options.lowerCase();
            stripAccents = options.stripAccents();
        }
        long starts = IntStream.range(0, tokenizer.size()).filter(tokenizer::startsWord).count();
        return new TokenizerReport(
                path.toString(),
                tokenizer.type(),
                tokenizer.size(),
                starts,
                tokenizer.size() - starts,
                longest(tokenizer),
                ids,
                lowerCase,
                stripAccents,
                facts != null || casingStated(path),
                facts,
                tokenizer.checksum());
    }

    private static boolean casingStated(Path path) {
        return Files.isDirectory(path)
                ? Files.exists(path.resolve(WordPieceFiles.CONFIG)) || !Files.exists(path.resolve(WordPieceFiles.VOCABULARY))
                : !path.toString().endsWith(".txt");
    }

    private static String longest(Tokenizer tokenizer) {
        String longest = "";
        for (int id = 0; id < tokenizer.size(); id++) {
            if (tokenizer.token(id).length() > longest.length()) {
                longest = tokenizer.token(id);
            }
        }
        return longest;
    }

    @JsonProperty
    public String kind() {
        return "tokenizer";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        return Json.write(this);
    }

    /** As a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "tokenizer", path);
        line(out, "type", type);
        line(out, "entries", "%,d: %,d begin a word, %,d go on with one", entries, wordStarts, continuations);
        line(out, "longest", "%s", longestEntry);
        line(out, "special", "%s", specialTokens.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")));
        line(out, "casing", "%s, accents %s%s",
                lowerCase ? "lower-casing" : "cased",
                stripAccents ? "stripped" : "kept",
                casingStated ? "" : " (taken for granted: a vocab.txt alone does not say)");
        if (sentencePiece != null) {
            line(out, "pieces", "%s", sentencePiece.kinds());
            if (!sentencePiece.userDefined().isEmpty()) {
                line(out, "user-defined", "%s", sentencePiece.someUserDefined());
            }
            line(out, "normalisation", "%s", sentencePiece.rules());
            line(out, "unknown", "a character that no piece has becomes %s",
                    sentencePiece.byteFallback() ? "its bytes" : "[UNK], its neighbours with it");
        }
        line(out, "checksum", "%s", checksum);
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String format, Object... arguments) {
        out.append(String.format("%-14s", name))
                .append(arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments))
                .append(System.lineSeparator());
    }
}
