package org.graphbert.cli;

import java.nio.charset.Charset;
import org.graphbert.corpus.DocumentOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which documents are read, for every command that reads a corpus. */
final class DocumentSettings {

    @Mixin
    private EncodingOption encoding;

    @Mixin
    private TextFieldOption textField;

    @Option(
            names = "--deduplicate",
            description = "Drop a document that repeats an earlier one but for case, white space and punctuation.")
    private boolean deduplicate;

    @Option(
            names = "--min-document-length",
            paramLabel = "N",
            description = "Drop documents with fewer characters (${DEFAULT-VALUE}).")
    private int minCharacters = DocumentOptions.DEFAULT.minCharacters();

    DocumentOptions options() {
        return new DocumentOptions(textField.name(), deduplicate, minCharacters);
    }

    Charset charset() {
        return encoding.charset();
    }
}
