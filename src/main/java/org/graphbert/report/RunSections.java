package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphbert.interop.CheckpointReport;
import org.graphbert.train.RunReport;

/** A run's configuration, model, provenance, checkpoints and history as tables. */
final class RunSections {

    private static final Pattern LAYER = Pattern.compile("(bert/encoder)/layer_(\\d+)/.*");
    private static final int MOST_EVENTS = 60;

    private RunSections() {}

    /** Every key that is set; what departs from BERT's recipe is marked. */
    static String configuration(JsonNode config) {
        Markup html = new Markup();
        List<Map.Entry<String, JsonNode>> all = set(config);
        html.open("div", "columns");
        for (List<Map.Entry<String, JsonNode>> half : List.of(
                all.subList(0, (all.size() + 1) / 2), all.subList((all.size() + 1) / 2, all.size()))) {
            html.open("div", "box").open("table", "");
            settings(html, half, false);
            html.close().close();
        }
        return html.close().toString();
    }

    private static List<Map.Entry<String, JsonNode>> set(JsonNode node) {
        return node.properties().stream().filter(field -> !field.getValue().isNull()).toList();
    }

    /** The model's keys, and how its parameters are spread. */
    static String model(JsonNode model, CheckpointReport checkpoint) {
        Markup html = new Markup();
        html.open("div", "columns").open("div", "box").open("table", "");
        settings(html, set(model), true);
        html.close().close();
        if (checkpoint != null) {
            html.open("div", "box").open("table", "").open("tr", "").element("th", "", "Part")
                    .element("th", "number", "Variables").element("th", "number", "Parameters").element("th", "", "").close();
            long variables = 0;
            for (Map.Entry<String, long[]> part : parts(checkpoint).entrySet()) {
                variables += part.getValue()[0];
                double share = (double) part.getValue()[1] / Math.max(1, checkpoint.parameters());
                html.open("tr", "").element("td", "", part.getKey())
                        .element("td", "number", Figures.count(part.getValue()[0]))
                        .element("td", "number", Figures.count(part.getValue()[1]))
                        .open("td", "").raw(String.format(Locale.ROOT, "<span class=\"share\" style=\"width:%.1fpx\"></span> ", 90 * share))
                        .text(Figures.percent(share)).close().close();
            }
            html.open("tr", "").element("td", "", "All").element("td", "number", Figures.count(variables))
                    .element("td", "number", Figures.count(checkpoint.parameters())).element("td", "", "").close();
            html.close().close();
        }
        return html.close().toString();
    }

    private static void settings(Markup html, List<Map.Entry<String, JsonNode>> fields, boolean ofModel) {
        for (Map.Entry<String, JsonNode> field : fields) {
            JsonNode value = field.getValue();
            Optional<String> was = ofModel ? ReferenceRecipe.insteadOfModel(field.getKey(), value)
                    : ReferenceRecipe.insteadOf(field.getKey(), value);
            html.open("tr", was.isPresent() ? "departs" : "").element("td", "", field.getKey());
            html.open("td", "").text(value.isNumber() ? Figures.number(value) : value.isContainerNode() ? value.toString() : value.asText());
            was.ifPresent(text -> html.text(" ").element("span", "was", "BERT: " + text));
            html.close().close();
        }
    }

    /** Variables and parameters of each part, in the model's order. */
    private static Map<String, long[]> parts(CheckpointReport checkpoint) {
        Map<String, long[]> parts = new LinkedHashMap<>();
        for (String part : List.of("Embeddings", "Encoder", "Pooler", "Masked-LM head", "Pair head", "Other")) {
            parts.put(part, new long[2]);
        }
        long layers = 0;
        for (CheckpointReport.Variable variable : checkpoint.variables()) {
            if (variable.slotOf() != null || !variable.type().startsWith("float")) {
                continue;
            }
            String name = variable.name();
            Matcher layer = LAYER.matcher(name);
            if (layer.matches()) {
                layers = Math.max(layers, 1 + Long.parseLong(layer.group(2)));
            }
            String part = name.startsWith("bert/embeddings/") ? "Embeddings"
                    : name.startsWith("bert/encoder/") ? "Encoder"
                    : name.startsWith("bert/pooler/") ? "Pooler"
                    : name.startsWith("cls/predictions/") ? "Masked-LM head"
                    : name.startsWith("cls/seq_relationship/") ? "Pair head" : "Other";
            parts.get(part)[0]++;
            parts.get(part)[1] += variable.elements();
        }
        Map<String, long[]> named = new LinkedHashMap<>();
        long count = layers;
        parts.forEach((part, numbers) -> {
            if (numbers[0] > 0) {
                named.put(part.equals("Encoder") ? "Encoder, " + count + (count == 1 ? " layer" : " layers") : part, numbers);
            }
        });
        return named;
    }

    /** Which program and machine made the run. */
    static String provenance(RunReport run) {
        Markup html = new Markup();
        html.open("div", "box").open("table", "");
        html.row("td", "graphbert", run.graphbertVersion());
        if (run.environment() != null) {
            run.environment().properties().forEach(field -> html.row("td", field.getKey(), field.getValue().asText()));
        }
        if (run.config() != null) {
            html.row("td", "seed", run.config().path("seed").asText());
            String threads = run.config().path("threads").asText("0");
            html.row("td", "threads", threads.equals("0") ? "all cores" : threads);
        }
        if (run.imported() != null) {
            run.imported().properties().forEach(field -> html.row("td", field.getKey(),
                    field.getValue().isContainerNode() ? field.getValue().toString() : field.getValue().asText()));
        }
        return html.close().close().toString();
    }

    static String checkpoints(List<RunReport.Checkpoint> checkpoints) {
        Markup html = new Markup();
        if (checkpoints.isEmpty()) {
            return html.element("p", "note", "None yet.").toString();
        }
        html.open("div", "box").open("table", "");
        for (RunReport.Checkpoint checkpoint : checkpoints) {
            html.open("tr", "").element("td", "", "step " + Figures.count(checkpoint.step()))
                    .element("td", "mono", checkpoint.path()).element("td", "number", Figures.bytes(checkpoint.bytes())).close();
        }
        return html.close().close().toString();
    }

    /** What happened besides training steps; the last so many of it. */
    static String history(List<JsonNode> lines) {
        List<JsonNode> events = lines.stream()
                .filter(line -> !List.of("train", "held_out", "checkpoint", "probe").contains(line.path("event").asText())).toList();
        Markup html = new Markup();
        html.open("div", "box").open("table", "");
        for (JsonNode event : events.subList(Math.max(0, events.size() - MOST_EVENTS), events.size())) {
            String name = event.path("event").asText().replace('_', ' ');
            html.row("td", "step " + Figures.count(event.path("step").asLong()),
                    name.equals("phase") ? "phase " + event.path("phase").asText() : name,
                    event.path("text").asText(""),
                    event.path("seconds").isNumber() ? Figures.duration(event.path("seconds").asDouble()) : "");
        }
        return html.close().close().toString();
    }
}
