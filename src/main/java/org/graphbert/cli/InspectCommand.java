package org.graphbert.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.data.DataSetFiles;
import org.graphbert.data.Verification;
import org.graphbert.data.VerificationReport;
import org.graphbert.interop.CheckpointFiles;
import org.graphbert.interop.CheckpointReport;
import org.graphbert.interop.GraphReport;
import org.graphbert.interop.OnnxFile;
import org.graphbert.interop.OnnxReport;
import org.graphbert.interop.Safetensors;
import org.graphbert.interop.SafetensorsReport;
import org.graphbert.interop.TensorDiff;
import org.graphbert.interop.TensorFile;
import org.graphbert.serve.SavedModelReport;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.TokenizerReport;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code graphbert inspect}: what is this? */
@Command(
        name = "inspect",
        description = {
            "What is this? Looks into a run, data set, checkpoint, safetensors file, SavedModel, graph, ONNX model or "
                    + "tokenizer.",
            "With --diff: which variables of two of them differ, and by how much."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  graphbert inspect runs/wiki",
            "  graphbert inspect tfrecords/wiki --show 2",
            "  graphbert inspect tfrecords/wiki --verify",
            "  graphbert inspect runs/wiki/checkpoints/step-00001000 --json",
            "  graphbert inspect --diff runs/wiki runs/wiki-2",
            "  graphbert inspect --diff bert-base-uncased/model.safetensors \\",
            "      runs/imported --all"
        })
final class InspectCommand implements Callable<Integer> {

    private static final int ENTRIES_NAMED = 4;

    private static final Inspector DATA_SET = new Inspector(
            "a data set or its TFRecord files", DataSetFiles::recognises, DataSetInspector::inspect);

    /** Asked in this order. */
    private static final List<Inspector> INSPECTORS = List.of(
            new Inspector("a run", RunReport::recognises, (path, options) -> {
                RunReport report = RunReport.of(path);
                return new Inspector.Report(report.text(), report.json());
            }),
            new Inspector("a SavedModel (NAME or NAME/VERSION)", SavedModelReport::recognises, (path, options) -> {
                SavedModelReport report = SavedModelReport.of(path);
                return new Inspector.Report(report.text(), report.json());
            }),
            new Inspector("safetensors (a file, an index, or a directory with model.safetensors)", Safetensors::recognises,
                    (path, options) -> {
                        SafetensorsReport report = SafetensorsReport.of(path);
                        return new Inspector.Report(report.text(), report.json());
                    }),
            new Inspector("a checkpoint (its prefix, index or directory)", CheckpointFiles::recognises, (path, options) -> {
                CheckpointReport report = CheckpointReport.withNorms(path);
                return new Inspector.Report(report.text(), report.json());
            }),
            new Inspector("a tokenizer (a directory, vocab.txt, tokenizer.json or .model)", TokenizerReport::recognises,
                    (path, options) -> {
                        TokenizerReport report = TokenizerReport.of(path);
                        return new Inspector.Report(report.text(), report.json());
                    }),
            new Inspector("an ONNX model (.onnx)", OnnxFile::recognises, (path, options) -> {
                OnnxReport report = OnnxReport.of(path);
                return new Inspector.Report(report.text(), report.json());
            }),
            new Inspector("a graph (.pb)", path -> Files.isRegularFile(path) && path.toString().endsWith(".pb"),
                    (path, options) -> {
                        GraphReport report = GraphReport.of(path);
                        return new Inspector.Report(report.text(), report.json());
                    }),
            DATA_SET);

    @Parameters(
            paramLabel = "PATH",
            arity = "1..2",
            description = "A directory, a file, a checkpoint's prefix or a pattern of TFRecord files; two with --diff.")
    private List<Path> paths;

    @Option(
            names = "--diff",
            description = "Compare the variables of two paths: runs (their newest checkpoints), checkpoints, safetensors, "
                    + "SavedModels or graphs.")
    private boolean diff;

    @Option(names = "--all", description = "With --diff: list identical variables too.")
    private boolean all;

    @Option(names = "--show", paramLabel = "N", description = "How many examples of a data set to show (${DEFAULT-VALUE}).")
    private int show = 3;

    @Option(
            names = "--verify",
            description = "Read all of a data set and check every record; code 3 if something is wrong.")
    private boolean verify;

    @Option(
            names = "--tokenizer",
            paramLabel = "PATH",
            description = "Of TFRecord files without a manifest: to name and check their tokens.")
    private Path tokenizer;

    @Option(names = "--threads", paramLabel = "N", description = "With --verify (default: one per processor).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (paths.size() != (diff ? 2 : 1)) {
            throw Failure.usage(diff ? "inspect --diff takes two paths, found one; name what to compare it with"
                    : "inspect takes one path, found two; compare them with --diff A B");
        }
        Path path = paths.get(0);
        PrintWriter out = spec.commandLine().getOut();
        if (diff) {
            return compared(out);
        }
        Inspector inspector = inspector(path);
        if (inspector != DATA_SET && (verify || tokenizer != null)) {
            throw Failure.usage("%s is for %s; %s is %s", verify ? "--verify" : "--tokenizer", DATA_SET.kind(), path,
                    inspector.kind());
        }
        Optional<Tokenizer> given = Optional.ofNullable(tokenizer).map(source -> Tokenizers.load(source, null));
        if (verify) {
            return verified(path, given, out);
        }
        Inspector.Report report = inspector.inspect().at(path, new Inspector.Options(show, given));
        out.println((json ? report.json() : report.text()).stripTrailing());
        out.flush();
        return 0;
    }

    /** Differences are a result, not a failure. */
    private int compared(PrintWriter out) throws IOException {
        if (verify || tokenizer != null) {
            throw Failure.usage("--diff compares variables; %s is for data sets", verify ? "--verify" : "--tokenizer");
        }
        try (TensorFile a = TensorSources.open(paths.get(0)); TensorFile b = TensorSources.open(paths.get(1))) {
            TensorDiff report = TensorDiff.of(a, b);
            out.println((json ? report.json() : report.text(all)).stripTrailing());
            out.flush();
        }
        return 0;
    }

    private int verified(Path path, Optional<Tokenizer> given, PrintWriter out) {
        VerificationReport report = Verification.run(path, given, threads, new ConsoleProgress());
        out.println((json ? report.json() : report.text()).stripTrailing());
        out.flush();
        if (!report.valid()) {
            throw Failure.data("%s: %s; copy or prepare the data again", path, report.summary());
        }
        return 0;
    }

    private static Inspector inspector(Path path) throws IOException {
        for (Inspector inspector : INSPECTORS) {
            if (inspector.recognises().test(path)) {
                return inspector;
            }
        }
        String expected = INSPECTORS.stream().map(Inspector::kind).collect(Collectors.joining(", "));
        if (!Files.exists(path)) {
            throw Failure.usage("%s: no such file or directory; expected one of: %s", path, expected);
        }
        throw Failure.data("%s: not recognised: found %s; expected one of: %s", path, found(path), expected);
    }

    private static String found(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return String.format("a file of %,d bytes", Files.size(path));
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<String> names = entries.map(p -> p.getFileName().toString()).sorted().toList();
            if (names.isEmpty()) {
                return "an empty directory";
            }
            String some = String.join(", ", names.subList(0, Math.min(ENTRIES_NAMED, names.size())));
            return "a directory with " + some
                    + (names.size() > ENTRIES_NAMED ? " and " + (names.size() - ENTRIES_NAMED) + " more" : "");
        }
    }
}
