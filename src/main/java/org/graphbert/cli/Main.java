package org.graphbert.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. Each command parses, calls one thing and prints; here errors become one line and an exit code. */
@Command(
        name = "graphbert",
        description = "Pre-trains BERT on the JVM, as a TensorFlow graph: from raw text to a served model.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Main.FromBuild.class,
        subcommands = {
            QuickstartCommand.class,
            TokenizerCommand.class,
            CorpusCommand.class,
            PrepareCommand.class,
            GraphCommand.class,
            PretrainCommand.class,
            LaunchCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            FinetuneCommand.class,
            ExportCommand.class,
            ServeCommand.class,
            ImportCommand.class,
            InspectCommand.class,
            PlotCommand.class,
            ReportCommand.class,
            BenchCommand.class,
            DoctorCommand.class
        })
public final class Main implements Runnable {

    private static final int INTERNAL_ERROR = 1;
    private static final int USAGE_ERROR = 2;
    private static final int DATA_ERROR = 3;

    private final long begun;
    private boolean abrupt;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean stacktrace;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Let TensorFlow's native log through (the launcher reads this).")
    private boolean verbose;

    @Option(
            names = "--gpu",
            scope = ScopeType.INHERIT,
            description = "Run the build for NVIDIA GPUs, built on first use (the launcher reads this).")
    private boolean gpu;

    @Spec
    private CommandSpec spec;

    public static void main(String[] arguments) {
        bypassNativeLogFilter();
        uncapNativeMemory();
        // Numbers are printed, and files named, alike everywhere.
        Locale.setDefault(Locale.ROOT);
        Main main = new Main(processBegun());
        int code = run(main, new PrintWriter(System.out, true, StandardCharsets.UTF_8), arguments);
        if (main.abrupt) {
            System.out.flush();
            System.err.flush();
            Runtime.getRuntime().halt(code);
        }
        System.exit(code);
    }

    /** By the JVM's own monotonic clock: the machine's date may be set meanwhile. */
    private static long processBegun() {
        return System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(ManagementFactory.getRuntimeMXBean().getUptime());
    }

    /** Of a command that begins now. */
    Main() {
        this(System.nanoTime());
    }

    private Main(long begun) {
        this.begun = begun;
    }

    /** What {@link System#nanoTime} was when the command began: the process, where it is the only command of it. */
    long begun() {
        return begun;
    }

    /**
     * TensorFlow's memory lies outside the heap and has nothing to do with its size. JavaCPP would refuse more of it than four
     * heaps, and would ask the system for the process's size with each native object, which takes half of the time that a
     * large graph is built in.
     */
    private static void uncapNativeMemory() {
        String limit = "org.bytedeco.javacpp.maxPhysicalBytes";
        if (System.getProperty(limit) == null) {
            System.setProperty(limit, "0");
        }
    }

    /**
     * The launcher filters TensorFlow's chatter out of the process's stderr and names a descriptor that goes past the
     * filter, so that our own output is neither delayed nor reordered by it. Java has no public way to a descriptor that
     * it inherits; opening /dev/fd/3 instead would be another open file, and with {@code > log 2>&1} stdout would write
     * over it. The launcher opens java.io to this.
     */
    private static void bypassNativeLogFilter() {
        Integer number = Integer.getInteger("graphbert.stderr");
        if (number == null) {
            return;
        }
        try {
            Field field = FileDescriptor.class.getDeclaredField("fd");
            field.setAccessible(true);
            FileDescriptor descriptor = new FileDescriptor();
            field.setInt(descriptor, number);
            System.setErr(new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8));
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // Then stderr stays as it is: through the filter, a line at a time.
        }
    }

    /**
     * From here on the process ends without a shutdown: threads of TensorFlow's may be at work that nothing ends, a server's, or
     * one that waits for another process.
     */
    void endAbruptly() {
        abrupt = true;
    }

    /** Runs a command and returns its exit code. */
    public static int run(String... arguments) {
        return run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), arguments);
    }

    /** Runs a command that prints its result there; returns its exit code. */
    static int run(PrintWriter out, String... arguments) {
        return run(new Main(), out, arguments);
    }

    private static int run(Main main, PrintWriter out, String... arguments) {
        int code = execute(commandLine(main)
                .setOut(out)
                .setErr(new PrintWriter(System.err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::usageError)
                .setExecutionExceptionHandler(main::error), arguments);
        if (out.checkError() && code == 0) {
            System.err.println("graphbert: the result could not be written to stdout; is the disk full, or the reader gone?");
            return DATA_ERROR;
        }
        return code;
    }

    /** All commands, with their help as it is printed. */
    static CommandLine commandLine(Main main) {
        CommandLine command = new CommandLine(main);
        Map<String, IHelpSectionRenderer> help = command.getHelpSectionMap();
        help.put(GroupedOptions.SECTION, new GroupedOptions());
        return command.setHelpSectionMap(help);
    }

    /** Files beyond what memory holds are no fault of the program; picocli's handlers see exceptions only, no errors. */
    private static int execute(CommandLine command, String... arguments) {
        try {
            return command.execute(arguments);
        } catch (OutOfMemoryError e) {
            System.err.printf("graphbert: out of memory: %s; is a file larger than it should be? Otherwise give Java more, e.g. "
                    + "GRAPHBERT_JAVA_OPTIONS=-Xmx8g%n", e.getMessage());
            return DATA_ERROR;
        }
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int usageError(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        String message = choices(e).orElseGet(() -> e.getMessage().strip().replaceAll("\\s*\\R\\s*", " "));
        err.printf("%s: %s%n", command.getCommandSpec().qualifiedName(), message);
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.printf("Try '%s --help'.%n", command.getCommandSpec().qualifiedName());
        }
        err.flush();
        return USAGE_ERROR;
    }

    /** Of a closed choice, the names as they are written; picocli gives Java's. */
    private static Optional<String> choices(ParameterException e) {
        boolean choice = e.getArgSpec() instanceof OptionSpec option && option.typeInfo().isEnum() && e.getValue() != null;
        if (!choice) {
            return Optional.empty();
        }
        OptionSpec option = (OptionSpec) e.getArgSpec();
        String names = Arrays.stream(option.type().getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
        return Optional.of(String.format("%s is '%s', expected one of %s", option.longestName(), e.getValue(), names));
    }

    private int error(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        String name = command.getCommandSpec().qualifiedName();
        int code;
        if (cause instanceof Failure failure) {
            err.printf("%s: %s%n", name, failure.getMessage());
            code = failure.exitCode();
        } else if (cause instanceof FileSystemException file) {
            err.printf("%s: %s: %s%n", name, file.getFile(), Directories.reason(file));
            code = DATA_ERROR;
        } else if (cause instanceof IOException) {
            err.printf("%s: %s%n", name, cause.getMessage());
            code = DATA_ERROR;
        } else {
            err.printf("%s: internal error: %s%n", name, cause);
            code = INTERNAL_ERROR;
        }
        if (stacktrace || code == INTERNAL_ERROR) {
            cause.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    /** The version that Maven wrote into the jar. */
    static final class FromBuild implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"graphbert " + Version.CURRENT};
        }
    }
}
