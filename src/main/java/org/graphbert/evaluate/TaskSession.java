package org.graphbert.evaluate;

import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.TaskHead;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** A fine-tuned model of a checkpoint, without dropout: outputs for examples of its task. */
public final class TaskSession implements AutoCloseable {

    private final TaskHead head;
    private final Graph graph;
    private final TaskTower tower;
    private final Session session;

    private TaskSession(TaskHead head, Graph graph, TaskTower tower, Session session) {
        this.head = head;
        this.graph = graph;
        this.tower = tower;
        this.session = session;
    }

    /**
     * Loads a checkpoint.
     *
     * @param config of the model that was fine-tuned
     * @param threads of TensorFlow's kernels; 0 for all cores
     */
    public static TaskSession load(ModelConfig config, TaskHead head, String prefix, int threads) {
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        TaskTower tower = TaskTower.inference(graph, variables, config, head, Shape.of(Inputs.FREE, Inputs.FREE), 0);
        return new TaskSession(head, graph, tower, InferenceSession.restored(graph, variables, prefix, threads));
    }

    /**
     * The logits of all examples, for what makes scores and answers of them.
     *
     * @param batchSize examples at once
     */
    public float[][][] logits(EncodedExamples examples, int batchSize) {
        float[][][] logits = new float[examples.size()][][];
        for (TaskBatch batch : examples.each(batchSize)) {
            try (var feed = batch.feed(tower);
                    Result result = feed.to(session.runner()).fetch(tower.logits()).run()) {
                examples.unpad(batch, floats(result), logits, head instanceof TaskHead.Span);
            }
        }
        return logits;
    }

    /** The last of what was fetched, flat. */
    public static float[] floats(Result result) {
        TFloat32 tensor = (TFloat32) result.get(result.size() - 1);
        float[] values = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
