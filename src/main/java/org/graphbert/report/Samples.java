package org.graphbert.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.DataSet;
import org.graphbert.data.Example;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.InferenceSession;
import org.graphbert.evaluate.Likely;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Predictions.Filling;
import org.graphbert.evaluate.Scorer.Query;
import org.graphbert.evaluate.TokenKinds;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.RunDirectory;

/**
 * What a run's newest checkpoint makes of a few records.
 *
 * @param data where they come from
 * @param step of the checkpoint
 * @param task what the labels of pairs say
 */
record Samples(String data, long step, PairTask task, List<Sample> samples) {

    static final int TOP = 5;
    private static final int RECORDS = 6;
    /** Of these, evenly through the data, the shortest are shown. */
    private static final long CANDIDATES = 60;
    private static final int SHORTEST = 16;

    /**
     * A record.
     *
     * @param words its tokens as people read them, with the original ones where it is masked
     * @param masks in order of their positions
     * @param label of the pair, 0 or 1
     * @param first the probability of the first label; NaN without pairs
     */
    record Sample(long record, List<String> words, List<Mask> masks, int label, double first) {

        /** Whether the likelier label is the true one. */
        boolean pairRight() {
            return first >= 0.5 == (label == 0);
        }
    }

    /**
     * A token to be predicted.
     *
     * @param position among the record's tokens
     * @param seen what stands there for the model
     * @param top the likeliest, with their probabilities
     */
    record Mask(int position, String truth, String seen, List<Filling> top) {

        boolean right() {
            return top.get(0).word().equals(truth);
        }

        /** Whether the truth is among the likeliest. */
        boolean close() {
            return top.stream().anyMatch(filling -> filling.word().equals(truth));
        }
    }

    /** Asks the newest checkpoint of a run about records of a data set. */
    static Samples of(RunDirectory run, Path path) throws IOException {
        ModelConfig model = run.model();
        Tokenizer tokenizer = Tokenizers.load(run.requiredTokenizer(), null);
        try (DataSet data = DataSet.open(path);
                InferenceSession session = open(data, tokenizer, model, run)) {
            long[] records = records(data, model.maxPositionEmbeddings());
            List<Example> examples = Arrays.stream(records).mapToObj(data::example).toList();
            List<Query> queries = examples.stream().map(Samples::query).toList();
            Likely[][] likely = session.likeliest(queries, TOP, TokenKinds.of(tokenizer, model.vocabSize()).any());
            boolean paired = model.options().pairHead() && PairTask.of(data) != PairTask.NONE;
            double[] first = paired ? session.isNext(queries) : null;
            List<Sample> samples = new ArrayList<>();
            for (int i = 0; i < records.length; i++) {
                samples.add(sample(records[i], examples.get(i), tokenizer, likely[i], paired ? first[i] : Double.NaN));
            }
            return new Samples(path.toString(), run.newest().step(), PairTask.of(data), samples);
        }
    }

    private static InferenceSession open(DataSet data, Tokenizer tokenizer, ModelConfig model, RunDirectory run) throws IOException {
        data.manifest().map(manifest -> manifest.request().tokenizer().checksum()).ifPresent(checksum -> {
            if (!checksum.equals(tokenizer.checksum())) {
                throw Failure.usage("%s was prepared with another tokenizer (checksum %.12s) than the run has (%.12s); name a data set "
                        + "of the run's tokenizer with --data", data.path(), checksum, tokenizer.checksum());
            }
        });
        return InferenceSession.load(model, run.newest().prefix(), 0);
    }

    private static long[] records(DataSet data, int longest) {
        long candidates = Math.min(CANDIDATES, data.size());
        return LongStream.range(0, candidates)
                .map(i -> i * data.size() / candidates)
                .boxed()
                .filter(record -> data.length(record) <= longest)
                .sorted(Comparator.comparingInt((Long record) -> data.length(record) < SHORTEST ? longest : data.length(record))
                        .thenComparing(record -> record))
                .limit(RECORDS)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
    }

    private static Query query(Example example) {
        int length = example.length();
        return new Query(
                Arrays.copyOf(example.inputIds(), length),
                Arrays.copyOf(example.segmentIds(), length),
                Arrays.copyOf(example.maskedLmPositions(), example.predictions()));
    }

    private static Sample sample(long record, Example example, Tokenizer tokenizer, Likely[] likely, double first) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < example.length(); i++) {
            words.add(tokenizer.readable(example.inputIds()[i]));
        }
        List<Mask> masks = new ArrayList<>();
        for (int i = 0; i < example.predictions(); i++) {
            int position = example.maskedLmPositions()[i];
            String truth = tokenizer.readable(example.maskedLmIds()[i]);
            masks.add(new Mask(position, truth, words.get(position), Predictions.fillings(tokenizer, likely[i])));
            words.set(position, truth);
        }
        return new Sample(record, words, masks, example.nextSentenceLabel(), first);
    }
}
