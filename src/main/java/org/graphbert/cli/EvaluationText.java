package org.graphbert.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.CalibrationBins.Calibration;
import org.graphbert.evaluate.DetailedEvaluation;
import org.graphbert.evaluate.Evaluation;
import org.graphbert.evaluate.PseudoPerplexity;
import org.graphbert.evaluate.TokenFigures;

/**
 * Evaluations as people read them.
 *
 * @param data what they were made on
 */
record EvaluationText(String data) {

    private static final Map<String, String> KINDS =
            Map.of("masked", "[MASK]", "random", "another token", "kept", "the token itself");
    private static final String TOKENS = "%n  %-20s%10s%10s%12s%9s%9s";

    /**
     * A model's evaluation.
     *
     * @param run null, as the step, of a checkpoint that was named by itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Row(
            String run, Long step, String checkpoint, @JsonIgnore PairTask task, @JsonUnwrapped DetailedEvaluation evaluation) {}

    /** One model's, with what its figures are made of. */
    String of(Row row) {
        DetailedEvaluation evaluation = row.evaluation();
        return summary(row) + tokens(evaluation) + calibration(evaluation, row.task()) + confusion(evaluation, row.task());
    }

    private String summary(Row row) {
        Evaluation e = row.evaluation().overall();
        StringBuilder out = new StringBuilder(format("%s on %s: %,d %s, %,d masked tokens", row.checkpoint(), data, e.examples(),
                row.task() == PairTask.NONE ? "records" : "pairs", e.predictions()));
        line(out, "masked LM loss", "%8.4f", e.maskedLmLoss());
        line(out, "masked LM accuracy", "%8.4f", e.maskedLmAccuracy());
        line(out, "masked LM accuracy at 5", "%8.4f", row.evaluation().accuracyAt5());
        line(out, "masked LM perplexity", "%8.2f", e.perplexity());
        line(out, "unigram cross-entropy", "%8.4f", e.unigramCrossEntropy());
        line(out, row.task().words() + " loss", "%8.4f", e.nextSentenceLoss());
        line(out, row.task().words() + " accuracy", "%8.4f", e.nextSentenceAccuracy());
        PseudoPerplexity sentences = row.evaluation().pseudoPerplexity();
        if (sentences != null) {
            line(out, "pseudo-perplexity", "%8.2f", sentences.perplexity());
            out.append(format("   (%,d tokens of %,d sentences)", sentences.tokens(), sentences.sentences()));
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String name, String number, Double value) {
        if (value != null) {
            out.append(format("%n  %-24s" + number, name, value));
        }
    }

    private static String tokens(DetailedEvaluation evaluation) {
        StringBuilder out = new StringBuilder(format("%n" + TOKENS, "masked tokens", "number", "loss", "perplexity", "first", "in 5"));
        if (evaluation.byMaskKind() != null) {
            out.append(format("%n  where the model sees"));
            evaluation.byMaskKind().forEach((kind, figures) -> out.append(row(KINDS.get(kind), figures)));
        }
        if (evaluation.byFrequency() != null) {
            out.append(format("%n  by occurrences in the training corpus"));
            evaluation.byFrequency().forEach(band -> out.append(row(band.name(), band.figures())));
        }
        out.append(format("%n  by position in the sequence"));
        evaluation.byPosition().forEach(band -> out.append(row(band.name(), band.figures())));
        return out.toString();
    }

    private static String row(String name, TokenFigures f) {
        return f.tokens() == 0
                ? format("%n    %-18s%10d", name, 0)
                : format("%n    %-18s%,10d%10.4f%12.2f%8.1f%%%8.1f%%", name, f.tokens(), f.loss(), f.perplexity(),
                        100 * f.accuracyAt1(), 100 * f.accuracyAt5());
    }

    private static String calibration(DetailedEvaluation evaluation, PairTask task) {
        StringBuilder out = new StringBuilder(format("%n"));
        out.append(calibration("masked LM", evaluation.maskedLmCalibration()));
        if (evaluation.pairCalibration() != null) {
            out.append(calibration(task.words(), evaluation.pairCalibration()));
        }
        return out.toString();
    }

    private static String calibration(String head, Calibration calibration) {
        StringBuilder out = new StringBuilder(format("%n  %s, calibration error %.1f%%%n    %-18s%10s%10s%10s", head,
                100 * calibration.expectedError(), "said probability", "answers", "mean", "right"));
        calibration.bins().forEach(bin -> out.append(format("%n    %-18s%,10d%9.1f%%%9.1f%%",
                format("%.0f%% to %.0f%%", 100 * bin.from(), 100 * bin.to()), bin.count(), 100 * bin.confidence(),
                100 * bin.accuracy())));
        return out.toString();
    }

    private static String confusion(DetailedEvaluation evaluation, PairTask task) {
        return evaluation.pairConfusion() == null
                ? ""
                : format("%n%n  %s, answers%n    %s", task.words(), evaluation.pairConfusion().text().replaceAll("\\R", "$0    "));
    }

    /** Several models', a row each. */
    String table(List<Row> rows) {
        boolean paired = rows.stream().anyMatch(row -> row.evaluation().overall().nextSentenceLoss() != null);
        boolean sentences = rows.stream().anyMatch(row -> row.evaluation().pseudoPerplexity() != null);
        List<List<String>> cells = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("", "step", "loss", "perplexity", "first", "in 5", "cal. error"));
        if (paired) {
            header.addAll(List.of("pair loss", "pairs right"));
        }
        if (sentences) {
            header.add("pseudo-ppl");
        }
        cells.add(header);
        for (Row row : rows) {
            DetailedEvaluation e = row.evaluation();
            Evaluation all = e.overall();
            List<String> line = new ArrayList<>(List.of(row.run(), format("%,d", row.step()), format("%.4f", all.maskedLmLoss()),
                    format("%.2f", all.perplexity()), percent(all.maskedLmAccuracy()), percent(e.accuracyAt5()),
                    percent(e.maskedLmCalibration().expectedError())));
            if (paired) {
                line.add(all.nextSentenceLoss() == null ? "" : format("%.4f", all.nextSentenceLoss()));
                line.add(all.nextSentenceLoss() == null ? "" : percent(all.nextSentenceAccuracy()));
            }
            if (sentences) {
                line.add(e.pseudoPerplexity() == null ? "" : format("%.2f", e.pseudoPerplexity().perplexity()));
            }
            cells.add(line);
        }
        Evaluation first = rows.get(0).evaluation().overall();
        return format("on %s: %,d records, %,d masked tokens", data, first.examples(), first.predictions()) + aligned(cells);
    }

    private static String percent(double share) {
        return format("%.1f%%", 100 * share);
    }

    /** Names to the left, numbers to the right. */
    private static String aligned(List<List<String>> cells) {
        StringBuilder out = new StringBuilder();
        for (List<String> line : cells) {
            out.append(format("%n"));
            for (int column = 0; column < line.size(); column++) {
                int at = column;
                int width = cells.stream().mapToInt(row -> row.get(at).length()).max().orElseThrow();
                out.append(format(column == 0 ? "%-" + width + "s" : "%" + (width + 2) + "s", line.get(column)));
            }
        }
        return out.toString();
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
