package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.RecordedProgress;
import org.graphbert.data.PairTask;
import org.graphbert.interop.ForeignModel;
import org.graphbert.interop.ForeignModels;
import org.graphbert.interop.ForeignOptions;
import org.graphbert.interop.HuggingFaceFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports are total or refused, complete or absent. */
class ModelImportTest {

    private static final ModelImport.Options TOTAL = new ModelImport.Options(false, 7);
    private static final ModelImport.Options PARTIAL = new ModelImport.Options(true, 7);

    @TempDir
    private Path directory;

    private final RecordedProgress said = new RecordedProgress();

    private boolean run(Path from, Path output, ModelImport.Options options) throws IOException {
        said.clear();
        try (ForeignModel model = ForeignModels.open(from, ForeignOptions.NONE)) {
            return ModelImport.run(model, output, options, said);
        }
    }

    private void refused(Failure.Kind kind, Path from, String message) throws IOException {
        Path output = directory.resolve("refused");
        Failure failure = assertThrows(Failure.class, () -> run(from, output, TOTAL));
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains(message), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
        assertFalse(Files.exists(output), "nothing is left");
        try (Stream<Path> entries = Files.list(directory)) {
            assertTrue(entries.noneMatch(entry -> entry.toString().endsWith(".writing")), "nothing is left beside it");
        }
    }

    @Test
    void numbersThatAreNotFiniteAreSaid() throws IOException {
        HuggingFaceFiles golden = HuggingFaceFiles.golden(directory.resolve("damaged"));
        float[] bias = golden.values("bert.pooler.dense.bias");
        bias[3] = Float.NaN;
        Path damaged = golden.with("bert.pooler.dense.bias", List.of((long) bias.length), bias).write();
        assertTrue(run(damaged, directory.resolve("run"), TOTAL));
        assertTrue(said.lines().contains(damaged + ": not all numbers are finite in bert/pooler/dense/bias; "
                + "'graphbert inspect' counts them."), said.toString());
    }

    @Test
    void headsThatALayoutLacksAreInitialisedAndNamed() throws IOException {
        Path bare = HuggingFaceFiles.golden(directory.resolve("bare")).without("cls\\..*|.*pooler.*").write();
        Path output = directory.resolve("run");
        assertTrue(run(bare, output, TOTAL));
        String note = "Not in " + bare + ", and initialised: bert/pooler/dense/kernel, bert/pooler/dense/bias, "
                + "cls/predictions/transform/dense/kernel, cls/predictions/transform/dense/bias, "
                + "cls/predictions/transform/LayerNorm/gamma, cls/predictions/transform/LayerNorm/beta, "
                + "cls/predictions/output_bias, cls/seq_relationship/output_weights, cls/seq_relationship/output_bias.";
        assertTrue(said.lines().contains(note), said.toString());
        RunDirectory run = new RunDirectory(output);
        assertTrue(run.untrainedMaskedLm().orElseThrow().contains("masked-LM head was initialised"));
        assertTrue(run.untrainedPairs().isPresent());
        assertEquals(PairTask.NSP, run.pairTask());
        Map<String, ByteBuffer> found = Tiny.variables(run.newest().prefix());
        Map<String, ByteBuffer> golden = Tiny.variables(Golden.CHECKPOINT.toString());
        Set<String> changed = new HashSet<>();
        golden.forEach((name, bytes) -> {
            if (!bytes.equals(found.get(name))) {
                changed.add(name);
            }
        });
        assertEquals(Set.copyOf(run.record().imported().initialised()), changed);
    }

    @Test
    void theSameImportIsDoneOnce() throws IOException {
        Path bare = HuggingFaceFiles.golden(directory.resolve("bare")).without("cls\\..*").write();
        Path output = directory.resolve("deep/run");
        assertTrue(run(bare, output, TOTAL));
        Map<String, ByteBuffer> before = Tiny.variables(new RunDirectory(output).newest().prefix());
        assertFalse(run(bare, output, TOTAL), "it is there already");
        // Elsewhere, but the same files.
        Path moved = Files.move(bare, directory.resolve("moved"));
        assertFalse(run(moved, output, TOTAL));
        Failure seed = assertThrows(Failure.class, () -> run(moved, output, new ModelImport.Options(false, 8)));
        assertTrue(seed.getMessage().contains("deep/run: exists and is not empty"), seed.getMessage());
        Failure other = assertThrows(Failure.class, () -> run(Golden.DIRECTORY, output, TOTAL));
        assertEquals(Failure.Kind.USAGE, other.kind());
        assertEquals(before, Tiny.variables(new RunDirectory(output).newest().prefix()));
        Path empty = Files.createDirectories(directory.resolve("empty"));
        assertTrue(run(Golden.DIRECTORY, empty, TOTAL), "an empty directory is as good as none");
        assertTrue(new RunDirectory(empty).untrainedPairs().isEmpty());
    }

    @Test
    void allThatDoesNotFitIsListedTogether() throws IOException {
        HuggingFaceFiles files = HuggingFaceFiles.golden(directory.resolve("wrong")).config("intermediate_size", 72)
                .config("num_hidden_layers", 2).with("classifier.weight", 3, 32)
                .without("bert.encoder.layer.1.attention.self.key.bias|cls.predictions.bias");
        String problems = "6 of another shape: bert/encoder/layer_{0-1}/intermediate/dense/kernel [32, 80] instead of [32, 72], "
                + "bert/encoder/layer_{0-1}/intermediate/dense/bias [80] instead of [72], "
                + "bert/encoder/layer_{0-1}/output/dense/kernel [80, 32] instead of [72, 32]; "
                + "2 missing: bert/encoder/layer_1/attention/self/key/bias, cls/predictions/output_bias; "
                + "17 extra: bert/encoder/layer_2/attention/output/LayerNorm/beta, ";
        Path wrong = files.write();
        refused(Failure.Kind.DATA, wrong, problems);
        refused(Failure.Kind.DATA, wrong, "classifier.weight; correct the configuration (--model FILE), or add --allow-partial");
        Path output = directory.resolve("partial");
        assertTrue(run(wrong, output, PARTIAL));
        assertTrue(said.toString().contains("and initialised: bert/encoder/layer_1/attention/self/key/bias, "
                + "cls/predictions/output_bias, bert/encoder/layer_{0-1}/intermediate/dense/kernel"), said.toString());
        assertTrue(said.toString().contains("Left out of " + wrong + ": bert/encoder/layer_2/"), said.toString());
        assertEquals(2, new RunDirectory(output).model().numHiddenLayers());
    }

    @Test
    void halfAHeadIsNoLayout() throws IOException {
        refused(Failure.Kind.DATA, HuggingFaceFiles.golden(directory.resolve("half")).without(".*pooler.*").write(),
                "2 missing: bert/pooler/dense/kernel, bert/pooler/dense/bias");
    }

    @Test
    void aVocabularyOfAnotherSizeIsRefusedOrNoted() throws IOException {
        Path larger = HuggingFaceFiles.golden(directory.resolve("larger")).write();
        List<String> entries = new ArrayList<>(Files.readAllLines(larger.resolve("vocab.txt")));
        entries.add("one");
        Files.write(larger.resolve("vocab.txt"), entries);
        refused(Failure.Kind.DATA, larger, "the tokenizer has 98 entries, the model's vocab_size is 97");
        Files.write(larger.resolve("vocab.txt"), entries.subList(0, 90));
        assertTrue(run(larger, directory.resolve("run"), TOTAL));
        assertTrue(said.lines().contains("The tokenizer has 90 entries, the model's vocab_size is 97: its last 7 ids stand for no token."),
                said.toString());
        refused(Failure.Kind.DATA, HuggingFaceFiles.golden(directory.resolve("config")).config("vocab_size", 99).write(),
                "2 of another shape: bert/embeddings/word_embeddings [97, 32] instead of [99, 32], "
                        + "cls/predictions/output_bias [97] instead of [99]; correct");
    }

    @Test
    void anImportIsNotTrainedOn() throws IOException {
        Path output = directory.resolve("run");
        run(Golden.DIRECTORY, output, TOTAL);
        Path data = Tiny.dataSet(directory, "data");
        Path model = Files.writeString(directory.resolve("model.json"), Json.write(Golden.model()));
        Failure failure = assertThrows(Failure.class, () ->
                new Plan(Tiny.config("model", model, "data", data, "run", output, "steps", 1)).close());
        assertEquals(Failure.Kind.USAGE, failure.kind());
        assertEquals(output + ": is an imported model, which stays as it is; choose another --run, and start it with --init " + output,
                failure.getMessage());
    }
}
