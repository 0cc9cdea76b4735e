package org.graphbert.serve.http;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.serve.ServedModel;

/** An HTTP server that speaks TF Serving's REST API for exports, answers questions in words, and has a page for people. */
public final class RestServer implements AutoCloseable {

    /** Jetty's own threads never wait for a model or a client. */
    private static final int JETTY_THREADS = 16;
    private static final int HEADER_BYTES = 16 << 10;
    private static final long STOP_MILLIS = 30_000;
    private static final long IDLE_MILLIS = 600_000;

    private final Server server;
    private final ServerConnector connector;
    private final Models models;
    private final Workers workers;
    private final ScheduledExecutorService timers;
    private final ScheduledExecutorService poller;

    private RestServer(
            Server server, ServerConnector connector, Models models, Workers workers,
            ScheduledExecutorService timers, ScheduledExecutorService poller) {
        this.server = server;
        this.connector = connector;
        this.models = models;
        this.workers = workers;
        this.timers = timers;
        this.poller = poller;
    }

    /**
     * Opens the models and listens.
     *
     * @param directories each NAME, whose highest version is served and followed, or NAME/VERSION
     * @param progress takes a line for each version that comes
     * @throws Failure (usage) if there is no export, the port is taken or two models have one name; (data) if one is damaged
     */
    public static RestServer start(List<Path> directories, ServerOptions options, Progress progress) throws IOException {
        Metrics metrics = new Metrics();
        Models models = Models.open(directories, (name, version) -> {
            ServedModel model = ServedModel.open(version, options.threads(), options.batching(), size -> metrics.batch(name, size));
            try {
                model.warmUp();
                return model;
            } catch (RuntimeException e) {
                model.close();
                throw Failure.data("%s: cannot be asked: %s", version, String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
            }
        }, progress);
        Workers workers = new Workers(options.batching().maxBatch(), options.requests(), daemons("graphbert-answers"));
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(daemons("graphbert-timers"));
        ScheduledExecutorService poller = Executors.newSingleThreadScheduledExecutor(daemons("graphbert-versions"));
        SlowClients clients = new SlowClients(options.patience());

        QueuedThreadPool pool = new QueuedThreadPool(JETTY_THREADS);
        pool.setName("graphbert-http");
        Server server = new Server(pool);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setAcceptQueueSize(options.connections());
        // Our own timers see to slow clients; this one would also cut off an answer that is long in coming.
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.addBean(clients);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(options.connections(), connector));
        server.setErrorHandler(new JsonErrors());
        server.setHandler(new GracefulHandler(new RestHandler(models, options, metrics, clients, workers, timers, progress)));
        server.setStopTimeout(STOP_MILLIS);
        RestServer started = new RestServer(server, connector, models, workers, timers, poller);
        try {
            server.start();
        } catch (Exception e) {
            started.close();
            throw Failure.usage("cannot listen at %s:%d: %s; choose another --port", options.host(), options.port(), reason(e), e);
        }
        long sweep = Math.max(1, Math.min(1000, options.patience().toMillis() / 4));
        timers.scheduleWithFixedDelay(clients::sweep, sweep, sweep, TimeUnit.MILLISECONDS);
        long poll = options.poll().toMillis();
        poller.scheduleWithFixedDelay(models::poll, poll, poll, TimeUnit.MILLISECONDS);
        return started;
    }

    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage();
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Where it listens, such as http://127.0.0.1:8501/. */
    public URI uri() {
        String host = connector.getHost();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort() + "/");
    }

    /** Takes no more connections, answers what is in flight, and frees the models. */
    @Override
    public void close() {
        poller.shutdownNow();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server could not be stopped", e);
        } finally {
            workers.close();
            timers.shutdownNow();
            models.close();
        }
    }
}
