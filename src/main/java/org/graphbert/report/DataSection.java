package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.data.Manifest;
import org.graphbert.data.Statistics;

/** What a run was trained on: what run.json says of it, and the data set's manifest where it is still there. */
final class DataSection {

    private DataSection() {}

    /**
     * One data set.
     *
     * @param path as the run's configuration has it
     * @param record of run.json; null of held-out data, which it does not describe
     */
    static String section(String title, String path, JsonNode record) {
        Markup html = new Markup();
        html.open("div", "box").element("h3", "", title).open("table", "");
        html.row("td", "Data set", path);
        if (record != null) {
            html.row("td", "Records", Figures.count(record.path("records").asLong())
                    + " of up to " + record.path("max_seq_length").asInt() + " tokens");
            checksum(html, "Checksum", record.path("checksum"));
            checksum(html, "Tokenizer", record.path("tokenizer_checksum"));
        }
        Manifest manifest = null;
        String missing = "without a manifest, or no longer there";
        try {
            manifest = Manifest.in(Path.of(path)) ? Manifest.read(Path.of(path)) : null;
        } catch (Failure e) {
            missing = e.getMessage();
        }
        if (manifest == null) {
            return html.close().element("p", "note", "Statistics: none; the data set is " + missing + ".").close().toString();
        }
        if (record != null && !record.path("checksum").asText().equals(manifest.checksum())) {
            html.row("td", "Note", "the data set there now is another one than the run was trained on");
        }
        statistics(html, manifest, record == null);
        html.close();
        histogram(html, manifest.statistics().lengths());
        return html.close().toString();
    }

    private static void checksum(Markup html, String name, JsonNode checksum) {
        if (checksum.isTextual()) {
            html.open("tr", "").element("td", "", name).element("td", "mono", checksum.asText()).close();
        }
    }

    private static void statistics(Markup html, Manifest manifest, boolean counted) {
        Statistics statistics = manifest.statistics();
        if (counted) {
            html.row("td", "Records", Figures.count(manifest.records()));
        }
        Statistics.Corpus corpus = statistics.corpus();
        html.row("td", "Corpus", String.format(
                Locale.ROOT, "%,d documents, %,d sentences, %s tokens, %.2f%% of them unknown; %,d input files",
                corpus.documents(), corpus.sentences(), Figures.large(corpus.tokens()),
                100.0 * corpus.unknownTokens() / Math.max(1, corpus.tokens()), manifest.request().inputs().size()));
        html.row("td", "Vocabulary", Figures.count(manifest.request().tokenizer().vocabularySize()) + " entries, "
                + manifest.request().tokenizer().type());
        StringBuilder labels = new StringBuilder(statistics.pairs().task().toString());
        for (Map.Entry<String, Statistics.Share> label : statistics.pairs().labels().entrySet()) {
            labels.append(", ").append(label.getKey()).append(' ').append(Figures.percent(label.getValue().share()));
        }
        html.row("td", "Pairs", labels.toString());
        Statistics.Masks masks = statistics.masks();
        html.row("td", "Masks", String.format(
                Locale.ROOT, "%s of the tokens, by %s: [MASK] %s, random %s, kept %s",
                Figures.percent(masks.selectedShare()), manifest.request().recipe().masks().unit().toString(),
                Figures.percent(masks.maskShare()), Figures.percent(masks.randomShare()), Figures.percent(masks.keptShare())));
        html.row("td", "Lengths", String.format(
                Locale.ROOT, "%.1f tokens a record on average, %s padding", statistics.lengths().mean(),
                Figures.percent(statistics.lengths().paddingShare())));
    }

    /** Bars of records by length. */
    private static void histogram(Markup html, Statistics.Lengths lengths) {
        long most = lengths.histogram().stream().mapToLong(Statistics.Bin::records).max().orElse(0);
        if (most == 0) {
            return;
        }
        html.open("div", "bars");
        for (Statistics.Bin bin : lengths.histogram()) {
            html.raw(String.format(Locale.ROOT, "<span style=\"height:%.1f%%\" title=\"%d to %d tokens: %,d records\"></span>",
                    100.0 * bin.records() / most, bin.least(), bin.most(), bin.records()));
        }
        html.close().open("div", "ends");
        html.element("span", "", lengths.histogram().get(0).least() + " tokens").element("span", "", "records by length");
        html.element("span", "", lengths.histogram().get(lengths.histogram().size() - 1).most() + " tokens").close();
    }
}
