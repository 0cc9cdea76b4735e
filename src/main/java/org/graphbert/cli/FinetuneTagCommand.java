package org.graphbert.cli;

import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graphbert finetune tag}: a tag for each word, such as names have. */
@Command(
        name = "tag",
        description = {
            "Learns tags of words; the same command continues an interrupted run.",
            "Defaults are in parentheses."
        },
        customSynopsis = {
            "graphbert finetune tag --from=RUN --train=FILE --dev=FILE",
            "       --output=DIR [OPTIONS]"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Files are CoNLL's: a word a line with its tag in another column, a blank line",
            "between sentences; tags in any scheme (IOB2, IOB1, BIOES, BILOU, or plain).",
            "",
            "Example:",
            "  graphbert finetune tag --from runs/wiki --train train.txt --dev dev.txt \\",
            "      --test test.txt --output runs/names"
        })
final class FinetuneTagCommand extends FinetuneTask {

    @ArgGroup(validate = false, order = 2, heading = "%nColumns:%n")
    private Columns columns;

    static final class Columns {

        @Option(names = "--token-column", paramLabel = "N", description = "Of the words, from 1, or from the end: -1 (1).")
        private Integer tokenColumn;

        @Option(names = "--tag-column", paramLabel = "N", description = "Of the tags (-1).")
        private Integer tagColumn;
    }
}
