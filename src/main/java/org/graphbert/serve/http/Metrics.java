package org.graphbert.serve.http;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What has been asked of the server so far, in Prometheus's text format. */
final class Metrics {

    private static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";
    private static final double[] SECONDS =
            {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128};
    private static final Path MEMORY = Path.of("/proc/self/status");

    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final Map<String, Histogram> durations = new ConcurrentSkipListMap<>();
    private final Map<String, Histogram> batches = new ConcurrentSkipListMap<>();

    /** A request was answered; the model is empty where it asked for none that there is. */
    void request(String model, String method, int status, double seconds) {
        String of = "model=\"" + escaped(model) + "\",method=\"" + method + '"';
        requests.computeIfAbsent(of + ",code=\"" + status + '"', key -> new LongAdder()).increment();
        durations.computeIfAbsent(of, key -> new Histogram(SECONDS)).add(seconds);
    }

    /** A batch of so many sequences was answered. */
    void batch(String model, int size) {
        batches.computeIfAbsent("model=\"" + escaped(model) + '"', key -> new Histogram(SIZES)).add(size);
    }

    /** All of it. */
    Reply page(Models models, long inFlight, long connections) {
        StringBuilder out = new StringBuilder();
        head(out, "graphbert_requests_total", "counter", "Requests answered.");
        requests.forEach((labels, count) -> line(out, "graphbert_requests_total", labels, count.sum()));
        head(out, "graphbert_request_seconds", "histogram", "From a request's headers to the end of its answer.");
        durations.forEach((labels, histogram) -> histogram.write(out, "graphbert_request_seconds", labels));
        head(out, "graphbert_batch_sequences", "histogram", "Sequences of each call of a model.");
        batches.forEach((labels, histogram) -> histogram.write(out, "graphbert_batch_sequences", labels));
        head(out, "graphbert_queued_sequences", "gauge", "Sequences that wait for a batch.");
        models.all().forEach(model -> line(out, "graphbert_queued_sequences", of(model), model.model().waiting()));
        head(out, "graphbert_model_version", "gauge", "The version that answers.");
        models.all().forEach(model -> line(out, "graphbert_model_version", of(model), model.model().loaded().version()));
        head(out, "graphbert_requests_in_flight", "gauge", "Requests that wait or are worked on.");
        line(out, "graphbert_requests_in_flight", "", inFlight);
        head(out, "graphbert_connections", "gauge", "Connections that are open.");
        line(out, "graphbert_connections", "", connections);
        head(out, "jvm_heap_used_bytes", "gauge", "Java's heap in use.");
        line(out, "jvm_heap_used_bytes", "", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        long resident = resident();
        if (resident > 0) {
            head(out, "process_resident_memory_bytes", "gauge", "The process's memory.");
            line(out, "process_resident_memory_bytes", "", resident);
        }
        return new Reply(Reply.OK, TYPE, out.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The process's memory where the system says it, otherwise 0. */
    private static long resident() {
        try {
            return Files.exists(MEMORY)
                    ? Files.readAllLines(MEMORY).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                            .findFirst().orElse(0)
                    : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String of(LiveModel model) {
        return "model=\"" + escaped(model.name()) + '"';
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static void head(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder out, String name, String labels, long value) {
        out.append(name).append(labels.isEmpty() ? "" : "{" + labels + "}").append(' ').append(value).append('\n');
    }
}
