package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** What is no BERT, or none that can be read. */
class RefusedModelsTest {

    @TempDir
    private Path directory;

    private void refused(Failure.Kind kind, Path from, String message) {
        Failure failure = assertThrows(Failure.class, () -> ForeignModels.open(from, ForeignOptions.NONE).close());
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
    }

    @Test
    void otherKindsOfModelsAreRefusedInOneLine() throws IOException {
        Path gpt = HuggingFaceFiles.golden(directory.resolve("gpt")).config("model_type", "gpt2").write();
        refused(Failure.Kind.USAGE, gpt, "model_type is 'gpt2', expected 'bert'");
        Path decoder = HuggingFaceFiles.golden(directory.resolve("decoder")).config("is_decoder", true).write();
        refused(Failure.Kind.USAGE, decoder, "is_decoder is 'true', expected 'false'");
        Path names = HuggingFaceFiles.golden(directory.resolve("names")).without(".*").with("h.0.attn.c_attn.weight", 4, 12)
                .with("h.0.ln_1.bias", 4).with("wpe.weight", 8, 4).with("wte.weight", 9, 4).write();
        Files.delete(names.resolve("config.json"));
        refused(Failure.Kind.DATA, names, "none of its 4 tensors (h.0.attn.c_attn.weight, h.0.ln_1.bias, wpe.weight, ...) is a "
                + "variable of BERT's");
        Path unconfigured = HuggingFaceFiles.golden(directory.resolve("unconfigured")).write();
        Files.delete(unconfigured.resolve("config.json"));
        refused(Failure.Kind.USAGE, unconfigured, "found no config.json beside the weights");
    }

    @Test
    void whatIsNoModelIsRefusedInOneLine() throws IOException {
        refused(Failure.Kind.USAGE, directory.resolve("nowhere"), "nowhere: no such file or directory, nor a checkpoint's prefix");
        Path pickled = Files.createDirectories(directory.resolve("pickled"));
        Files.writeString(pickled.resolve("pytorch_model.bin"), "x");
        refused(Failure.Kind.DATA, pickled, "found pytorch_model.bin, expected model.safetensors; write it with transformers");
        refused(Failure.Kind.DATA, pickled.resolve("pytorch_model.bin"), "found pytorch_model.bin, expected model.safetensors");
        refused(Failure.Kind.DATA, Files.createDirectories(directory.resolve("empty")), "found no model in it; expected a Hugging");
        Path run = Files.createDirectories(directory.resolve("run"));
        Files.writeString(run.resolve("run.json"), "{}");
        refused(Failure.Kind.DATA, directory, "found no model in it");
        refused(Failure.Kind.USAGE, run, "is a run already");

        Path cut = HuggingFaceFiles.golden(directory.resolve("cut")).write();
        byte[] whole = Files.readAllBytes(cut.resolve("model.safetensors"));
        Files.write(cut.resolve("model.safetensors"), Arrays.copyOf(whole, whole.length - 40));
        refused(Failure.Kind.DATA, cut, "model.safetensors");

        Path whole32 = HuggingFaceFiles.golden(directory.resolve("int32")).write();
        byte[] bytes = Files.readAllBytes(whole32.resolve("model.safetensors"));
        String text = new String(bytes, StandardCharsets.ISO_8859_1).replace("\"F32\",\"shape\":[32,80]", "\"I32\",\"shape\":[32,80]");
        Files.write(whole32.resolve("model.safetensors"), text.getBytes(StandardCharsets.ISO_8859_1));
        refused(Failure.Kind.DATA, whole32, "tensors of types that cannot be trained: "
                + "bert.encoder.layer.{0-2}.output.dense.weight int32; expected float32, float16 or bfloat16");
    }

    /** A checkpoint's types too are looked at before anything is read or written, and named together. */
    @Test
    void aGoogleModelOfOtherTypesIsRefused() throws IOException {
        Path google = Files.createDirectories(directory.resolve("google"));
        Files.writeString(google.resolve("bert_config.json"), Json.write(Golden.model()));
        try (Graph graph = new Graph(); Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            session.runner().addTarget(tf.train.save(
                    tf.constant(google.resolve("bert_model.ckpt").toString()),
                    tf.array("bert/pooler/dense/bias", "cls/predictions/output_bias", "global_step"),
                    tf.array("", "", ""),
                    List.of(tf.constant(new double[32]), tf.constant(new int[97]), tf.constant(7L)))).run();
        }
        refused(Failure.Kind.DATA, google, "tensors of types that cannot be trained: bert/pooler/dense/bias float64, "
                + "cls/predictions/output_bias int32; expected float32, float16 or bfloat16");
    }
}
