package org.graphbert.cli;

import picocli.CommandLine.Command;

/** {@code graphbert predict classify}: labels of texts, by a fine-tuned run. */
@Command(
        name = "classify",
        description = "The label, or the number, of texts or pairs of texts, as the run was fine-tuned to tell.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert predict classify --run runs/polarity \"A moving film.\"",
            "  graphbert predict classify --run runs/rte --examples test.tsv --json"
        })
final class PredictClassifyCommand extends PredictTask {}
