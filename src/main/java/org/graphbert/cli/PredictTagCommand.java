package org.graphbert.cli;

import picocli.CommandLine.Command;

/** {@code graphbert predict tag}: tags of words, by a fine-tuned run. */
@Command(
        name = "tag",
        description = "A tag for each word of sentences whose words have spaces between them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert predict tag --run runs/names \"I met Ann Lee in Rome .\"",
            "  graphbert predict tag --run runs/names --examples test.txt"
        })
final class PredictTagCommand extends PredictTask {}
