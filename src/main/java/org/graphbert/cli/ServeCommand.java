package org.graphbert.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.graphbert.config.Failure;
import org.graphbert.serve.Batching;
import org.graphbert.serve.http.RestServer;
import org.graphbert.serve.http.ServerOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graphbert serve}: exports behind HTTP. */
@Command(
        name = "serve",
        description = "Answer over HTTP, as TF Serving does (REST), and with a page for people at /. Each export's highest version is "
                + "served; new ones take its place as they appear. Ends at SIGTERM or Ctrl-C, once what is in flight is answered.",
        sortOptions = false,
        footer = {
            "",
            "Example:",
            "  graphbert serve saved_models/wiki",
            "  curl -d '{\"text\": \"The sky is [MASK].\"}' \\",
            "      http://127.0.0.1:8501/v1/models/wiki:fill_mask"
        })
final class ServeCommand implements Callable<Integer> {

    private static final int MEBIBYTE = 1 << 20;
    private static final int MOST_MEBIBYTES = 1024;
    private static final double MILLIS = 1e3;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Parameters(arity = "1..*", paramLabel = "DIR", description = "Exports: saved_models/NAME, or NAME/VERSION for that version alone.")
    private List<Path> models;

    @Option(names = "--port", paramLabel = "N", description = "To listen at; 0 for any that is free (${DEFAULT-VALUE}).")
    private int port = 8501;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "To listen at (${DEFAULT-VALUE}); 0.0.0.0 lets other machines ask, and there is no password.")
    private String host = "127.0.0.1";

    @Option(names = "--max-batch", paramLabel = "N", description = "Sequences answered together; 1 for no batching (${DEFAULT-VALUE}).")
    private int maxBatch = 32;

    @Option(
            names = "--max-wait",
            paramLabel = "MS",
            description = "How long the first of a batch waits for others, in milliseconds (${DEFAULT-VALUE}).")
    private double maxWait = 2;

    @Option(names = "--queue", paramLabel = "N", description = "Sequences, and requests, that may wait; more are refused with 503 (${DEFAULT-VALUE}).")
    private int queue = 1024;

    @Option(names = "--max-body", paramLabel = "MIB", description = "Of a request's body, in MiB (${DEFAULT-VALUE}).")
    private int maxBody = 8;

    @Option(names = "--client-timeout", paramLabel = "S", description = "For a client to send its headers, its body, to take the answer (${DEFAULT-VALUE}).")
    private int clientTimeout = 30;

    @Option(names = "--max-connections", paramLabel = "N", description = "Open at once (${DEFAULT-VALUE}).")
    private int connections = 4096;

    @Option(names = "--threads", paramLabel = "N", description = "Of TensorFlow's kernels; 0 for all cores (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--poll", paramLabel = "S", description = "How often to look for new versions, in seconds (${DEFAULT-VALUE}).")
    private double poll = 1;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (maxBody < 1 || maxBody > MOST_MEBIBYTES) {
            throw Failure.usage("--max-body is %d MiB, expected 1 to %d", maxBody, MOST_MEBIBYTES);
        }
        ConsoleProgress progress = new ConsoleProgress();
        ServerOptions options = new ServerOptions(host, port, threads,
                new Batching(maxBatch, Duration.ofNanos(Math.round(maxWait * MILLIS * MILLIS)), queue), maxBody * MEBIBYTE, queue,
                Duration.ofSeconds(clientTimeout), connections, Duration.ofMillis(Math.round(poll * MILLIS)));
        RestServer server = RestServer.start(models, options, progress);
        progress.say("listening at " + server.uri());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            progress.say("stopping: what is in flight is answered first");
            server.close();
            progress.say("stopped");
            // It was asked to stop and has: no failure, whatever the signal.
            Runtime.getRuntime().halt(0);
        }, "stop-on-signal"));
        new CountDownLatch(1).await();
        return 0;
    }
}
