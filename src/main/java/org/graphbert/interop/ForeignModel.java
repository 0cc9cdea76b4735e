package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.Tokenizer;

/**
 * A BERT that was trained elsewhere, its variables under google-research/bert's names and in its layouts (dense kernels are
 * [in, out]).
 */
public interface ForeignModel extends AutoCloseable {

    /** The kind of its files: huggingface, google or onnx. */
    String format();

    /** The file or directory, for messages. */
    String where();

    ModelConfig config();

    /** The shapes of the variables that it has, by google-research/bert's name. */
    Map<String, List<Long>> variables();

    /**
     * A variable's values, row-major.
     *
     * @param name one of {@link #variables}
     */
    float[] floats(String name) throws IOException;

    /** Tensors of the files that are no variable of BERT, by their own names; buffers and optimiser slots, which say nothing
     * about the model, are not among them. */
    List<String> unknown();

    /** What was left out or taken for granted, in sentences, to be shown. */
    List<String> notes();

    /** The files that it is read from, to be recorded with their checksums. */
    List<Path> files();

    /** The tokenizer beside it; empty if there is none. */
    Optional<Tokenizer> tokenizer();

    @Override
    void close() throws IOException;
}
