package org.graphbert.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/** The tokenizer beside somebody else's weights. */
final class ForeignTokenizer {

    private static final String VOCABULARY = "vocab.txt";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String TOKENIZER = "tokenizer.json";
    /** transformers' name of a SentencePiece model. */
    private static final String PIECES = "spiece.model";

    private ForeignTokenizer() {}

    /**
     * Reads it; what the user named goes before.
     *
     * @param directory of the weights
     * @param files where to say which files it was read from, those of the user left out
     * @param notes where to say what was taken for granted
     * @return null if there is none
     */
    static Tokenizer read(Path directory, ForeignOptions options, List<Path> files, List<String> notes) {
        Optional<Tokenizer> given = options.givenTokenizer();
        if (given.isPresent()) {
            return given.get();
        }
        boolean vocabulary = Files.exists(directory.resolve(VOCABULARY));
        boolean configured = Files.exists(directory.resolve(CONFIG));
        if (configured && (vocabulary || Files.exists(directory.resolve(PIECES)))) {
            files.add(directory.resolve(vocabulary ? VOCABULARY : PIECES));
            files.add(directory.resolve(CONFIG));
            return Tokenizers.load(directory, options.casedOrNull());
        }
        // What a vocab.txt alone leaves open, a tokenizer.json says.
        for (String name : List.of(TOKENIZER, VOCABULARY, PIECES)) {
            Path file = directory.resolve(name);
            if (Files.exists(file)) {
                files.add(file);
                if (name.equals(VOCABULARY) && !options.cased()) {
                    return vocabularyAlone(file, notes);
                }
                return Tokenizers.load(file, options.casedOrNull());
            }
        }
        return null;
    }

    /** A vocab.txt does not say whether text is lower-cased before it, but a lower-cased text has no use for capitals. */
    private static Tokenizer vocabularyAlone(Path file, List<String> notes) {
        Tokenizer lower = Tokenizers.load(file, null);
        Optional<String> capitals = IntStream.range(0, lower.size())
                .mapToObj(lower::token)
                .filter(token -> !token.startsWith("[") && token.codePoints().anyMatch(Character::isUpperCase))
                .findFirst();
        notes.add(capitals
                .map(token -> file + " is taken for a cased one: it has capitals in it, e.g. '" + token + "'.")
                .orElse(file + " is taken for a lower-casing one; --cased for the other."));
        return capitals.isPresent() ? Tokenizers.load(file, true) : lower;
    }
}
