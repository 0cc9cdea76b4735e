package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.graphbert.interop.ForeignModel;
import org.graphbert.interop.ForeignModels;
import org.graphbert.interop.ForeignOptions;
import org.graphbert.train.ModelImport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graphbert import}: a BERT from elsewhere to a run. */
@Command(
        name = "import",
        description = "Makes a run of a BERT that was trained elsewhere: a Hugging Face directory, a Google checkpoint or an ONNX "
                + "model.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "The run evaluates, predicts and exports at once, and 'pretrain --init' trains",
            "on from it. Heads that a model comes without (the masked-LM head, the pooler",
            "and the pair head on it) are initialised and named.",
            "",
            "Examples:",
            "  graphbert import --from bert-base-uncased --output runs/base",
            "  graphbert import --from uncased_L-4/bert_model.ckpt --output runs/mini",
            "  graphbert import --from minilm.onnx --tokenizer tokenizer.json \\",
            "      --output runs/minilm",
            "  graphbert pretrain --init runs/base --data tfrecords/law --run runs/law \\",
            "      --steps 3000"
        })
final class ImportCommand implements Callable<Integer> {

    @Option(
            names = "--from",
            required = true,
            paramLabel = "DIR|PREFIX|FILE",
            description = "A directory with config.json and model.safetensors, or with bert_config.json and bert_model.ckpt; "
                    + "a checkpoint's prefix; a safetensors file; an ONNX model of an encoder.")
    private Path from;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "The run, e.g. runs/NAME.")
    private Path output;

    @Option(names = "--model", paramLabel = "FILE", description = "Model configuration (the one beside the weights).")
    private Path model;

    @Option(names = "--tokenizer", paramLabel = "PATH", description = "Tokenizer (the one beside the weights).")
    private Path tokenizer;

    @Option(names = "--cased", description = "A vocab.txt that comes alone keeps its text's case.")
    private boolean cased;

    @Option(
            names = "--allow-partial",
            description = "Initialise variables that are missing or of another shape, and leave out what is no variable of the "
                    + "model.")
    private boolean allowPartial;

    @Option(names = "--seed", paramLabel = "N", description = "Of what is initialised (${DEFAULT-VALUE}).")
    private long seed = 12345;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        ConsoleProgress progress = new ConsoleProgress();
        try (ForeignModel foreign = ForeignModels.open(from, new ForeignOptions(model, tokenizer, cased))) {
            boolean written = ModelImport.run(foreign, output, new ModelImport.Options(allowPartial, seed), progress);
            if (!written) {
                progress.say(output + " is this import already.");
            }
        }
        spec.commandLine().getOut().println(output);
        return 0;
    }
}
