package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graphbert.text.Tokenizer;

/**
 * What a data set holds, found by reading its records: all of them, or an even sample of a large set.
 *
 * @param path as it was given
 * @param files with records
 * @param bytes of the files' records, unpacked
 * @param records in the set
 * @param examined how many of them were read
 * @param maxSeqLength S
 * @param maxPredictions P
 * @param meanLength tokens in a record
 * @param paddingShare of all positions
 * @param pairs what the labels are of; nsp for foreign files, whatever they mean by them
 * @param labels how many of the examined records have each label, by its name; empty where there are no pairs
 * @param selectedShare chosen for prediction, of the tokens
 * @param maskShare of the chosen, [MASK]
 * @param keptShare of the chosen, the original token
 * @param otherShare of the chosen, another token
 * @param histogram records by length
 * @param examples readable records
 * @param manifest null for foreign files
 */
@JsonPropertyOrder("kind")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataSetReport(
        String path,
        int files,
        long bytes,
        long records,
        long examined,
        int maxSeqLength,
        int maxPredictions,
        double meanLength,
        double paddingShare,
        PairTask pairs,
        Map<String, Statistics.Share> labels,
        double selectedShare,
        double maskShare,
        double keptShare,
        double otherShare,
        List<Statistics.Bin> histogram,
        List<String> examples,
        Manifest manifest) {

    private static final long MOST_EXAMINED = 200_000;
    private static final int BAR = 40;
    private static final int COLUMNS = 110;
    private static final String INDENT = "    ";
    private static final double MB = 1e6;

    /**
     * Reads the records.
     *
     * @param tokenizer of the set, to name tokens and to know [MASK]; where it is missing ids are shown, and the id most
     *     often seen in place of a chosen token is taken for [MASK]
     * @param show how many examples to make readable
     */
    public static DataSetReport of(DataSet data, Optional<Tokenizer> tokenizer, int show) {
        long stride = Math.max(1, (data.size() + MOST_EXAMINED - 1) / MOST_EXAMINED);
        IntFunction<String> token = tokenizer.<IntFunction<String>>map(t -> t::token).orElse(Integer::toString);
        PairTask task = data.manifest().map(m -> m.request().recipe().pairs().task()).orElse(PairTask.NSP);
        RecordCounts counts = new RecordCounts(data.maxSeqLength());
        List<String> examples = new ArrayList<>();
        for (long record = 0; record < data.size(); record += stride) {
            Example example = data.example(record);
            counts.add(example);
            if (examples.size() < show) {
                examples.add("record " + record + ": " + ReadableExample.of(example, token, task));
            }
        }
        ReplacementCounts replacements = counts.replacements();
        long masked = replacements.by(tokenizer.map(t -> t.special().mask()));
        long selected = replacements.selected();
        return new DataSetReport(data.path().toString(), data.files(), data.bytes(), data.size(), counts.records(),
                data.maxSeqLength(), data.maxPredictions(),
                Statistics.share(counts.tokens(), counts.records()),
                Statistics.padding(counts.tokens(), counts.records() * data.maxSeqLength()),
                task, counts.labels(task),
                Statistics.share(selected, counts.tokens()),
                Statistics.share(masked, selected), Statistics.share(replacements.kept(), selected),
                Statistics.share(selected - masked - replacements.kept(), selected),
                Statistics.histogram(counts.lengths()), examples, data.manifest().orElse(null));
    }

    @JsonProperty
    public String kind() {
        return "data_set";
    }

    /** As JSON, keys in snake case. */
    public String json() {
        try {
            return Manifest.JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a table. */
    public String text() {
        StringBuilder out = new StringBuilder();
        line(out, "data set", path + (manifest == null ? " (TFRecord files without a manifest)" : ""));
        line(out, "records", "%,d in %d file%s, %.1f MB%s", records, files, files == 1 ? "" : "s", bytes / MB,
                examined < records ? String.format("; one in %,d examined", (records + examined - 1) / examined) : "");
        if (manifest != null) {
            preparation(out);
        }
        line(out, "positions", "%d a record, %d predictions", maxSeqLength, maxPredictions);
        line(out, switch (pairs) {
            case NSP -> "next sentence";
            case SOP -> "sentence order";
            case NONE -> "pairs";
        }, labels.isEmpty() ? "none: one segment a record" : IntStream.range(0, labels.size())
                .mapToObj(label -> String.format("%.1f%% %s (%d)", 100 * labels.get(pairs.labels().get(label)).share(),
                        pairs.labels().get(label), label))
                .collect(Collectors.joining(", ")));
        line(out, "masked LM", "%.1f%% of the tokens: %.1f%% [MASK], %.1f%% another token, %.1f%% kept",
                100 * selectedShare, 100 * maskShare, 100 * otherShare, 100 * keptShare);
        line(out, "length", "%.1f tokens on average, %.1f%% padding", meanLength, 100 * paddingShare);
        histogram(out);
        for (String example : examples) {
            out.append(System.lineSeparator());
            example.lines().forEach(line -> wrap(out, line));
        }
        return out.toString();
    }

    private void preparation(StringBuilder out) {
        Statistics.Corpus corpus = manifest.statistics().corpus();
        Recipe recipe = manifest.request().recipe();
        int inputs = manifest.request().inputs().size();
        line(out, "part", "%s, prepared by %s with seed %d", manifest.part(), manifest.preparedBy(), recipe.seed());
        line(out, "corpus", "%,d documents, %,d sentences, %,d tokens (%.2f%% [UNK]) of %,d input file%s%s",
                corpus.documents(), corpus.sentences(), corpus.tokens(),
                100 * Statistics.share(corpus.unknownTokens(), corpus.tokens()), inputs, inputs == 1 ? "" : "s",
                recipe.duplicates() == 1 ? "" : String.format(", %d times", recipe.duplicates()));
        line(out, "tokenizer", "%s, %,d entries", manifest.request().tokenizer().type(),
                manifest.request().tokenizer().vocabularySize());
    }

    /** A bar for each range of lengths, from the first that has records; a record alone still shows. */
    private void histogram(StringBuilder out) {
        long most = Math.max(1, histogram.stream().mapToLong(Statistics.Bin::records).max().orElse(1));
        histogram.stream().dropWhile(bin -> bin.records() == 0).forEach(bin -> line(
                out, String.format("%7d–%d", bin.least(), bin.most()), "%,11d %5.1f%% %s", bin.records(),
                100 * Statistics.share(bin.records(), examined), bin.records() == 0 ? ""
                        : "#".repeat((int) (BAR * bin.records() / most)) + (BAR * bin.records() < most ? "." : "")));
    }

    /** A line broken between words, so that it fits a terminal. */
    private static void wrap(StringBuilder out, String line) {
        int from = 0;
        while (line.length() - from > COLUMNS) {
            int space = line.lastIndexOf(' ', from + COLUMNS);
            if (space <= from + INDENT.length()) { // a word as long as the line
                break;
            }
            out.append(line, from, space).append(System.lineSeparator()).append(INDENT);
            from = space + 1;
        }
        out.append(line, from, line.length()).append(System.lineSeparator());
    }

    private static void line(StringBuilder out, String name, String format, Object... arguments) {
        String text = arguments.length == 0 ? format : String.format(format, arguments);
        out.append(String.format("%-15s%s", name, text).stripTrailing()).append(System.lineSeparator());
    }
}
