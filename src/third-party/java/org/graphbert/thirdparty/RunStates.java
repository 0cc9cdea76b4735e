package org.graphbert.thirdparty;

import java.io.IOException;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.graph.Feed;
import org.graphbert.graph.Saver;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.train.RunDirectory;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** graphbert's own graph with the weights of a run's newest checkpoint. */
final class RunStates implements States {

    private final Graph graph = new Graph();
    private final ModelConfig config;
    private final Tower tower;
    private final Session session;

    RunStates(RunDirectory run) throws IOException {
        config = run.model();
        Variables variables = new Variables(graph);
        tower = Tower.inference(graph, variables, config, 0);
        Saver saver = Saver.create(graph, variables.trainable());
        session = new Session(graph, SessionOptions.threads(0).proto());
        try (TString prefix = TString.scalarOf(run.newest().prefix().toString())) {
            session.runner().feed(saver.filename(), prefix).addTarget(saver.restore()).run().close();
        }
    }

    ModelConfig config() {
        return config;
    }

    @Override
    public float[][][] of(PaddedQueries batch) {
        Shape shape = Shape.of(batch.batch(), batch.length());
        try (Feed feed = new Feed()
                        .ints(tower.inputs().inputIds(), shape, batch.inputIds())
                        .ints(tower.inputs().inputMask(), shape, batch.inputMask())
                        .ints(tower.inputs().segmentIds(), shape, batch.segmentIds());
                Result result = feed.to(session.runner()).fetch(tower.sequenceOutput()).run()) {
            float[] values = new float[batch.batch() * batch.length() * config.hiddenSize()];
            ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(values);
            return folded(values, batch.batch(), batch.length(), config.hiddenSize());
        }
    }

    private static float[][][] folded(float[] values, int batch, int length, int hidden) {
        float[][][] states = new float[batch][length][hidden];
        for (int row = 0; row < batch * length; row++) {
            System.arraycopy(values, row * hidden, states[row / length][row % length], 0, hidden);
        }
        return states;
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
