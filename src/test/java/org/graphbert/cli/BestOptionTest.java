package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.graphbert.train.Checkpoints.Best;
import org.graphbert.train.RunDirectory;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Which checkpoint of a run a command takes: the newest sound one, or the best. */
class BestOptionTest {

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void theBestOrTheNewestThatIsSound() throws IOException {
        Path model = Tiny.modelFile(directory, 0.1);
        Path data = Tiny.dataSet(directory, "data");
        String[] train = {
            "pretrain", "--model", model.toString(), "--data", data.toString(), "--eval-data", data + "-held-out", "--run", path("run"),
            "--steps", "8", "--batch-size", "4", "--checkpoint-every", "2", "--eval-every", "2", "--keep-every", "6",
            "--keep-checkpoints", "1", "--warmup-steps", "0", "--learning-rate", "1e-3"
        };
        console.exits(0, train);
        RunDirectory run = new RunDirectory(directory.resolve("run"));
        Best best = run.checkpoints().best().orElseThrow();
        String heldOut = data + "-held-out";
        console.exits(0, "evaluate", "--run", path("run"), "--data", heldOut);
        assertTrue(console.out().startsWith(run.newest().prefix()), console.out());
        console.exits(0, "evaluate", "--run", path("run"), "--best", "--data", heldOut, "--json");
        assertEquals(best.maskedLmLoss(), console.json().get("masked_lm_loss").asDouble(), 1e-5);
        console.exits(0, "inspect", path("run"));
        console.prints("; the best, held-out masked LM loss ");

        Files.delete(Path.of(run.newest().prefix() + ".index"));
        console.exits(0, "predict", "mask", "--run", path("run"), "ba [MASK] .");
        console.printsToErr("step-00000008/model.ckpt.index: no such file; falling back to the checkpoint before");
        console.exits(0, "inspect", path("run"));
        console.prints("; damaged: ");
        console.exits(0, "export", "--run", path("run"), "--output", path("exported"));

        Files.delete(directory.resolve("run/checkpoints/best.json"));
        console.exits(2, "export", "--run", path("run"), "--best", "--output", path("other"));
        console.printsToErr("best.json: found none");
        console.exits(2, "evaluate", "--checkpoint", "x", "--best", "--data", heldOut);
        console.printsToErr("--best chooses among the checkpoints of a run");
    }
}
