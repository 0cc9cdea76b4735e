package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.interop.CheckpointReport;
import org.graphbert.train.MetricsLog;
import org.graphbert.train.RunDirectory;
import org.graphbert.train.RunReport;

/** A run as one HTML page that needs nothing besides itself. */
public final class Report {

    private Report() {}

    /**
     * What is to be written.
     *
     * @param run its directory
     * @param output the page; null for report.html in the run
     * @param data whose records the sample predictions are of; null for the run's own held-out set, or its training set
     */
    public record Request(Path run, Path output, Path data) {

        public Request {
            output = output == null ? run.resolve("report.html") : output;
            if (Files.isDirectory(output)) {
                throw Failure.usage("--output %s: is a directory; expected a file, e.g. report.html", output);
            }
        }
    }

    /** Writes the page and returns where. */
    public static Path write(Request request, Progress progress) throws IOException {
        RunDirectory run = new RunDirectory(request.run());
        run.record();
        Lettering.require();
        RunReport report = RunReport.of(request.run());
        List<JsonNode> lines = MetricsLog.read(run.metricsFile());
        RunCurves curves = RunCurves.of(name(request.run()), lines);
        CheckpointReport checkpoint = report.parameters() == null
                ? null : CheckpointReport.of(Path.of(run.newest().prefix()));
        StringBuilder body = new StringBuilder();
        body.append(heading(curves.name(), report));
        body.append(Headline.section(report, curves));
        if (report.imported() == null) {
            body.append(CurveSection.section(curves));
        }
        body.append(heading("Sample predictions")).append(samples(run, report, request.data(), progress));
        body.append(heading("Model")).append(RunSections.model(report.model(), checkpoint));
        if (report.config() != null) {
            body.append(heading("Configuration"));
            body.append("<p class=\"note\">As resolved; what departs from BERT's reference recipe is marked.</p>\n");
            body.append(RunSections.configuration(report.config()));
            body.append(heading("Data")).append(data(report));
        }
        body.append(heading("Provenance")).append(RunSections.provenance(report));
        body.append(heading("Checkpoints")).append(RunSections.checkpoints(report.checkpoints()));
        if (!lines.isEmpty()) {
            body.append(heading("History")).append(RunSections.history(lines));
        }
        body.append(new Markup().element("footer", "", "Written by graphbert report."));
        byte[] page = Page.of(curves.name(), body.toString()).getBytes(StandardCharsets.UTF_8);
        OutputFile.write(request.output(), aside -> Files.write(aside, page));
        return request.output();
    }

    private static String name(Path run) {
        Path name = run.toAbsolutePath().normalize().getFileName();
        return name == null ? run.toString() : name.toString();
    }

    private static String heading(String title) {
        return new Markup().element("h2", "", title).toString();
    }

    private static String heading(String name, RunReport run) {
        Markup html = new Markup();
        html.open("header", "").open("h1", "").text(name)
                .element("span", run.state().equals("finished") ? "state finished" : "state", run.state()).close();
        JsonNode model = run.model();
        html.element("p", "", String.format(
                Locale.ROOT, "BERT of %d layers, hidden size %,d, %d heads, vocabulary %,d",
                model.path("num_hidden_layers").asInt(), model.path("hidden_size").asInt(), model.path("num_attention_heads").asInt(),
                model.path("vocab_size").asInt()));
        if (run.imported() != null) {
            html.element("p", "", "Imported from " + run.imported().path("from").asText() + " ("
                    + run.imported().path("format").asText() + ")");
        }
        return html.close().toString();
    }

    /** A page without them says why; nothing else of it depends on them. */
    private static String samples(RunDirectory run, RunReport report, Path given, Progress progress) throws IOException {
        Path data = given != null ? given : dataOf(report);
        if (data == null) {
            return note("None: this run was trained on no data set; name one with --data.");
        }
        if (given == null && !Files.exists(data)) {
            return note("None: the data set " + data + " is not there; name one with --data.");
        }
        try {
            progress.say("Asking the newest checkpoint about records of " + data + "...");
            return SampleSection.section(Samples.of(run, data));
        } catch (Failure e) {
            if (given != null) {
                throw e;
            }
            progress.say("No sample predictions: " + e.getMessage());
            return note("None: " + e.getMessage());
        }
    }

    private static String note(String text) {
        return new Markup().element("p", "note", text).toString();
    }

    /** The held-out data, of the last phase where there are several; else the training data; null where there are none. */
    private static Path dataOf(RunReport report) {
        List<DataPaths> all = dataPaths(report);
        if (all.isEmpty()) {
            return null;
        }
        DataPaths last = all.get(all.size() - 1);
        return Path.of(last.heldOut() != null ? last.heldOut() : last.training());
    }

    /** Where a phase's data lie; heldOut is null where it has none. */
    private record DataPaths(String training, String heldOut) {}

    private static List<DataPaths> dataPaths(RunReport report) {
        List<DataPaths> paths = new ArrayList<>();
        JsonNode config = report.config();
        if (config == null) {
            return paths;
        }
        String heldOut = config.path("eval_data").asText(null);
        for (JsonNode phase : config.path("phases")) {
            paths.add(new DataPaths(phase.path("data").asText(), phase.path("eval_data").asText(heldOut)));
        }
        if (paths.isEmpty() && config.path("data").isTextual()) {
            paths.add(new DataPaths(config.path("data").asText(), heldOut));
        }
        return paths;
    }

    private static String data(RunReport report) {
        StringBuilder html = new StringBuilder("<div class=\"columns\">");
        List<DataPaths> paths = dataPaths(report);
        for (int i = 0; i < paths.size(); i++) {
            String phase = paths.size() > 1 ? ", phase " + (i + 1) : "";
            JsonNode record = report.data() != null && report.data().isArray() ? report.data().path(i) : report.data();
            html.append(DataSection.section("Training" + phase, paths.get(i).training(), record));
            if (paths.get(i).heldOut() != null) {
                html.append(DataSection.section("Held-out" + phase, paths.get(i).heldOut(), null));
            }
        }
        return html.append("</div>\n").toString();
    }
}
