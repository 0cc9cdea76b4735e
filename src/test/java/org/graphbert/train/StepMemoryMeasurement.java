package org.graphbert.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.graphbert.config.Batch;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.StaticGraph;
import org.graphbert.graph.StepMemory;

final class StepMemoryMeasurement {

    private static final int PREDICTIONS = 20;

    public static void main(String[] arguments) throws IOException {
        ModelConfig model = ModelConfig.read(Path.of(arguments[0]));
        int b = Integer.parseInt(arguments[1]);
        int s = Integer.parseInt(arguments[2]);
        long start = System.nanoTime();
        TrainingGraph graph = TrainingGraph.build(
                model, new TrainingGraph.Sizes(b, s, PREDICTIONS, false), AdamW.reference(), 1, 1);
        System.out.printf("built in %.1f s%n", (System.nanoTime() - start) / 1e9);
        start = System.nanoTime();
        StaticGraph g = StaticGraph.of(graph.graph());
        StepMemory memory = new StepMemory(g, List.of(graph.update().op().name(),
                graph.training().losses().maskedLmCorrect().op().name(), graph.training().losses().nextSentenceCorrect().op().name()),
                graph.training().losses().maskedLmLoss().op().name());
        StepMemory.Use use = memory.use(StaticGraph.Tensor::bytes);
        long weights = 4 * graph.variables().parameterCount();
        System.out.printf("estimated in %.1f s: %s weights %d%n", (System.nanoTime() - start) / 1e9, use, weights >> 20);
        Batch batch = Tiny.batch(model, b, s, PREDICTIONS, 1);
        try (TrainingSession session = new TrainingSession(graph, 0, 1)) {
            System.out.println("before " + rss("VmRSS"));
            session.initialise();
            System.gc();
            long before = rss("VmRSS");
            System.out.println("initialised " + before);
            session.step(0, List.of(batch), 1e-4, 1e-4);
            System.out.println("first step " + rss("VmHWM") + " " + rss("VmRSS"));
            System.gc();
            for (int i = 1; i < 4; i++) {
                Files.writeString(Path.of("/proc/self/clear_refs"), "5");
                session.step(i, List.of(batch), 1e-4, 1e-4);
                System.out.printf("%s B %d: step peak above initialised %d MiB, estimated %d MiB: ratio %.3f%n",
                        arguments[0], b, rss("VmHWM") - before, use.peak() >> 20, (use.peak() >> 20) / (double) (rss("VmHWM") - before));
            }
        }
    }

    private static long rss(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow() / 1024;
    }
}
