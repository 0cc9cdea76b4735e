package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Features.Combine;
import org.graphbert.evaluate.Features.Pool;
import org.graphbert.evaluate.Features.Question;
import org.graphbert.train.Tiny;
import org.junit.jupiter.api.Test;

/** Vectors of two layers of a text of three tokens, H = 2, worked out by hand. */
class FeaturesTest {

    private static final float[][] LAYERS = {{1, 2, 3, 4, 5, 9}, {10, 20, 30, 40, 50, 90}};
    private static final Question TEXT = new Question(List.of("a"), new Scorer.Query(new int[3], new int[3], new int[0]), List.of("", "a", ""), false);

    /** Knows the layers 1 and 2 of that text. */
    private record Given() implements Scorer {
        @Override
        public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
            throw new UnsupportedOperationException();
        }

        @Override
        public double[] isNext(List<Query> queries) {
            throw new UnsupportedOperationException();
        }

        @Override
        public float[][][] hiddenStates(List<Query> queries, int[] layers) {
            float[][][] states = new float[layers.length][1][];
            for (int i = 0; i < layers.length; i++) {
                states[i][0] = LAYERS[layers[i] - 1];
            }
            return states;
        }

        @Override
        public ModelConfig config() {
            ModelConfig tiny = Tiny.model(0);
            return new ModelConfig(tiny.vocabSize(), 2, 2, 1, 4, tiny.hiddenAct(), 0, 0, 32, 2, 0.02, 1e-12);
        }

        @Override
        public void close() {}
    }

    private static float[][] vectors(Combine combine, Pool pool, int... layers) {
        Scorer scorer = new Given();
        return Features.of(layers, combine, pool, scorer).of(List.of(TEXT), scorer).get(0).vectors();
    }

    @Test
    void layersAndTokensBecomeOneVector() {
        same(new float[][] {{3, 5}}, vectors(Combine.CONCAT, Pool.MEAN, 1));
        same(new float[][] {{1, 2}}, vectors(Combine.CONCAT, Pool.CLS, -2));
        same(new float[][] {{10, 20, 1, 2}}, vectors(Combine.CONCAT, Pool.CLS, -1, -2));
        same(new float[][] {{33, 55}}, vectors(Combine.SUM, Pool.MEAN, 1, 2));
        same(new float[][] {{16.5f, 27.5f}}, vectors(Combine.MEAN, Pool.MEAN, 1, 2));
        same(new float[][] {{11, 22}, {33, 44}, {55, 99}}, vectors(Combine.SUM, Pool.NONE, 1, 2));
    }

    @Test
    void layersThatAreNotThere() {
        String message = assertThrows(Failure.class, () -> vectors(Combine.SUM, Pool.CLS, -4)).getMessage();
        assertEquals("--layers has -4, but the model has 2 layers: expected 0 (the embeddings) to 2, or -1 (the last) to -3", message);
        assertThrows(Failure.class, () -> vectors(Combine.SUM, Pool.CLS, 3));
    }

    private static void same(float[][] expected, float[][] found) {
        assertEquals(expected.length, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], found[i], 1e-5f);
        }
    }
}
