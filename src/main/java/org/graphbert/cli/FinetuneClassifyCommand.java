package org.graphbert.cli;

import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graphbert finetune classify}: labels, or numbers, of texts and pairs of texts. */
@Command(
        name = "classify",
        description = {
            "Learns labels of texts, or of pairs of texts; the same command continues an interrupted run.",
            "Defaults are in parentheses."
        },
        customSynopsis = {
            "graphbert finetune classify --from=RUN --train=FILE --dev=FILE",
            "       --output=DIR [OPTIONS]"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Files are TSV, CSV or JSON lines with named columns, by their ending, packed or",
            "not: label, and one or two columns of text.",
            "",
            "Example:",
            "  graphbert finetune classify --from runs/wiki --train train.tsv \\",
            "      --dev dev.tsv --test test.tsv --output runs/polarity --restarts 3"
        })
final class FinetuneClassifyCommand extends FinetuneTask {

    @ArgGroup(validate = false, order = 2, heading = "%nColumns and labels:%n")
    private Columns columns;

    static final class Columns {

        @Option(
                names = "--text-column",
                paramLabel = "NAME",
                description = "A column of text; twice for pairs (all but the label's, if these are one or two).")
        private List<String> textColumn;

        @Option(names = "--label-column", paramLabel = "NAME", description = "The column of the labels (label).")
        private String labelColumn;

        @Option(
                names = "--positive",
                paramLabel = "LABEL",
                description = "The label whose precision, recall and F1 are told (the second of two, in the order of letters).")
        private String positive;

        @Option(
                names = "--class-weights",
                paramLabel = "balanced|LABEL=X,...",
                description = "How much an example of a label counts in training (1).")
        private String classWeights;

        @Option(names = "--regression", description = "Labels are numbers, to be predicted by the mean squared error.")
        private Boolean regression;

        @Option(
                names = "--pooling",
                paramLabel = "cls|mean",
                description = "What a text is told by: BERT's pooler over [CLS], or the mean over its tokens (cls).")
        private String pooling;
    }
}
