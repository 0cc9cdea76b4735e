package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Failure;

/** Models from elsewhere out of files, whatever their kind. */
public final class ForeignModels {

    private static final String EXPECTED = "a Hugging Face directory (config.json, model.safetensors, vocab.txt), a Google "
            + "checkpoint (its directory with bert_config.json, bert_model.ckpt.index and vocab.txt, or its prefix) or an ONNX "
            + "model (.onnx)";

    /** Weights in formats that only their own frameworks read. */
    private static final List<String> UNREADABLE =
            List.of("pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack");

    private ForeignModels() {}

    /**
     * Opens a model; the kind is seen from the files.
     *
     * @param from a directory, a file or a checkpoint's prefix
     * @throws Failure (usage) if nothing is there, its configuration is missing or not BERT's; (data) if it is of no kind
     *     that is known, or damaged
     */
    public static ForeignModel open(Path from, ForeignOptions options) throws IOException {
        if (HuggingFaceModel.recognises(from)) {
            return HuggingFaceModel.open(from, options);
        }
        if (GoogleModel.recognises(from)) {
            return GoogleModel.open(from, options);
        }
        if (OnnxModel.recognises(from)) {
            return OnnxModel.open(from, options);
        }
        if (!Files.exists(from)) {
            throw Failure.usage("%s: no such file or directory, nor a checkpoint's prefix; expected %s", from, EXPECTED);
        }
        if (Files.isDirectory(from) && Files.exists(from.resolve("run.json"))) {
            throw Failure.usage("%s: is a run already; name it with --run, or with --init to train on from it", from);
        }
        for (String name : UNREADABLE) {
            if (from.endsWith(name) || Files.exists(from.resolve(name))) {
                throw Failure.data("%s: found %s, expected model.safetensors; write it with transformers: "
                        + "BertForPreTraining.from_pretrained(DIR).save_pretrained(NEW_DIR)", from, name);
            }
        }
        throw Failure.data("%s: found no model in it; expected %s", from, EXPECTED);
    }
}
