package org.graphbert.evaluate;

import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Batch;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Feed;
import org.graphbert.graph.LikeliestTokens;
import org.graphbert.graph.Saver;
import org.graphbert.graph.SessionOptions;
import org.graphbert.graph.TokenScores;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/** The model of a checkpoint, without dropout: evaluates batches and answers queries. */
public final class InferenceSession implements Scorer {

    private final ModelConfig config;
    private final Graph graph;
    private final Tower tower;
    private final TokenScores scores;
    private final LikeliestTokens likeliest;
    private final Session session;

    private InferenceSession(ModelConfig config, Graph graph, Tower tower, Session session) {
        this.config = config;
        this.graph = graph;
        this.tower = tower;
        // A session takes up what is added to its graph with its next run.
        scores = TokenScores.of(graph, tower, config.vocabSize());
        likeliest = LikeliestTokens.of(graph, tower.maskedLmLogits(), config.vocabSize());
        this.session = session;
    }

    /**
     * Loads a checkpoint.
     *
     * @param prefix e.g. {@code runs/NAME/checkpoints/step-00000300/model.ckpt}
     * @param threads of TensorFlow's kernels; 0 for all cores
     */
    public static InferenceSession load(ModelConfig config, String prefix, int threads) {
        Graph graph = new Graph();
        Variables variables = new Variables(graph);
        Tower tower = Tower.inference(graph, variables, config, 0);
        return new InferenceSession(config, graph, tower, restored(graph, variables, prefix, threads));
    }

    /** A session whose trainable variables are a checkpoint's; where that fails, the graph is closed. */
    static Session restored(Graph graph, Variables variables, String prefix, int threads) {
        Saver saver = Saver.create(graph, variables.trainable());
        Session session = new Session(graph, SessionOptions.threads(threads).proto());
        try (TString filename = TString.scalarOf(prefix)) {
            session.runner().feed(saver.filename(), filename).addTarget(saver.restore()).run().close();
        } catch (TensorFlowException e) {
            session.close();
            graph.close();
            throw Failure.data("%s: cannot restore the model from this checkpoint: %s", prefix, firstLine(e), e);
        }
        return session;
    }

    /** What the model makes of a batch. */
    public MeasuredBatch measure(Batch batch) {
        batch.requireIds("data", config.vocabSize(), config.typeVocabSize());
        boolean paired = batch.paired() && config.options().pairHead();
        Session.Runner runner = Sums.request(session.runner(), tower.losses());
        int first = tower.losses().paired() ? 4 : 2;
        runner.fetch(scores.loss()).fetch(scores.rank()).fetch(scores.confidence());
        if (paired) {
            runner.fetch(tower.nextSentenceLogits());
        }
        try (Feed feed = new Feed().batch(tower.inputs(), batch);
                Result result = feed.to(runner).run()) {
            return new MeasuredBatch(
                    Sums.of(batch, tower.losses(), result),
                    floats(result, first),
                    floats(result, first + 1),
                    floats(result, first + 2),
                    paired ? PaddedQueries.isNext(floats(result, first + 3)) : null);
        }
    }

    @Override
    public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
        PaddedQueries padded = PaddedQueries.of(queries);
        try (Feed feed = feed(padded)
                .ints(tower.inputs().maskedLmPositions(), Shape.of(padded.batch(), padded.predictions()), padded.positions())) {
            return Likely.run(feed.to(session.runner()), likeliest, queries, count, allowed);
        }
    }

    @Override
    public double[] isNext(List<Query> queries) {
        Scorer.requirePairHead(config);
        try (Feed feed = feed(PaddedQueries.of(queries))) {
            return PaddedQueries.isNext(fetch(feed, tower.nextSentenceLogits()));
        }
    }

    @Override
    public float[][][] hiddenStates(List<Query> queries, int[] layers) {
        PaddedQueries padded = PaddedQueries.of(queries);
        Session.Runner runner = session.runner();
        for (int layer : layers) {
            // The last one's output is normalised where LayerNorm comes first.
            runner.fetch(layer == config.numHiddenLayers() ? tower.sequenceOutput() : tower.hiddenStates().get(layer));
        }
        try (Feed feed = feed(padded);
                Result result = feed.to(runner).run()) {
            return IntStream.range(0, layers.length)
                    .mapToObj(i -> padded.unpad(queries, floats(result, i)))
                    .toArray(float[][][]::new);
        }
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    private Feed feed(PaddedQueries padded) {
        Shape shape = Shape.of(padded.batch(), padded.length());
        return new Feed()
                .ints(tower.inputs().inputIds(), shape, padded.inputIds())
                .ints(tower.inputs().inputMask(), shape, padded.inputMask())
                .ints(tower.inputs().segmentIds(), shape, padded.segmentIds());
    }

    private float[] fetch(Feed feed, Operand<TFloat32> operand) {
        try (Result result = feed.to(session.runner()).fetch(operand).run()) {
            return floats(result, 0);
        }
    }

    private static float[] floats(Result result, int index) {
        TFloat32 tensor = (TFloat32) result.get(index);
        float[] values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    private static String firstLine(Exception e) {
        return e.getMessage().lines().findFirst().orElse("").strip();
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
