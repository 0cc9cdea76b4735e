package org.graphbert.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.Tokenizer;

/**
 * Texts as vectors: what a model's layers make of their tokens (Devlin et al. 2018, 5.3).
 *
 * @param layers from 0, the embeddings, to the number of layers
 * @param combine how several layers become one vector
 * @param pool how the tokens of a text become one vector, or that they stay apart
 */
public record Features(int[] layers, Combine combine, Pool pool) {

    /** Several layers as one vector. */
    public enum Combine {
        SUM, MEAN, CONCAT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Several tokens as one vector. */
    public enum Pool {
        /** That of [CLS]. */
        CLS,
        /** Of all tokens, [CLS] and [SEP] with them (Reimers and Gurevych 2019, Sentence-BERT, 3). */
        MEAN,
        /** Each token has its own. */
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A text, or a pair of texts, as a model takes it.
     *
     * @param texts one or two
     * @param tokens [CLS], its own, [SEP], and of a pair the second's and another [SEP]
     * @param cut whether it was longer than the model takes
     */
    public record Question(List<String> texts, Scorer.Query query, List<String> tokens, boolean cut) {}

    /**
     * A text's vectors.
     *
     * @param vectors one, or where nothing is pooled one for each of its tokens
     */
    public record Vectors(Question of, float[][] vectors) {}

    /**
     * Chooses layers.
     *
     * @param named from 0, the embeddings; negative ones from the last, which is −1
     * @param model how many layers there are
     */
    public static Features of(int[] named, Combine combine, Pool pool, Scorer model) {
        int last = model.config().numHiddenLayers();
        int[] layers = IntStream.of(named).map(layer -> layer < 0 ? last + 1 + layer : layer).toArray();
        for (int i = 0; i < layers.length; i++) {
            if (layers[i] < 0 || layers[i] > last) {
                throw Failure.usage("--layers has %d, but the model has %d layers: expected 0 (the embeddings) to %d, or -1 (the last) "
                        + "to -%d", named[i], last, last, last + 1);
            }
        }
        return new Features(layers, combine, pool);
    }

    /** [CLS] a [SEP], or [CLS] a [SEP] b [SEP]; what is longer is cut as for the pair head, at the end of the longer text. */
    public static Question question(Tokenizer tokenizer, List<String> texts, Scorer model) {
        int[][] ids = texts.stream().map(text -> tokenizer.encode(text).ids()).toArray(int[][]::new);
        int room = Math.max(0, model.maxLength() - 1 - ids.length);
        boolean cut = Arrays.stream(ids).mapToInt(text -> text.length).sum() > room;
        EncodedExamples.truncate(ids, room);
        Scorer.Query query = Scorer.Query.of(tokenizer.special(), ids).in(model.config().typeVocabSize());
        return new Question(texts, query, IntStream.of(query.inputIds()).mapToObj(tokenizer::token).toList(), cut);
    }

    /** H, of what comes out. */
    public int size(int hiddenSize) {
        return combine == Combine.CONCAT ? layers.length * hiddenSize : hiddenSize;
    }

    /** The vectors of a batch. */
    public List<Vectors> of(List<Question> questions, Scorer model) {
        float[][][] states = model.hiddenStates(questions.stream().map(Question::query).toList(), layers); // [layers][B][S·H]
        int h = model.config().hiddenSize();
        return IntStream.range(0, questions.size())
                .mapToObj(i -> new Vectors(questions.get(i), vectors(states, i, h)))
                .toList();
    }

    /** [1 or S, size]. */
    private float[][] vectors(float[][][] states, int text, int h) {
        int tokens = states[0][text].length / h;
        float[][] vectors = new float[pool == Pool.NONE ? tokens : 1][size(h)];
        // A mean is taken here, of a sum in which each summand has its share.
        float share = (combine == Combine.MEAN ? 1f / layers.length : 1) / (pool == Pool.MEAN ? tokens : 1);
        for (int layer = 0; layer < layers.length; layer++) {
            int at = combine == Combine.CONCAT ? layer * h : 0;
            for (int token = 0; token < (pool == Pool.CLS ? 1 : tokens); token++) {
                float[] vector = vectors[pool == Pool.NONE ? token : 0];
                for (int j = 0; j < h; j++) {
                    vector[at + j] += share * states[layer][text][token * h + j];
                }
            }
        }
        return vectors;
    }
}
