package org.graphbert.train;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.graphbert.config.ModelConfig;

/** {@link GraphFacts} as text for people. */
final class GraphSummary {

    private static final double MIB = 1 << 20;
    private static final double GIB = 1 << 30;

    private final StringBuilder text = new StringBuilder();

    private GraphSummary() {}

    static String of(GraphFacts facts) {
        GraphSummary summary = new GraphSummary();
        summary.model(facts);
        summary.cost(facts);
        summary.variables(facts);
        summary.ends("input", facts.inputs());
        summary.ends("output", facts.outputs());
        summary.line("");
        summary.line("Run %s first, and %s for a step.", facts.initialise(), facts.update());
        return summary.text.toString();
    }

    private void model(GraphFacts facts) {
        ModelConfig model = facts.model();
        line("BERT: %d layers, hidden %,d, %d heads, intermediate %,d, vocabulary %,d, positions %,d",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), model.maxPositionEmbeddings());
        line("Options: %s", facts.options().isEmpty() ? "none" : String.join(", ", facts.options()));
        line("%,d parameters in %d variables (%,d decayed, %,d not); %,d nodes",
                facts.parameters(), facts.variables().size(), facts.decayedParameters(),
                facts.parameters() - facts.decayedParameters(), facts.nodes());
    }

    private void cost(GraphFacts facts) {
        MemoryEstimate memory = facts.memory();
        boolean free = facts.batchSize() == null;
        line("");
        line("A training step of %s of %d tokens, %d predictions each%s:",
                free || facts.batchSize() == 1 ? "1 sequence" : facts.batchSize() + " sequences", facts.maxSeqLength(),
                facts.maxPredictionsPerSeq(), free ? " (any number: the batch size is free)" : "");
        line("  %,.1f GFLOP in matrix products; inference of one sequence %,.2f GFLOP",
                facts.trainingFlops() / 1e9, facts.inferenceFlops() / 1e9);
        line("  %s of parameters, %s of optimiser (%s)",
                size(memory.parameterBytes()), size(memory.optimiserBytes()),
                facts.slots().isEmpty() ? "which keeps nothing" : String.join(", ", facts.slots()));
        line("  %s of gradients, %s of activations; a step holds up to %s at one time",
                size(memory.gradientBytes()), size(memory.activationBytes()), size(memory.stepBytes()));
        line("  %s in all, with what the allocator and the process take", size(memory.totalBytes()));
        line("Largest batch in %s: %s", size(facts.memoryLimitBytes()), facts.largestBatchSize() == 0
                ? "none, one sequence takes more"
                : String.format(Locale.ROOT, "%,d", facts.largestBatchSize()));
    }

    private void variables(GraphFacts facts) {
        int width = width(facts.variables().stream().map(GraphFacts.Row::name).toList());
        String format = "%-" + width + "s  %-14s %13s  %s";
        line("");
        line(format, "variable", "shape", "parameters", "decayed");
        facts.variables().forEach(row -> line(
                format, row.name(), dims(row.shape()), String.format(Locale.ROOT, "%,d", row.parameters()),
                row.decayed() ? "yes" : "no"));
        line(format, "decayed", "", String.format(Locale.ROOT, "%,d", facts.decayedParameters()), "");
        line(format, "not decayed", "",
                String.format(Locale.ROOT, "%,d", facts.parameters() - facts.decayedParameters()), "");
        line(format, "all", "", String.format(Locale.ROOT, "%,d", facts.parameters()), "");
    }

    private void ends(String kind, List<GraphFacts.End> ends) {
        int names = width(ends.stream().map(GraphFacts.End::name).toList());
        int tensors = width(ends.stream().map(GraphFacts.End::tensor).toList());
        String format = "%-" + names + "s  %-8s %-16s  %-" + tensors + "s";
        line("");
        line(format, kind, "type", "shape", "tensor");
        ends.forEach(end -> line(format, end.name(), end.type(), dims(end.shape()), end.tensor()));
    }

    private static int width(List<String> texts) {
        return texts.stream().mapToInt(String::length).max().orElse(1);
    }

    private static String dims(List<Long> shape) {
        return shape.stream().map(size -> size < 0 ? "?" : size.toString()).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String size(long bytes) {
        return bytes < GIB
                ? String.format(Locale.ROOT, "%,.1f MiB", bytes / MIB)
                : String.format(Locale.ROOT, "%,.2f GiB", bytes / GIB);
    }

    private void line(String format, Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
    }
}
