package org.graphbert.cli;

import picocli.CommandLine.Option;

/** {@code --text-field}, for every command that reads a corpus. */
final class TextFieldOption {

    @Option(
            names = "--text-field",
            paramLabel = "NAME",
            description = "The inputs are JSON lines, an object each, with a document's text in this field.")
    private String name;

    /** Null for text. */
    String name() {
        return name;
    }
}
