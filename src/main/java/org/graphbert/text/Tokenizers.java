package org.graphbert.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.config.Failure;

/** Tokenizers out of files, whatever their kind. */
public final class Tokenizers {

    private Tokenizers() {}

    /**
     * Reads a tokenizer.
     *
     * @param path a directory (vocab.txt with tokenizer_config.json, tokenizer.json, or a SentencePiece .model), a
     *     vocab.txt, a tokenizer.json of Hugging Face, or a .model
     * @param casedOrNull whether the text keeps its case; null leaves that to the files, a vocab.txt alone being
     *     lower-cased
     * @throws Failure (data) if there is nothing at the path, the files aren't a tokenizer, or an entry is wrong; (usage)
     *     if {@code casedOrNull} contradicts the files
     */
    public static Tokenizer load(Path path, Boolean casedOrNull) {
        if (!Files.exists(path)) {
            throw Failure.data(
                    "%s: no such file or directory, expected a tokenizer's directory, a vocab.txt, a tokenizer.json or a"
                            + " SentencePiece .model",
                    path);
        }
        if (Files.isDirectory(path)) {
            return fromDirectory(path, casedOrNull);
        }
        byte[] bytes = WholeFile.read(path);
        if (SentencePieceFiles.isNamed(path)) {
            return sentencePiece(bytes, casedOrNull, path);
        }
        if (startsLikeJson(bytes)) {
            return agreeing(TokenizerJson.read(bytes, path), casedOrNull, path);
        }
        return new WordPieceTokenizer(Vocabulary.parse(bytes, path), options(casedOrNull));
    }

    /**
     * Writes a tokenizer into a directory that holds none yet, or this very one.
     *
     * @return whether it was written; false if the directory holds it already
     * @throws Failure (usage) if the path holds another tokenizer or is a file
     */
    public static boolean saveNew(Tokenizer tokenizer, Path directory) {
        requireNoFile(directory);
        if (!Files.exists(directory)
                || !Files.exists(directory.resolve(WordPieceFiles.VOCABULARY))
                        && !Files.exists(directory.resolve(WordPieceFiles.TOKENIZER))
                        && SentencePieceFiles.find(directory).isEmpty()) {
            tokenizer.save(directory);
            return true;
        }
        Tokenizer found = load(directory, null);
        if (!found.checksum().equals(tokenizer.checksum())) {
            throw Failure.usage(
                    "%s: holds another tokenizer (%s, %,d entries, checksum %.12s; now %s, %,d entries, %.12s);"
                            + " choose another directory or remove it",
                    directory,
                    found.type(), found.size(), found.checksum(),
                    tokenizer.type(), tokenizer.size(), tokenizer.checksum());
        }
        return false;
    }

    /**
     * Checks what can be known of an output directory before there is a tokenizer to write.
     *
     * @throws Failure (usage) if the path is a file
     */
    public static void requireNoFile(Path directory) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw Failure.usage("%s: is a file, expected a directory to write the tokenizer into", directory);
        }
    }

    private static Tokenizer fromDirectory(Path directory, Boolean casedOrNull) {
        Path vocabulary = directory.resolve(WordPieceFiles.VOCABULARY);
        Path config = directory.resolve(WordPieceFiles.CONFIG);
        Path json = directory.resolve(WordPieceFiles.TOKENIZER);
        if (Files.exists(vocabulary)) {
            Vocabulary entries = Vocabulary.parse(WholeFile.read(vocabulary), vocabulary);
            if (!Files.exists(config)) {
                return new WordPieceTokenizer(entries, options(casedOrNull));
            }
            WordPieceOptions options = WordPieceFiles.readConfig(WholeFile.read(config), config);
            return agreeing(new WordPieceTokenizer(entries, options), casedOrNull, config);
        }
        Optional<Path> model = SentencePieceFiles.find(directory);
        if (model.isPresent()) {
            return sentencePiece(WholeFile.read(model.get()), casedOrNull, model.get());
        }
        if (Files.exists(json)) {
            return agreeing(TokenizerJson.read(WholeFile.read(json), json), casedOrNull, json);
        }
        throw Failure.data(
                "%s: holds neither %s nor %s nor a .model, expected a tokenizer's directory; train one with 'graphbert"
                        + " tokenizer train'",
                directory, WordPieceFiles.VOCABULARY, WordPieceFiles.TOKENIZER);
    }

    /** Case is up to the model's own rules. */
    private static Tokenizer sentencePiece(byte[] bytes, Boolean casedOrNull, Path source) {
        if (casedOrNull != null) {
            throw Failure.usage(
                    "%s: --cased and --uncased are for a vocab.txt; a SentencePiece model says itself what it makes of the"
                            + " text; leave the option out",
                    source);
        }
        return SentencePieceTokenizer.parse(bytes, source);
    }

    private static WordPieceOptions options(Boolean casedOrNull) {
        return Boolean.TRUE.equals(casedOrNull) ? WordPieceOptions.cased() : WordPieceOptions.uncased();
    }

    private static WordPieceTokenizer agreeing(WordPieceTokenizer tokenizer, Boolean casedOrNull, Path source) {
        boolean lowerCase = tokenizer.options().lowerCase();
        if (casedOrNull != null && casedOrNull == lowerCase) {
            throw Failure.usage(
                    "%s: the tokenizer is %s, but %s was asked for; leave the option out or take the vocab.txt itself",
                    source, lowerCase ? "lower-casing" : "cased", casedOrNull ? "cased" : "lower-casing");
        }
        return tokenizer;
    }

    /** A vocabulary begins with a token, and no BERT vocabulary's first token is a brace. */
    private static boolean startsLikeJson(byte[] bytes) {
        int i = 0;
        while (i < bytes.length && Character.isWhitespace(bytes[i])) {
            i++;
        }
        return i < bytes.length && bytes[i] == '{';
    }
}
