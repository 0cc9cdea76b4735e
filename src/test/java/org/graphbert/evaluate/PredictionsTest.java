package org.graphbert.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Activation;
import org.graphbert.config.ModelConfig;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model is asked, and how its answers read. */
class PredictionsTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/tokenizer");

    /** Keeps what it is asked; its likeliest token at every mask is a given one, the second likeliest another. */
    private record Fixed(List<Query> asked, int vocabulary, int first, int second) implements Scorer {
        @Override
        public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
            asked.addAll(queries);
            Likely both = new Likely(new int[] {first, second}, new float[] {-1, -2});
            return queries.stream()
                    .map(query -> Arrays.stream(query.maskedPositions()).mapToObj(p -> both).toArray(Likely[]::new))
                    .toArray(Likely[][]::new);
        }

        @Override
        public double[] isNext(List<Query> queries) {
            asked.addAll(queries);
            return new double[queries.size()];
        }

        @Override
        public float[][][] hiddenStates(List<Query> queries, int[] layers) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ModelConfig config() {
            return new ModelConfig(vocabulary, 8, 1, 1, 8, Activation.GELU, 0, 0, 64, 2, 0.02, 1e-12);
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @CsvSource({
        "wordpiece-vocab.txt, time, time, ##s, ##s, [CLS] the [MASK] of the [MASK] . [SEP]",
        "unigram.model, ▁time, time, s, ##s, [CLS] ▁the [MASK] ▁of ▁the [MASK] . [SEP]",
        "bpe.model, ▁time, time, s, ##s, [CLS] ▁the [MASK] ▁of ▁the [MASK] . [SEP]",
    })
    void masksStandWhereTheMissingTokensWould(
            String file, String first, String firstWord, String second, String secondWord, String asked) {
        Tokenizer tokenizer = Tokenizers.load(GOLDEN.resolve(file), null);
        Fixed scorer = new Fixed(new ArrayList<>(), tokenizer.size(),
                tokenizer.id(first).orElseThrow(), tokenizer.id(second).orElseThrow());
        Predictions predictions = new Predictions(tokenizer, scorer);
        var filled = predictions.fillMask(List.of("the [MASK] of the [MASK]."), 2).get(0);
        Scorer.Query query = scorer.asked().get(0);
        assertEquals(asked, String.join(" ", Arrays.stream(query.inputIds()).mapToObj(tokenizer::token).toList()));
        assertArrayEquals(new int[] {2, 5}, query.maskedPositions());
        for (List<Predictions.Filling> mask : filled.masks()) {
            assertEquals(first, mask.get(0).token());
            assertEquals(firstWord, mask.get(0).word());
            assertEquals(Math.exp(-1), mask.get(0).probability());
            assertEquals(second, mask.get(1).token());
            assertEquals(secondWord, mask.get(1).word());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wordpiece-vocab.txt, [CLS] the time . [SEP] of the [SEP]",
        "unigram.model, [CLS] ▁the ▁time . [SEP] ▁of ▁the [SEP]",
        "bpe.model, [CLS] ▁the ▁time . [SEP] ▁of ▁the [SEP]",
    })
    void aPairIsTwoTexts(String file, String asked) {
        Tokenizer tokenizer = Tokenizers.load(GOLDEN.resolve(file), null);
        Fixed scorer = new Fixed(new ArrayList<>(), tokenizer.size(), 5, 6);
        new Predictions(tokenizer, scorer).nextSentence(List.<String[]>of(new String[] {"the time.", "of the"}));
        Scorer.Query query = scorer.asked().get(0);
        assertEquals(asked, String.join(" ", Arrays.stream(query.inputIds()).mapToObj(tokenizer::token).toList()));
        assertArrayEquals(new int[] {0, 0, 0, 0, 0, 1, 1, 1}, query.segmentIds());
    }
}
