package org.graphbert.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Pattern;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.config.Trees;
import org.graphbert.train.Plan;
import org.graphbert.train.Pretraining;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a run, whose names and texts would like to be markup. */
class ReportTest {

    private static final String HOSTILE = "<svg onload=alert(1)>'\"&";

    @TempDir
    private static Path directory;

    private static Path run;
    private static Path data;

    @BeforeAll
    static void train() throws IOException {
        data = Tiny.dataSet(directory, "data");
        run = directory.resolve(HOSTILE);
        try (Plan plan = new Plan(Tiny.config("model", Tiny.modelFile(directory, 0.1), "data", data, "eval_data",
                directory.resolve("data-held-out"), "run", run, "steps", 6, "batch_size", 4, "log_every", 1, "eval_every", 3,
                "tensorboard", false))) {
            Pretraining.run(plan, Progress.SILENT);
        }
        Files.writeString(run.resolve("metrics.jsonl"),
                "{\"event\":\"warning\",\"step\":6,\"text\":\"</p><script>alert(2)</script>\"}\n", StandardOpenOption.APPEND);
    }

    private static String page(Path of, Path from) throws IOException {
        Path output = directory.resolve("out/report.html");
        assertEquals(output, Report.write(new Report.Request(of, output, from), Progress.SILENT));
        return Files.readString(output);
    }

    @Test
    void thePageHasEverything() throws IOException {
        String page = page(run, null);
        for (String part : new String[] {"Held-out masked LM loss", "<h2>Curves</h2>", "Masked LM accuracy", "Embeddings",
            "Encoder, 2 layers", "batch_size", "BERT: 256", "records by length", "IsNext", "step 6", "Java".toLowerCase(),
            "checkpoints/step-00000006"}) {
            assertTrue(page.contains(part), part);
        }
        assertTrue(Pattern.compile("<td>All</td>\\s*<td class=\"number\">46</td>").matcher(page).find(), "the variables of two layers");
        assertTrue(Pattern.compile("Record \\d+ · (IsNext|NotNext); the model gives IsNext \\d+\\.\\d%").matcher(page).find());
        long picks = Pattern.compile("class=\"pick").matcher(page).results().count();
        assertTrue(picks >= 5 && picks % 5 == 0, picks + " likeliest tokens, five for each mask");
    }

    @Test
    void nothingFromOutsideIsMarkupAndNothingIsFetched() throws IOException {
        String page = page(run, null);
        assertFalse(page.contains("<svg onload") || page.contains("alert(2)</script>") || page.contains("<script>alert"), "escaped");
        assertTrue(page.contains(Html.escape(HOSTILE)), "and still there");
        assertEquals(1, Pattern.compile("<script").matcher(page).results().count(), "the page's own script alone");
        assertFalse(Pattern.compile("<[^>]*\\s(src|href|srcset)=").matcher(page).find(), "no element names another file");
        assertFalse(page.contains("@import") || page.contains("url(http"), "nor does the style");
        assertFalse(Pattern.compile("<[^>]*\\son\\w+=").matcher(page.replaceAll("data-panel=\"[^\"]*\"", "")).find(), "no handlers");
        assertTrue(page.contains("default-src 'none'"));
    }

    @Test
    void withoutDataOrCheckpointItSaysWhy() throws IOException {
        Path moved = directory.resolve("moved");
        Trees.copy(run, moved);
        Directories.delete(moved.resolve("checkpoints"));
        String page = page(moved, null);
        assertTrue(page.contains("has no checkpoint yet"), "samples need one");
        assertTrue(page.contains("None yet."), "nor are any listed");
        Directories.delete(moved.resolve("metrics.jsonl"));
        assertTrue(page(moved, null).contains("No steps were logged."));
        Failure failure = assertThrows(Failure.class, () -> page(moved, directory.resolve("nowhere")));
        assertTrue(failure.getMessage().contains("nowhere"), failure.getMessage());
    }

    @Test
    void whatIsNoRunIsRefused() {
        assertEquals(Failure.Kind.USAGE, assertThrows(Failure.class, () -> page(data, null)).kind());
        assertThrows(Failure.class, () -> new Report.Request(run, directory, null));
    }
}
