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
        encoding.charset();
        if (inputs != null) {
            InputFiles.expand(inputs);
        }
    }

    /**
     * Answers them all.
     *
     * @param questions of the arguments; null where there are none
     */
    <Q, A> void answer(List<Q> questions, PredictAnswers<Q, A> answers, PrintWriter out) throws IOException {
        if (questions != null) {
            answers.toArguments(questions, out);
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
