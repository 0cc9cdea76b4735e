package org.graphbert.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.graphbert.data.Manifest;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.MaskUnit;
import org.graphbert.data.Negatives;
import org.graphbert.data.PairOptions;
import org.graphbert.data.PairTask;
import org.graphbert.data.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The options of {@code prepare} that say how pairs are made and masked, as a user writes them. */
class PairOptionsCommandTest {

    private static final String VOCABULARY = "src/test/resources/golden/tokenizer/wordpiece-vocab.txt";

    @RegisterExtension
    private final Console console = new Console();

    @TempDir
    private Path directory;

    @Test
    void theyDecideTheRecipe() {
        assertEquals(PairOptions.nextSentence(64, 0.1, 0.5), recipe("plain").pairs());
        assertEquals(MaskOptions.standard(64), recipe("plain").masks());
        assertEquals(new PairOptions(64, 0.1, PairTask.NSP, 0.4, Negatives.SAME_DOCUMENT, true, false),
                recipe("same", "--negatives", "same-document", "--balance", "--positive-ratio", "0.4").pairs());
        assertEquals(PairOptions.of(PairTask.SOP, 64, 0.1), recipe("sop", "--pairs", "sop").pairs());
        assertEquals(new PairOptions(64, 0, PairTask.NONE, 0.5, Negatives.RANDOM, false, true),
                recipe("none", "--pairs", "none", "--across-documents", "--short-seq-prob", "0").pairs());
        assertEquals(new MaskOptions(0.2, 13, MaskUnit.SPAN, 0.7, 0.3, false),
                recipe("span", "--masking", "span", "--mask-rate", "0.2", "--mask-share", "0.7", "--random-share", "0.3",
                        "--no-random-special").masks());
        assertEquals(recipe("word", "--masking", "whole-word").masks(), recipe("short", "--whole-word-mask").masks());
    }

    @Test
    void contradictionsNameBothOptions() {
        refused("--balance and --pairs sop contradict each other", "--pairs", "sop", "--balance");
        refused("--negatives same-document and --pairs none", "--pairs", "none", "--negatives", "same-document");
        refused("--across-documents and --pairs nsp contradict", "--across-documents");
        refused("--positive-ratio 0.7 and --pairs none", "--pairs", "none", "--positive-ratio", "0.7");
        refused("--whole-word-mask and --masking span contradict", "--whole-word-mask", "--masking", "span");
        refused("--mask-share 1.0 and --random-share 0.1 are more than 1 together", "--mask-share", "1");
        refused("expected one of", "--pairs", "next");
        refused("expected one of", "--masking", "words");
    }

    private Recipe recipe(String name, String... options) {
        console.exits(0, prepare(name, options));
        return Manifest.read(directory.resolve(name)).request().recipe();
    }

    private void refused(String message, String... options) {
        console.exitsPrinting(2, message, prepare("refused", options));
    }

    private String[] prepare(String name, String... options) {
        return Stream.concat(
                Stream.of("prepare", "--input", "src/main/resources/sample-corpus/*.txt", "--tokenizer", VOCABULARY,
                        "--output", directory.resolve(name).toString(), "--max-seq-length", "64", "--show", "0"),
                Stream.of(options)).toArray(String[]::new);
    }
}
