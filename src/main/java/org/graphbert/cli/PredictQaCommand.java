package org.graphbert.cli;

import picocli.CommandLine.Command;

/** {@code graphbert predict qa}: answers out of texts, by a fine-tuned run. */
@Command(
        name = "qa",
        description = "Answers to questions about texts, out of the texts: a question, its text, a question, its text, ...",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  graphbert predict qa --run runs/squad \"Who came?\" \"Ann came late.\"",
            "  graphbert predict qa --run runs/squad --examples dev-v2.0.json --json"
        })
final class PredictQaCommand extends PredictTask {}
