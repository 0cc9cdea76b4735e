package org.graphbert.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;

/**
 * results.json: what a fine-tuning came to.
 *
 * @param metric by which the best was chosen on dev
 * @param best the training whose weights are kept
 * @param restarts all trainings, by their seeds; the best alone where it was done once
 * @param dev each score over the trainings; null where it was done once
 * @param test the same on the test file; null without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FineTuningResults(
        String task,
        String metric,
        FineTuningResult best,
        List<FineTuningResult> restarts,
        Map<String, Spread> dev,
        Map<String, Spread> test) {

    /**
     * A score over several trainings.
     *
     * @param deviation the standard deviation of a sample, with n − 1
     */
    public record Spread(double mean, double deviation, double lowest, double highest) {

        static Spread of(double[] values) {
            double mean = Arrays.stream(values).average().orElse(Double.NaN);
            double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
            return new Spread(
                    mean,
                    values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)),
                    Arrays.stream(values).min().orElse(Double.NaN),
                    Arrays.stream(values).max().orElse(Double.NaN));
        }
    }

    /** The results of trainings, of which the first that is the best by the metric on dev is kept. */
    static FineTuningResults of(String task, String metric, List<FineTuningResult> trainings) {
        FineTuningResult best = trainings.stream()
                .max(Comparator.<FineTuningResult>comparingDouble(result -> score(result, metric))
                        .thenComparing(Comparator.comparingInt(trainings::indexOf).reversed()))
                .orElseThrow();
        boolean several = trainings.size() > 1;
        return new FineTuningResults(task, metric, best, List.copyOf(trainings),
                several ? spread(trainings, FineTuningResult::dev) : null,
                several && best.test() != null ? spread(trainings, FineTuningResult::test) : null);
    }

    /** A metric that is not defined, as a correlation of one number, is worse than any. */
    private static double score(FineTuningResult result, String metric) {
        double score = Checkpoints.Best.score(metric, result.dev().get(metric));
        return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }

    private static Map<String, Spread> spread(List<FineTuningResult> trainings, Function<FineTuningResult, Map<String, Double>> part) {
        Map<String, Spread> spread = new LinkedHashMap<>();
        for (String name : part.apply(trainings.get(0)).keySet()) {
            spread.put(name, Spread.of(trainings.stream().mapToDouble(of -> part.apply(of).get(name)).toArray()));
        }
        return spread;
    }

    /** What a finished run has; empty of another. */
    static Optional<FineTuningResults> read(RunDirectory run) throws IOException {
        Path file = run.resultsFile();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.convert(Json.readObject(file), FineTuningResults.class));
        } catch (IllegalArgumentException e) {
            throw Failure.data("%s: is damaged: %s; remove it, and the same command writes it anew", file,
                    e.getMessage().lines().findFirst().orElse(""), e);
        }
    }

    void write(RunDirectory run) throws IOException {
        Directories.replaceFile(run.resultsFile(), Json.write(this) + "\n");
    }
}
