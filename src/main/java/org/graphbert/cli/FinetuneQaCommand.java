package org.graphbert.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graphbert finetune qa}: answers to questions about texts, out of the texts. */
@Command(
        name = "qa",
        description = {
            "Learns to answer questions about texts by a stretch of the text; the same command continues an interrupted run.",
            "Defaults are in parentheses."
        },
        customSynopsis = {
            "graphbert finetune qa --from=RUN --train=FILE --dev=FILE",
            "       --output=DIR [OPTIONS]"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Files are JSON as SQuAD 1.1 and 2.0 have it, packed or not. Where the training",
            "file has questions without an answer, the model may answer none, too.",
            "",
            "Example:",
            "  graphbert finetune qa --from runs/wiki --train train-v2.0.json \\",
            "      --dev dev-v2.0.json --output runs/squad --max-seq-length 256"
        })
final class FinetuneQaCommand extends FinetuneTask {

    @ArgGroup(validate = false, order = 2, heading = "%nWindows and answers:%n")
    private Windows windows;

    static final class Windows {

        @Option(
                names = "--doc-stride",
                paramLabel = "N",
                description = "How many tokens a window begins behind the one before (128, or a third of --max-seq-length if less).")
        private Integer docStride;

        @Option(names = "--max-query-length", paramLabel = "N", description = "Tokens of a question; the rest is cut off (64).")
        private Integer maxQueryLength;

        @Option(names = "--max-answer-length", paramLabel = "N", description = "Tokens of an answer (30).")
        private Integer maxAnswerLength;

        @Option(names = "--n-best", paramLabel = "N", description = "How many answers of a question are written (20).")
        private Integer nBest;

        @Option(
                names = "--null-threshold",
                paramLabel = "X",
                description = "By how much no answer must score better than the best one to be given (what is best on dev).")
        private Double nullThreshold;
    }
}
