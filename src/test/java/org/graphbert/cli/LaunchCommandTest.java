package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the command refuses, and real workers; the rest is tested with stand-ins for them. */
class LaunchCommandTest {

    @TempDir
    private static Path directory;

    private static Path model;
    private static Path data;

    @RegisterExtension
    private final Console console = new Console();

    @BeforeAll
    static void prepare() throws IOException {
        model = Tiny.shallowFile(directory, 0.0);
        data = Tiny.dataSet(directory, "data");
    }

    @Test
    void wrongUsageIsRefusedBeforeAnythingStarts() throws IOException {
        refuses("--workers is 0, expected 1 or more", "launch", "--workers", "0", "--", "pretrain");
        refuses("--restart is -1", "launch", "--workers", "2", "--restart", "-1", "--", "pretrain");
        refuses("--grace is 0, expected 1 to 540", "launch", "--workers", "2", "--grace", "0", "--", "pretrain");
        refuses("'evaluate' is no command for workers, expected pretrain", "launch", "--workers", "2", "--", "evaluate", "--run", "x");
        refuses("Missing required parameter", "launch", "--workers", "2");
        refuses("Missing required option: '--workers=N'", "launch", "--", "pretrain");
        refuses("graphbert pretrain: Unknown options: '--stepz', '3'", launch("x", "--stepz", "3"));
        refuses("--cluster is given, but --workers 2 is a cluster that launch makes", launch("x", "--cluster", "a:1,b:2"));
        refuses("--task is given, but --workers 2 is a cluster that launch makes", launch("x", "--task", "0"));
        refuses("steps is 0", launch("x", "--steps", "0"));
        List<String> threads = new ArrayList<>(List.of(launch("x", "--steps", "1", "--threads", "2")));
        threads.addAll(1, List.of("--threads", "1"));
        refuses("--threads is given to launch (1) and to pretrain (2)", threads.toArray(String[]::new));
        assertFalse(Files.exists(directory.resolve("x")));
    }

    @Test
    void helpIsPretrains() {
        console.exits(0, launch("x", "--help"));
        assertTrue(console.out().startsWith("Usage: graphbert pretrain"), console.out());
    }

    @Test
    void oneWorkerIsPretrainUnderASupervisor() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(launch("supervised", "--steps", "3")));
        arguments.set(2, "1");
        console.exits(0, arguments.toArray(String[]::new));
        console.printsToErr("pretraining: 3 steps in ");
        assertEquals("", console.out());
        assertTrue(Files.exists(directory.resolve("supervised/checkpoints/step-00000003")));
    }

    @Test
    void twoWorkersTrainAsOneProcessDoes() throws IOException {
        console.exits(0, launch("two", "--steps", "6", "--threads", "1"));
        console.printsToErr("[worker 0] pretraining: 6 steps in ");
        console.printsToErr("[worker 1] ");
        List<String> alone = List.of(launch("one", "--steps", "6", "--threads", "1"));
        console.exits(0, alone.subList(alone.indexOf("pretrain"), alone.size()).toArray(String[]::new));
        console.exits(0, "inspect", "--diff", path("one"), path("two"), "--all", "--json");
        JsonNode compared = console.json().get("variables");
        assertFalse(compared.isEmpty());
        // Of what is identical, there is no difference to be told; the step is no float.
        compared.forEach(variable -> assertTrue(
                variable.get("state").asText().equals("identical") || variable.get("max_abs").asDouble() < 1e-5, variable.toString()));
    }

    private void refuses(String message, String... arguments) {
        console.exits(2, arguments);
        console.printsToErr(message);
        assertFalse(console.err().contains("[worker "), console.err());
    }

    /** Two workers of the tiny model. */
    private static String[] launch(String run, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "launch", "--workers", "2", "--", "pretrain", "--model", model.toString(), "--data", data.toString(),
                "--run", path(run), "--batch-size", "4"));
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }
}
