package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Json;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.data.PairOptions;
import org.graphbert.data.PairTask;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a model without a head for pairs. */
class NoPairHeadTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @Test
    void pairsAreNotSpokenOf() throws IOException {
        EncoderOptions options = new EncoderOptions(false, PositionEmbedding.ROTARY, false, false, null, null);
        Path model = Files.writeString(
                directory.resolve("headless.json"), Json.write(Tiny.model(0.1).withOptions(options)));
        String data = Tiny.dataSet(directory, "data").toString();
        console.exits(0, "pretrain", "--model", model.toString(), "--data", data, "--run", path("run"), "--steps", "2",
                "--batch-size", "4");
        console.prints("not); position_embedding_type rotary; pair_head false\n");
        console.exits(0, "evaluate", "--run", path("run"), "--data", data);
        console.prints("masked LM loss ");
        assertFalse(console.out().contains("next sentence") || console.out().contains("null"), console.out());
        Path vocabulary = directory.resolve("data-tokenizer");
        String ordered = Tiny.dataSet(directory, "ordered", vocabulary, PairOptions.of(PairTask.SOP, Tiny.LENGTH, 0.1)).toString();
        console.exits(0, "evaluate", "--run", path("run"), "--data", ordered);
        console.exits(0, "pretrain", "--model", model.toString(), "--data", data, "--eval-data", ordered, "--run", path("other"),
                "--steps", "2", "--batch-size", "4");
        console.exitsPrinting(2, "this model has no head for pairs of sentences", "predict", "nsp", "--run", path("run"), "A.", "B.");
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }
}
