package org.graphbert.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Precision;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.TaskHead;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.serve.SavedModelExport;
import org.graphbert.text.Tokenizers;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * For tests: every graph that graphbert hands to TensorFlow, and what it runs of each between two checkpoints.
 *
 * @param runs the nodes that a run fetches or targets, by what the run is for
 * @param closing lets it go, with what holds it
 */
record GraphRuns(Graph graph, Map<String, List<String>> runs, Runnable closing) implements AutoCloseable {

    private static final int CLASSES = 3;

    private GraphRuns(Graph graph, Map<String, List<String>> runs) {
        this(graph, runs, graph::close);
    }

    /**
     * All graphs by their names, each built when it is asked for.
     *
     * @param directory where an export may be written
     */
    static Map<String, Supplier<GraphRuns>> all(Path directory) {
        Map<String, Supplier<GraphRuns>> all = new LinkedHashMap<>();
        GraphVariants.all().forEach((name, variant) -> all.put(name, () -> training(variant)));
        GraphVariants.replicas().forEach((name, variant) -> all.put(name, () -> replicated(variant)));
        ModelConfig model = GraphVariants.model(Activation.GELU);
        all.put("inference, packed", () -> inference(model, new Inputs.BatchSizes(3, 10, 4, 2)));
        all.put("inference of any size", () -> inference(
                model, new Inputs.BatchSizes(Inputs.FREE, Inputs.FREE, Inputs.FREE)));
        for (TaskHead head : FineTuningTest.heads(CLASSES)) {
            all.put("fine-tuning, " + head, () -> fineTuning(model, head));
        }
        all.put("export", () -> exported(directory));
        for (Precision precision : Precision.values()) {
            all.put("products, " + precision, () -> products(model, precision));
        }
        return all;
    }

    private static GraphRuns training(GraphVariants.Variant variant) {
        TrainingGraph training = variant.build();
        Map<String, List<String>> runs = new LinkedHashMap<>();
        List<Op> step = new ArrayList<>(training.training().outputs());
        step.addAll(training.learning().entries());
        runs.put("step", names(step));
        runs.put("evaluation", names(training.evaluation().outputs()));
        return new GraphRuns(training.graph(), runs);
    }

    /** As it stands before it is copied to its devices, and what each of the copies runs. */
    private static GraphRuns replicated(GraphVariants.Variant variant) {
        TrainingGraph training = variant.build();
        return new GraphRuns(training.graph(), Map.of("step", names(training.stepEntries())));
    }

    private static GraphRuns inference(ModelConfig model, Inputs.BatchSizes sizes) {
        Graph graph = new Graph();
        Tower tower = Tower.inference(graph, new Variables(graph), model, 1, sizes);
        return new GraphRuns(graph, Map.of("evaluation", names(tower.outputs())));
    }

    private static GraphRuns fineTuning(ModelConfig model, TaskHead head) {
        FineTuningGraph fine = FineTuningTest.graph(model, head, 1);
        List<Op> step = new ArrayList<>(fine.learning().entries());
        step.addAll(fine.training().outputs());
        return new GraphRuns(fine.graph(), Map.of("step", names(step), "evaluation", names(fine.evaluation().outputs())));
    }

    /** What steps are held against. */
    private static GraphRuns products(ModelConfig model, Precision precision) {
        ProductRate rate = ProductRate.ofModel(model, GraphVariants.sizes(), precision, 1);
        return new GraphRuns(rate.graph(), Map.of("measurement", rate.targets()), rate::close);
    }

    /** As it lies in the file. */
    private static GraphRuns exported(Path directory) {
        try {
            Path version = SavedModelExport.export(
                    Golden.model(), Golden.CHECKPOINT.toString(),
                    Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null), directory.resolve("export"), null);
            try (InputStream file = Files.newInputStream(version.resolve("saved_model.pb"))) {
                MetaGraphDef meta = SavedModel.parseFrom(file).getMetaGraphs(0);
                Graph graph = new Graph();
                graph.importGraphDef(meta.getGraphDef());
                Map<String, List<String>> runs = new LinkedHashMap<>();
                meta.getSignatureDefMap().forEach((name, signature) -> runs.put(name, signature.getOutputsMap().values()
                        .stream().map(output -> output.getName().replaceFirst(":\\d+$", "")).toList()));
                return new GraphRuns(graph, runs);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(List<? extends Op> of) {
        return of.stream().map(op -> op.op().name()).toList();
    }

    @Override
    public void close() {
        closing.run();
    }
}
