package org.graphbert.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.config.Precision;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A training tower of free sizes computes what one of fixed sizes does, dropout included. */
class FreeSizesTest {

    private static final ModelConfig PLAIN =
            new ModelConfig(50, 16, 2, 4, 40, Activation.GELU, 0.1, 0.1, 32, 2, 0.3, 1e-12);

    private static final List<EncoderOptions> OPTIONS = List.of(
            EncoderOptions.NONE,
            new EncoderOptions(true, PositionEmbedding.ROTARY, true, false, 6, 1),
            new EncoderOptions(false, PositionEmbedding.RELATIVE_KEY_QUERY, false, true, null, null));

    @Test
    void lossesAreTheSame() {
        for (EncoderOptions options : OPTIONS) {
            try (Graph graph = new Graph()) {
                ModelConfig config = PLAIN.withOptions(options);
                Variables variables = new Variables(graph);
                Tower free = Tower.training(graph, variables, config, 1,
                        new Inputs.BatchSizes(Inputs.FREE, Inputs.FREE, Inputs.FREE), Precision.FLOAT32);
                // One of odd sizes, and of one position, which has no distances but 0.
                Batch[] batches = {batch(3, 7, 2), batch(1, 1, 1)};
                Tower[] fixed = new Tower[batches.length];
                for (int i = 0; i < batches.length; i++) {
                    Batch b = batches[i];
                    fixed[i] = Tower.training(graph, variables, config, 1,
                            new Inputs.BatchSizes(b.size(), b.sequenceLength(), b.predictions()), Precision.FLOAT32);
                }
                try (Session session = new Session(graph)) {
                    session.runner().addTarget(variables.initialise()).run().close();
                    for (int i = 0; i < batches.length; i++) {
                        double[] expected = losses(session, fixed[i], batches[i], 3);
                        double[] found = losses(session, free, batches[i], 3);
                        for (int j = 0; j < expected.length; j++) {
                            assertTrue(Double.isFinite(expected[j]), options.named() + " " + expected[j]);
                            assertEquals(expected[j], found[j], 1e-5 * (1 + Math.abs(expected[j])), options.named().toString());
                        }
                    }
                    assertTrue(losses(session, free, batches[0], 3)[0] != losses(session, free, batches[0], 4)[0],
                            "dropout is on: another key, another loss");
                }
            }
        }
    }

    private static double[] losses(Session session, Tower tower, Batch batch, long key) {
        List<Operand<TFloat32>> sums = tower.losses().all();
        Session.Runner runner = session.runner();
        sums.forEach(runner::fetch);
        try (Feed feed = new Feed().batch(tower.inputs(), batch).add(tower.dropoutKey(), TInt64.scalarOf(key));
                Result result = feed.to(runner).run()) {
            double[] values = new double[sums.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = ((TFloat32) result.get(i)).getFloat();
            }
            return values;
        }
    }

    private static Batch batch(int b, int s, int p) {
        Random random = new Random(b);
        int[] mask = new int[b * s];
        Arrays.fill(mask, 1);
        mask[b * s - 1] = s == 1 ? 1 : 0;
        float[] weights = new float[b * p];
        Arrays.fill(weights, 1);
        return new Batch(b, s, p, random.ints((long) b * s, 0, 50).toArray(), mask, random.ints((long) b * s, 0, 2).toArray(),
                random.ints((long) b * p, 0, Math.max(1, s - 1)).toArray(), random.ints((long) b * p, 0, 50).toArray(), weights,
                random.ints(b, 0, 2).toArray(), new long[b]);
    }
}
