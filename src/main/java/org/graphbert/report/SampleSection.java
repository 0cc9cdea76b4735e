package org.graphbert.report;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.graphbert.evaluate.Predictions.Filling;

/** What the model makes of a few records: the text with its masked tokens, and the likeliest for each. */
final class SampleSection {

    private static final Set<String> BEGINNINGS = Set.of("[CLS]", "<s>");
    private static final Set<String> SEPARATORS = Set.of("[SEP]", "</s>");

    private SampleSection() {}

    static String section(Samples samples) {
        Markup html = new Markup();
        long masks = samples.samples().stream().mapToLong(sample -> sample.masks().size()).sum();
        long right = samples.samples().stream().flatMap(sample -> sample.masks().stream()).filter(Samples.Mask::right).count();
        html.element("p", "note", String.format(
                Locale.ROOT,
                "Records of %s, seen by the checkpoint of step %,d. Each marked token was hidden from the model, replaced, or only "
                        + "asked for; it found %d of %d at once. Green: the likeliest token is right. Yellow: it is among the %d "
                        + "likeliest.",
                samples.data(), samples.step(), right, masks, Samples.TOP));
        for (Samples.Sample sample : samples.samples()) {
            sample(html, sample, samples);
        }
        return html.toString();
    }

    private static void sample(Markup html, Samples.Sample sample, Samples samples) {
        html.open("div", "box sample");
        String pair = "";
        if (!Double.isNaN(sample.first())) {
            List<String> labels = samples.task().labels();
            pair = String.format(
                    Locale.ROOT, " · %s; the model gives %s %.1f%%: %s", labels.get(sample.label()), labels.get(0),
                    100 * sample.first(), sample.pairRight() ? "right" : "wrong");
        }
        html.element("p", "pair", "Record " + Figures.count(sample.record()) + pair);
        text(html, sample);
        html.open("table", "");
        int number = 0;
        for (Samples.Mask mask : sample.masks()) {
            html.open("tr", "").element("td", "number", String.valueOf(++number)).element("td", mask.right() ? "right" : "", mask.truth());
            html.element("td", "note", mask.seen().equals(mask.truth()) ? "kept" : mask.seen()).open("td", "");
            for (Filling filling : mask.top()) {
                html.open("span", filling.word().equals(mask.truth()) ? "pick true" : "pick").text(filling.word() + " ")
                        .element("small", "", String.format(Locale.ROOT, "%.1f%%", 100 * filling.probability())).close();
            }
            html.close().close();
        }
        html.close().close();
    }

    /** Pieces of a word stand together, as readers have it. */
    private static void text(Markup html, Samples.Sample sample) {
        Map<Integer, Integer> numbers = new HashMap<>();
        for (int i = 0; i < sample.masks().size(); i++) {
            numbers.put(sample.masks().get(i).position(), i);
        }
        html.open("div", "text");
        for (int i = 0; i < sample.words().size(); i++) {
            String word = sample.words().get(i);
            if (i == 0 && BEGINNINGS.contains(word)) {
                continue;
            }
            boolean goesOn = word.startsWith("##") && word.length() > 2;
            html.text(goesOn ? "" : " ");
            String shown = goesOn ? word.substring(2) : word;
            Integer number = numbers.get(i);
            if (number == null && SEPARATORS.contains(word)) {
                html.element("span", "note", i == sample.words().size() - 1 ? "" : "\u2502");
            } else if (number == null) {
                html.text(shown);
            } else {
                Samples.Mask mask = sample.masks().get(number);
                html.open("b", mask.right() ? "right" : mask.close() ? "close" : "wrong").text(shown)
                        .element("sup", "", String.valueOf(number + 1)).close();
            }
        }
        html.close();
    }
}
