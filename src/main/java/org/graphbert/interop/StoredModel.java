package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.Tokenizer;

/** What a model in files has beside its weights: a configuration, a tokenizer, and what there is to say of them all. */
abstract class StoredModel implements ForeignModel {

    /** What it is read from. */
    final List<Path> files = new ArrayList<>();
    final List<String> notes = new ArrayList<>();
    final List<String> unknown = new ArrayList<>();
    ModelConfig config;
    private Tokenizer tokenizer;

    /** Takes the configuration that the user named, or else the file's. */
    void readConfig(ForeignOptions options, Path file) throws IOException {
        Optional<ModelConfig> given = options.givenModel();
        if (given.isPresent()) {
            config = given.get();
            return;
        }
        if (!Files.exists(file)) {
            throw Failure.usage("%s: found no %s beside the weights; name the model's configuration with --model FILE",
                    where(), file.getFileName());
        }
        files.add(file);
        config = ForeignConfig.read(file, notes);
    }

    /** Takes the tokenizer that the user named, or else the directory's. */
    void readTokenizer(ForeignOptions options, Path directory) {
        tokenizer = ForeignTokenizer.read(directory, options, files, notes);
    }

    /**
     * Refuses variables of other types than a model computes in, all together.
     *
     * @param taken the tensors that the variables are
     */
    void requireFloats(Stream<TensorFile.Entry> taken) {
        List<String> others = taken
                .filter(entry -> FloatType.of(entry.type()).isEmpty())
                .map(entry -> entry.name() + " " + entry.type())
                .toList();
        if (!others.isEmpty()) {
            throw Failure.data("%s: tensors of types that cannot be trained: %s; expected float32, float16 or bfloat16: import "
                    + "the model that this one was made from", where(), NumberedNames.join(others));
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    @Override
    public List<String> unknown() {
        return List.copyOf(unknown);
    }

    @Override
    public List<String> notes() {
        return List.copyOf(notes);
    }

    @Override
    public List<Path> files() {
        return List.copyOf(files);
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
        return Optional.ofNullable(tokenizer);
    }
}
