package org.graphbert.serve.http;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.serve.Overloaded;

/**
 * Answers requests. Jetty's threads only read and write, and none of them waits: a body is gathered as it comes, and the
 * answer is made on a worker's thread.
 */
final class RestHandler extends Handler.Abstract {

    private static final double NANOS = 1e9;
    private static final Set<String> METRICS = Set.of("/metrics", "/monitoring/prometheus/metrics");
    private static final String MODELS = "/models";
    private static final Set<String> READ = Set.of("/metrics", "/monitoring/prometheus/metrics", MODELS);

    private final Models models;
    private final ServerOptions options;
    private final Metrics metrics;
    private final SlowClients clients;
    private final Workers workers;
    private final ScheduledExecutorService timers;
    private final Progress progress;
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();
    private final long mostHeld;
    private final Unread unread;

    RestHandler(
            Models models, ServerOptions options, Metrics metrics, SlowClients clients, Workers workers,
            ScheduledExecutorService timers, Progress progress) {
        this.models = models;
        this.options = options;
        this.metrics = metrics;
        this.clients = clients;
        this.workers = workers;
        this.timers = timers;
        this.progress = progress;
        this.mostHeld = Math.max(options.largestBody(), Runtime.getRuntime().maxMemory() / 4);
        this.unread = new Unread(Runtime.getRuntime().maxMemory() / 4);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        try {
            switch (request.getMethod()) {
                case "GET", "HEAD" -> exchange.send(read(exchange, Request.getPathInContext(request)));
                case "POST" -> ask(exchange, Request.getPathInContext(request));
                default -> {
                    response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD, POST");
                    exchange.fail(new RestError(RestError.METHOD_NOT_ALLOWED, "Malformed request: %s %s; expected GET, HEAD or POST",
                            request.getMethod(), Request.getPathInContext(request)));
                }
            }
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
        return true;
    }

    private Reply read(Exchange exchange, String path) {
        if (METRICS.contains(path)) {
            exchange.method = "metrics";
            return metrics.page(models, inFlight.get(), clients.connections());
        }
        if (path.equals(MODELS)) {
            exchange.method = "models";
            return Descriptions.models(models);
        }
        Reply page = Page.at(path);
        if (page != null) {
            exchange.method = "page";
            return page;
        }
        Route route = Route.read(path);
        if (route == null) {
            if (Route.asked(path) != null) {
                exchange.response.getHeaders().put(HttpHeader.ALLOW, "POST");
                throw new RestError(RestError.METHOD_NOT_ALLOWED, "%s is to be asked with POST", path);
            }
            throw notFound(path);
        }
        exchange.method = route.metadata() ? "metadata" : "status";
        LiveModel model = models.get(route.model());
        exchange.model = model.name();
        if (!route.metadata()) {
            return Descriptions.status(model, route.version());
        }
        try (LiveModel.Lease lease = model.lease(route.version())) {
            return Descriptions.metadata(model.name(), lease.model().loaded());
        }
    }

    private void ask(Exchange exchange, String path) {
        Route route = Route.asked(path);
        String method = route == null ? null : Answers.known(route.method());
        if (route == null) {
            if (READ.contains(path) || Page.at(path) != null || Route.read(path) != null) {
                exchange.response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
                throw new RestError(RestError.METHOD_NOT_ALLOWED, "%s is to be read with GET; a model is asked at /v1/models/NAME:METHOD, "
                        + "METHOD one of %s", path, String.join(", ", Answers.methods()));
            }
            throw notFound(path);
        }
        if (method == null) {
            throw new RestError(RestError.NOT_FOUND, "Malformed request: POST %s; expected one of :%s", path,
                    String.join(", :", Answers.methods()));
        }
        exchange.method = method;
        LiveModel model = models.get(route.model());
        exchange.model = model.name();
        String encoding = exchange.request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new RestError(RestError.UNSUPPORTED_TYPE, "the body is encoded as %s, expected none: send the JSON as it is", encoding);
        }
        exchange.read(body -> {
            try (LiveModel.Lease lease = model.lease(route.version())) {
                return Answers.of(lease.model(), method, body);
            }
        });
    }

    private static RestError notFound(String path) {
        return new RestError(RestError.NOT_FOUND, "nothing is at %s; models are at /v1/models/NAME, a page at /", path);
    }

    /** What is made of a body. */
    @FunctionalInterface
    private interface Answering {
        Reply to(byte[] body);
    }

    /** One request on its way. */
    private final class Exchange {

        private final Request request;
        private final Response response;
        private final Callback callback;
        private final Connection connection;
        private final long begun = System.nanoTime();
        private final AtomicBoolean sent = new AtomicBoolean();
        /** For the metrics; a model's name only where there is such a model. */
        private volatile String model = "";
        private volatile String method = "other";

        private Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.connection = request.getConnectionMetaData().getConnection();
            inFlight.incrementAndGet();
            clients.begin(connection);
        }

        private void read(Answering answering) {
            BodyReader[] self = new BodyReader[1];
            ScheduledFuture<?>[] timer = new ScheduledFuture<?>[1];
            BodyReader reader = new BodyReader(request, options.largestBody(), held, mostHeld, body -> {
                timer[0].cancel(false);
                try {
                    workers.execute(body.length, () -> {
                        try {
                            answer(answering, body);
                        } finally {
                            self[0].release();
                        }
                    });
                } catch (RejectedExecutionException e) {
                    self[0].release();
                    fail(new RestError(RestError.UNAVAILABLE, "%d requests wait for an answer already; ask again in a moment",
                            options.requests()));
                }
            }, reason -> {
                timer[0].cancel(false);
                self[0].release();
                fail(reason);
            });
            self[0] = reader;
            long patience = options.patience().toMillis();
            timer[0] = timers.schedule(() -> reader.timeout(options.patience().toSeconds()), patience, TimeUnit.MILLISECONDS);
            reader.run();
        }

        private void answer(Answering answering, byte[] body) {
            try {
                send(answering.to(body));
            } catch (RuntimeException | OutOfMemoryError e) {
                fail(e);
            }
        }

        private void fail(Throwable reason) {
            if (reason instanceof RestError error) {
                send(Reply.error(error.status(), error.getMessage()));
            } else if (reason instanceof Failure failure) {
                send(Reply.error(RestError.BAD_REQUEST, failure.getMessage()));
            } else if (reason instanceof Overloaded overloaded) {
                send(Reply.error(RestError.UNAVAILABLE, overloaded.getMessage()));
            } else {
                progress.say("internal error at " + request.getMethod() + " " + Request.getPathInContext(request) + ": " + reason);
                send(Reply.error(RestError.INTERNAL, "internal error; the server's log says which"));
            }
        }

        /** Writes the answer; the client has its time to take it. */
        private void send(Reply made) {
            if (!sent.compareAndSet(false, true)) {
                return;
            }
            Reply reply = unread.admit(made);
            response.setStatus(reply.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.content().length);
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            response.getHeaders().put("Cache-Control", "no-store");
            if (reply.status() == RestError.UNAVAILABLE) {
                response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            }
            if (reply.status() == RestError.REQUEST_TIMEOUT || reply.status() == RestError.TOO_LARGE) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            Page.secure(response, reply);
            ScheduledFuture<?> timer = timers.schedule(
                    () -> connection.getEndPoint().close(), options.patience().toMillis(), TimeUnit.MILLISECONDS);
            boolean head = request.getMethod().equals("HEAD");
            response.write(true, ByteBuffer.wrap(head ? new byte[0] : reply.content()), Callback.from(() -> {
                over(timer, reply);
                callback.succeeded();
            }, failure -> {
                over(timer, reply);
                callback.failed(failure);
            }));
        }

        private void over(ScheduledFuture<?> timer, Reply reply) {
            timer.cancel(false);
            unread.gone(reply);
            inFlight.decrementAndGet();
            clients.end(connection);
            metrics.request(model, method, reply.status(), (System.nanoTime() - begun) / NANOS);
        }
    }
}
