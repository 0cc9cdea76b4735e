package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;

/**
 * What a user says about a model from elsewhere; it goes before what the model's own files say.
 *
 * @param model a model configuration, or null for the one beside the weights
 * @param tokenizer a tokenizer, or null for the one beside the weights
 * @param cased whether a vocab.txt alone keeps its text's case
 */
public record ForeignOptions(Path model, Path tokenizer, boolean cased) {

    /** The files' own word for everything. */
    public static final ForeignOptions NONE = new ForeignOptions(null, null, false);

    /** The configuration that was named, read strictly: it is the user's own. */
    Optional<ModelConfig> givenModel() throws IOException {
        return model == null ? Optional.empty() : Optional.of(ModelConfig.read(model));
    }

    /** The tokenizer that was named. */
    Optional<Tokenizer> givenTokenizer() {
        return tokenizer == null ? Optional.empty() : Optional.of(Tokenizers.load(tokenizer, casedOrNull()));
    }

    /** As {@link Tokenizers#load} takes it. */
    Boolean casedOrNull() {
        return cased ? Boolean.TRUE : null;
    }
}
