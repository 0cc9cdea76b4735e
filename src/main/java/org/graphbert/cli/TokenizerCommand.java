package org.graphbert.cli;

import java.io.InputStream;
import java.nio.file.Path;
import org.graphbert.text.TokenStreams;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.text.Transcoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert tokenizer}: trains a vocabulary, and turns text into tokens and back. */
@Command(
        name = "tokenizer",
        description = "Trains a tokenizer; turns text into tokens or ids and back.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        subcommands = {TokenizerTrainCommand.class, TokenizerCommand.Encode.class, TokenizerCommand.Decode.class},
        footer = {"", "Example:", "  graphbert tokenizer train --help"})
final class TokenizerCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** What encode and decode share: which tokenizer, and how stdin is encoded. */
    static final class Source {

        @Option(
                names = "--tokenizer",
                required = true,
                paramLabel = "PATH",
                description = "A tokenizer's directory, a vocab.txt (lower-casing unless --cased), a tokenizer.json or a"
                        + " SentencePiece .model.")
        private Path path;

        @Option(names = "--cased", description = "The text keeps its case and accents; for a vocab.txt.")
        private boolean cased;

        @Mixin
        private EncodingOption encoding;

        Tokenizer load() {
            return Tokenizers.load(path, cased ? Boolean.TRUE : null);
        }

        InputStream utf8(InputStream in) {
            return Transcoder.utf8(in, encoding.charset(), TokenStreams.SOURCE);
        }
    }

    /** {@code tokenizer encode}: lines of text to lines of tokens. */
    @Command(
            name = "encode",
            description = "Reads text on stdin, lines ending at LF only; prints each line's tokens, separated by spaces.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footer = {"", "Example:", "  graphbert tokenizer encode --tokenizer tokenizers/mine --ids < text.txt"})
    static final class Encode implements Runnable {

        @Mixin
        private Source source;

        @Option(names = "--ids", description = "Print ids in place of tokens.")
        private boolean ids;

        @Override
        public void run() {
            StandardStreams.pipe((in, out) -> TokenStreams.encode(source.load(), source.utf8(in), out, ids));
        }
    }

    /** {@code tokenizer decode}: lines of ids to lines of text. */
    @Command(
            name = "decode",
            description = "Reads ids on stdin, separated by spaces; prints each line's text.",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            footer = {"", "Example:", "  graphbert tokenizer decode --tokenizer tokenizers/mine < ids.txt"})
    static final class Decode implements Runnable {

        @Mixin
        private Source source;

        @Override
        public void run() {
            StandardStreams.pipe((in, out) -> TokenStreams.decode(source.load(), source.utf8(in), out));
        }
    }
}
