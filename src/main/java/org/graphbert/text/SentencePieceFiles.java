package org.graphbert.text;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.graphbert.config.Failure;

/** A SentencePiece tokenizer as files: the model as sentencepiece has it, and Hugging Face's tokenizer_config.json. */
final class SentencePieceFiles {

    /** The name that the transformers library looks for. */
    static final String MODEL = "spiece.model";

    private static final String EXTENSION = ".model";

    /** Of transformers' classes the one that encodes as a unigram model does, and puts [CLS] and [SEP] as BERT does. */
    private static final String UNIGRAM_CLASS = "AlbertTokenizer";

    private SentencePieceFiles() {}

    /** Writes both files; each is written aside and renamed, the model last, so that it never names half a tokenizer. */
    static void write(SentencePieceTokenizer tokenizer, Path directory) {
        WholeFile.createDirectories(directory);
        WholeFile.write(directory.resolve(WordPieceFiles.CONFIG), config(tokenizer).toPrettyString() + "\n");
        WholeFile.write(directory.resolve(MODEL), tokenizer.model().proto().toByteArray());
    }

    /** Whether the name is that of a model file. */
    static boolean isNamed(Path file) {
        return file.getFileName() != null && file.getFileName().toString().endsWith(EXTENSION);
    }

    /**
     * The model file in a directory, whatever it is called.
     *
     * @throws Failure (data) if there are several
     */
    static Optional<Path> find(Path directory) {
        List<Path> models = list(directory);
        if (models.size() > 1) {
            throw Failure.data("%s: holds %d SentencePiece models (%s, %s, …), expected one; name the file itself",
                    directory, models.size(), models.get(0).getFileName(), models.get(1).getFileName());
        }
        return models.stream().findFirst();
    }

    /** The model files in a directory. */
    static List<Path> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(SentencePieceFiles::isNamed).filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode config(SentencePieceTokenizer tokenizer) {
        SpecialTokens special = tokenizer.special();
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        WordPieceFiles.putAddedTokens(config, tokenizer);
        config.put("cls_token", tokenizer.token(special.cls()))
                // What the text becomes is up to the model alone.
                .put("do_lower_case", false)
                .put("keep_accents", true)
                .put("mask_token", tokenizer.token(special.mask()))
                .put("model_max_length", WordPieceFiles.MODEL_MAX_LENGTH)
                .put("pad_token", tokenizer.token(special.pad()))
                .put("sep_token", tokenizer.token(special.sep()));
        if (tokenizer.type().equals(SentencePieceTokenizer.UNIGRAM)) {
            config.put("tokenizer_class", UNIGRAM_CLASS);
        }
        return config.put("unk_token", tokenizer.token(special.unk()));
    }
}
