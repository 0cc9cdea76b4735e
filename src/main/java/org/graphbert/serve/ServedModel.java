package org.graphbert.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Scorer;

/**
 * An exported model that answers: text in, result out. Any number of threads may ask at once; what they ask at the same time
 * is answered in batches, and what is beyond the queue is refused with {@link Overloaded}.
 *
 * <pre>{@code
 * try (ServedModel model = ServedModel.open(Path.of("saved_models/wiki"))) {
 *     for (Predictions.Filling filling : model.fillMask("The sky is [MASK].", 5).get(0)) {
 *         System.out.printf("%5.1f%% %s%n", 100 * filling.probability(), filling.word());
 *     }
 *     double follows = model.nextSentence("The sky is blue.", "It darkens at night.");
 *     float[] vector = model.embed("The sky is blue.");
 *     System.out.printf("follows: %.3f; a vector of %d numbers%n", follows, vector.length);
 * }
 * }</pre>
 *
 * <p>A text that is too long, has no [MASK] where one is asked for, or asks for a head that the export lacks, is refused with a
 * {@link Failure} of one line. The texts are those of {@code graphbert predict}, and so are the answers.
 */
public final class ServedModel implements AutoCloseable {

    private final LoadedModel loaded;
    private final Batching batching;
    private final Batcher batcher;
    private final Predictions predictions;

    private ServedModel(LoadedModel loaded, Batching batching, IntConsumer batchSizes) {
        this.loaded = loaded;
        this.batching = batching;
        this.batcher = new Batcher(loaded, batching, batchSizes);
        this.predictions = new Predictions(loaded.tokenizer(), new BatchedScorer(this));
    }

    /**
     * Opens NAME/VERSION, or the highest version of NAME, as {@code graphbert export} writes them.
     *
     * @throws Failure (usage) if there is no export, (data) if it is damaged
     */
    public static ServedModel open(Path directory) throws IOException {
        return open(directory, Batching.DEFAULT);
    }

    /** The same with batches of one's own. */
    public static ServedModel open(Path directory, Batching batching) throws IOException {
        return open(directory, 0, batching, size -> {});
    }

    /**
     * The same.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @param batchSizes takes the size of each batch, on the thread that answers it
     */
    public static ServedModel open(Path directory, int threads, Batching batching, IntConsumer batchSizes) throws IOException {
        return new ServedModel(LoadedModel.open(directory, threads), batching, batchSizes);
    }

    /** A label and its probability from 0 to 1. */
    public record Label(String label, double probability) {}

    /** Which vector stands for a text. */
    public enum Pooling {
        /** The mean of the last layer's vectors of all its tokens, [CLS] and [SEP] among them. */
        MEAN,
        /** The last layer's vector of [CLS]. */
        CLS,
        /** What the pooler makes of [CLS]: trained with the head for pairs, and there only where the model has one. */
        POOLED
    }

    /**
     * The likeliest tokens for each [MASK] of a text.
     *
     * @param count how many for each
     * @return for each [MASK], the likeliest first
     */
    public List<List<Predictions.Filling>> fillMask(String text, int count) {
        requireHead(ExportFacts.Head.PRETRAINING);
        if (count < 1) {
            throw Failure.usage("asked for the %d likeliest tokens, expected at least 1", count);
        }
        return predictions.fillMask(List.of(text), count).get(0).masks();
    }

    /**
     * The probability from 0 to 1 that the second text follows the first; of a model that learnt sentence order ({@link
     * #pairTask}), that the two are in order.
     */
    public double nextSentence(String first, String second) {
        Scorer.requirePairHead(loaded.config());
        requireHead(ExportFacts.Head.PRETRAINING);
        if (pairTask() == PairTask.NONE) {
            throw Failure.usage("this model was trained without pairs (--pairs none), and its head for them has learnt nothing; ask one "
                    + "that was trained with --pairs nsp or sop");
        }
        return predictions.nextSentence(List.<String[]>of(new String[] {first, second})).get(0).isNext();
    }

    /** A text's vector, [hidden size]: the mean over its tokens. */
    public float[] embed(String text) {
        return embed(text, Pooling.MEAN);
    }

    /** A text's vector, [hidden size]. */
    public float[] embed(String text, Pooling pooling) {
        Scorer.Query query = query(List.of(text));
        if (pooling == Pooling.POOLED && !loaded.signature(SavedModelExport.FEATURES).containsOutputs("pooled_output")) {
            throw Failure.usage("this model has no pooler; ask for the mean, or for cls");
        }
        Map<String, Values> answer = call(Call.of(SavedModelExport.FEATURES, query));
        if (pooling == Pooling.POOLED) {
            return answer.get("pooled_output").row(0);                                  // [H]
        }
        Values tokens = answer.get("sequence_output");                                  // [1, S, H]
        int hidden = tokens.shape()[2];
        int length = pooling == Pooling.CLS ? 1 : tokens.shape()[1];
        double[] sum = new double[hidden];
        for (int i = 0; i < length * hidden; i++) {
            sum[i % hidden] += tokens.data()[i];
        }
        float[] mean = new float[hidden];
        for (int i = 0; i < hidden; i++) {
            mean[i] = (float) (sum[i] / length);
        }
        return mean;
    }

    /** The labels of a text, the likeliest first; of an export with a head to classify. */
    public List<Label> classify(String text) {
        return classified(List.of(text));
    }

    /** The labels of a pair of texts, the likeliest first; of an export with a head to classify. */
    public List<Label> classify(String first, String second) {
        return classified(List.of(first, second));
    }

    private List<Label> classified(List<String> texts) {
        requireHead(ExportFacts.Head.CLASSIFY);
        float[] probabilities =
                call(Call.of(SavedModelExport.CLASSIFY, query(texts))).get("probabilities").row(0);  // [C]
        List<String> labels = loaded.facts().labels();
        return IntStream.range(0, labels.size())
                .mapToObj(i -> new Label(labels.get(i), probabilities[i]))
                .sorted(Comparator.comparingDouble(Label::probability).reversed())
                .toList();
    }

    /** The number of a text; of an export with a head to regress. */
    public double regress(String text) {
        return regressed(List.of(text));
    }

    /** The number of a pair of texts; of an export with a head to regress. */
    public double regress(String first, String second) {
        return regressed(List.of(first, second));
    }

    private double regressed(List<String> texts) {
        requireHead(ExportFacts.Head.REGRESS);
        return call(Call.of(SavedModelExport.REGRESS, query(texts))).get("value").data()[0];  // [1]
    }

    private void requireHead(ExportFacts.Head head) {
        if (loaded.facts().head() != head) {
            throw Failure.usage("this export has a head of %s, and cannot be asked for %s", loaded.facts().head(), head);
        }
    }

    /** What the head for pairs has learnt. */
    public PairTask pairTask() {
        return loaded.facts().pairTask();
    }

    /** What is open. */
    public LoadedModel loaded() {
        return loaded;
    }

    /** Sequences that wait for an answer. */
    public int waiting() {
        return batcher.waiting();
    }

    /**
     * Calls a signature as TensorFlow would, in batches with others of its kind.
     *
     * @param call of any number of rows that the queue takes
     * @return each output by name, with the call's own batch size and length
     * @throws Failure (usage) if an id is out of range or a row is too long
     */
    public Map<String, Values> call(Call call) {
        loaded.signature(call.signature());
        call.require(loaded.config());
        List<Call> parts = new ArrayList<>();
        for (int from = 0; from < call.rows(); from += batching.maxBatch()) {
            parts.add(call.rows(from, Math.min(batching.maxBatch(), call.rows() - from)));
        }
        if (call.rows() > batching.queue()) {
            throw Failure.usage("%,d sequences at once, expected at most %,d; ask in parts", call.rows(), batching.queue());
        }
        List<Map<String, Values>> answers = callAll(parts);
        Map<String, Values> joined = new LinkedHashMap<>();
        answers.get(0).keySet().forEach(name ->
                joined.put(name, Values.join(answers.stream().map(answer -> answer.get(name)).toList())));
        return joined;
    }

    /** Calls each signature once: TensorFlow prepares its graph at the first call, which takes longer than those after it. */
    public void warmUp() {
        Scorer.Query shortest = Scorer.Query.of(loaded.tokenizer().special(), new int[0]);
        for (String signature : loaded.signatures().keySet()) {
            Set<String> inputs = loaded.inputs(signature);
            if (Set.of(Call.INPUT_IDS, Call.INPUT_MASK, Call.SEGMENT_IDS, Call.POSITIONS).containsAll(inputs)) {
                int[] positions = new int[inputs.contains(Call.POSITIONS) ? 1 : 0];
                call(Call.of(signature, new Scorer.Query(shortest.inputIds(), shortest.segmentIds(), positions)));
            }
        }
    }

    /** Calls of no more rows than a batch may have, each answered by itself. */
    List<Map<String, Values>> callAll(List<Call> calls) {
        calls.forEach(call -> call.require(loaded.config()));
        List<CompletableFuture<Map<String, Values>>> answers = batcher.submit(calls);
        try {
            return answers.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** [CLS] a [SEP], or [CLS] a [SEP] b [SEP]. */
    private Scorer.Query query(List<String> texts) {
        int[][] ids = texts.stream().map(text -> loaded.tokenizer().encode(text).ids()).toArray(int[][]::new);
        Scorer.Query query = Scorer.Query.of(loaded.tokenizer().special(), ids);
        return loaded.config().typeVocabSize() > 1
                ? query
                : new Scorer.Query(query.inputIds(), new int[query.inputIds().length], new int[0]);
    }

    /** Answers what waits, and frees the model. */
    @Override
    public void close() {
        batcher.close();
        loaded.close();
    }
}
