package org.graphbert.cli;

import java.nio.charset.Charset;
import org.graphbert.text.TextEncoding;
import picocli.CommandLine.Option;

/** {@code --encoding}, for every command that reads text. */
final class EncodingOption {

    @Option(
            names = "--encoding",
            defaultValue = "UTF-8",
            paramLabel = "NAME",
            description = "The text's encoding, such as UTF-16, windows-1252 or Big5 (default: ${DEFAULT-VALUE}).")
    private String name;

    /** @throws org.graphbert.config.Failure (usage) if Java does not know it */
    Charset charset() {
        return TextEncoding.named(name);
    }
}
