package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.graphbert.text.Tokenizer;

/**
 * What a data set holds, found by reading its records: all of them, or an even sample of a large set.
 *
 * @param path as it was given
 * @param records in the set
 * @param examined how many of them were read
 * @param maxSeqLength S
 * @param maxPredictions P
 * @param meanLength tokens in a record
 * @param paddingShare of all positions
 * @param notNextShare of the records
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
        long records,
        long examined,
        int maxSeqLength,
        int maxPredictions,
        double meanLength,
        double paddingShare,
        double notNextShare,
        double selectedShare,
        double maskShare,
        double keptShare,
        double otherShare,
        List<Statistics.Bin> histogram,
        List<String> examples,
        Manifest manifest) {

    private static final long MOST_EXAMINED = 200_000;
    private static final int BAR = 40;

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
        long[] lengths = new long[data.maxSeqLength() + 1];
        ReplacementCounts replacements = new ReplacementCounts();
        List<String> examples = new ArrayList<>();
        long examined = 0;
        long tokens = 0;
        long notNext = 0;
        for (long record = 0; record < data.size(); record += stride) {
            Example example = data.example(record);
            examined++;
            tokens += example.length();
            lengths[example.length()]++;
            notNext += example.nextSentenceLabel();
            replacements.add(example);
            if (examples.size() < show) {
                examples.add("record " + record + ": " + ReadableExample.of(example, token));
            }
        }
        long masked = replacements.by(tokenizer.map(t -> t.special().mask()));
        long kept = replacements.kept();
        long selected = replacements.selected();
        return new DataSetReport(data.path().toString(), data.size(), examined, data.maxSeqLength(), data.maxPredictions(),
                Statistics.share(tokens, examined),
                Statistics.padding(tokens, examined * data.maxSeqLength()),
                Statistics.share(notNext, examined), Statistics.share(selected, tokens),
                Statistics.share(masked, selected), Statistics.share(kept, selected),
                Statistics.share(selected - masked - kept, selected),
                Statistics.histogram(lengths), examples, data.manifest().orElse(null));
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
        line(out, "records", "%,d%s", records, examined < records ? String.format(", %,d examined", examined) : "");
        if (manifest != null) {
            Statistics.Corpus corpus = manifest.statistics().corpus();
            line(out, "part", manifest.part() + ", prepared by " + manifest.preparedBy());
            line(out, "corpus", "%,d documents, %,d sentences, %,d tokens (%.2f%% [UNK]), %d input files",
                    corpus.documents(), corpus.sentences(), corpus.tokens(),
                    100 * Statistics.share(corpus.unknownTokens(), corpus.tokens()), manifest.request().inputs().size());
            line(out, "tokenizer", "%s, %,d entries", manifest.request().tokenizer().type(),
                    manifest.request().tokenizer().vocabularySize());
            line(out, "seed", "%d", manifest.request().recipe().seed());
        }
        line(out, "positions", "%d a record, %d predictions", maxSeqLength, maxPredictions);
        line(out, "length", "%.1f tokens on average, %.1f%% padding", meanLength, 100 * paddingShare);
        line(out, "next sentence", "%.1f%% IsNext (0), %.1f%% NotNext (1)", 100 - 100 * notNextShare, 100 * notNextShare);
        line(out, "masked LM", "%.1f%% of the tokens: %.1f%% [MASK], %.1f%% another token, %.1f%% kept",
                100 * selectedShare, 100 * maskShare, 100 * otherShare, 100 * keptShare);
        long most = Math.max(1, histogram.stream().mapToLong(Statistics.Bin::records).max().orElse(1));
        for (Statistics.Bin bin : histogram) {
            line(out, bin.least() + "–" + bin.most(), "%,9d %s", bin.records(),
                    "#".repeat((int) (BAR * bin.records() / most)));
        }
        examples.forEach(example -> out.append(example).append(System.lineSeparator()));
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String format, Object... arguments) {
        out.append(String.format("%-14s", name))
                .append(arguments.length == 0 ? format : String.format(format, arguments))
                .append(System.lineSeparator());
    }
}
