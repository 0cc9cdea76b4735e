package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.corpus.InputFiles;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where {@code predict} takes its sentences from: arguments; a line each from files, or from stdin; or a person at a terminal.
 */
final class PredictInput {

    /** The launcher says whether stdin is a terminal. */
    private static final String TERMINAL = "graphbert.terminal";

    @Option(
            names = "--input",
            arity = "1..*",
            paramLabel = "FILE",
            description = "Files with a line each, plain or packed, in place of arguments; without either, stdin is read.")
    private List<String> inputs;

    @Mixin
    private EncodingOption encoding;

    @Option(
            names = "--columns",
            paramLabel = "A,B",
            split = ",",
            description = "Of lines with more than the text: its column by its name in a header line (columns are separated by tabs), or "
                    + "its key in JSON lines; of pairs two.")
    private List<String> columns;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            description = "Sequences at once (${DEFAULT-VALUE}); with 1, each line is answered before the next is read.")
    private int batchSize = 32;

    /** Sequences at once. */
    int batchSize() {
        return batchSize;
    }

    /**
     * Refuses what makes no sense, before a model is loaded.
     *
     * @param arguments null where there are none
     */
    void requireOptions(List<String> arguments) {
        if (batchSize < 1) {
            throw Failure.usage("--batch-size is %d, expected at least 1", batchSize);
        }
        if (arguments != null && inputs != null) {
            throw Failure.usage("found sentences both as arguments and in --input; give one of them");
        }
        if (arguments != null && columns != null) {
            throw Failure.usage("--columns are of lines, and the sentences are arguments; leave them out");
        }
        encoding.charset();
        if (inputs != null) {
            InputFiles.expand(inputs);
        }
    }

    /** Refuses what a file of examples, which has its own form, leaves no place for. */
    void requireNone(String option) {
        if (inputs != null || columns != null) {
            throw Failure.usage("found both %s and %s; give one of them", option, inputs != null ? "--input" : "--columns");
        }
    }

    /** How a line holds so many texts. */
    TextColumns columns(int texts) {
        return TextColumns.of(columns, texts);
    }

    /**
     * Answers them all.
     *
     * @param arguments the texts of each question; null where there are none
     */
    <Q, A> void answer(List<List<String>> arguments, PredictAnswers<Q, A> answers, PrintWriter out) throws IOException {
        if (arguments != null) {
            answers.toArguments(arguments, out);
        } else if (inputs == null && Boolean.getBoolean(TERMINAL)) {
            answers.toPerson(encoding.charset(), out);
        } else {
            try (PredictLines lines = inputs == null
                    ? PredictLines.ofStdin(encoding.charset())
                    : PredictLines.of(InputFiles.expand(inputs), encoding.charset())) {
                answers.toLines(lines, out);
            }
        }
    }
}
