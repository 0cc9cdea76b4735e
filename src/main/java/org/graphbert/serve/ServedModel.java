package org.graphbert.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Predictions;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.evaluate.task.TaskAnswer;
import org.graphbert.evaluate.task.TaskFormat;
import org.graphbert.evaluate.task.TaskPart;

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
 * {@link Failure} of one line; a head for texts leaves the end of one that is longer than those it was
 * fine-tuned on unread. The texts are those of {@code graphbert predict}, and so are the answers.
 */
public final class ServedModel implements AutoCloseable {

    private final LoadedModel loaded;
    private final Batching batching;
    private final Batcher batcher;
    private final Predictions predictions;
    private final ServedTexts encoder;

    private ServedModel(LoadedModel loaded, Batching batching, IntConsumer batchSizes) {
        this.loaded = loaded;
        this.batching = batching;
        this.batcher = new Batcher(loaded, batching, batchSizes);
        this.predictions = new Predictions(loaded.tokenizer(), new BatchedScorer(this));
        this.encoder = new ServedTexts(loaded);
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

    /** A word of a text and its tag. */
    public record TaggedWord(String word, String tag) {

        private static List<TaggedWord> of(ObjectNode answer) {
            return IntStream.range(0, answer.get("words").size())
                    .mapToObj(i -> new TaggedWord(answer.get("words").get(i).asText(), answer.get("tags").get(i).asText()))
                    .toList();
        }
    }

    /** A stretch of a text and its probability, from 0 to 1, among those that were considered; empty for no answer. */
    public record Candidate(String text, double probability) {}

    /**
     * An answer.
     *
     * @param text exactly as it stands in the text that was asked; empty if there is none in it
     * @param best the likeliest, the likeliest first
     */
    public record Answered(String text, List<Candidate> best) {

        private static Answered of(ObjectNode answer) {
            List<Candidate> best = new ArrayList<>();
            answer.path("best").forEach(one -> best.add(new Candidate(one.get("text").asText(), one.get("probability").asDouble())));
            return new Answered(answer.get("answer").asText(), List.copyOf(best));
        }
    }

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
        return fillMask(List.of(text), count).get(0);
    }

    /** The same of many texts, in batches. */
    public List<List<List<Predictions.Filling>>> fillMask(List<String> texts, int count) {
        requireHead(ExportFacts.Head.PRETRAINING);
        if (count < 1) {
            throw Failure.usage("asked for the %d likeliest tokens, expected at least 1", count);
        }
        return predictions.fillMask(texts, count).stream().map(Predictions.FilledText::masks).toList();
    }

    /**
     * The probability from 0 to 1 that the second text follows the first; of a model that learnt sentence order ({@link
     * #pairTask}), that the two are in order.
     */
    public double nextSentence(String first, String second) {
        return nextSentence(List.of(List.of(first, second)))[0];
    }

    /** The same of many pairs, in batches. */
    public double[] nextSentence(List<List<String>> pairs) {
        Scorer.requirePairHead(loaded.config());
        requireHead(ExportFacts.Head.PRETRAINING);
        if (pairTask() == PairTask.NONE) {
            throw Failure.usage("this model was trained without pairs (--pairs none), and its head for them has learnt nothing; ask one "
                    + "that was trained with --pairs nsp or sop");
        }
        return predictions.nextSentence(pairs.stream().map(pair -> new String[] {pair.get(0), pair.get(1)}).toList()).stream()
                .mapToDouble(Predictions.Pair::isNext).toArray();
    }

    /** A text's vector, [hidden size]: the mean over its tokens. */
    public float[] embed(String text) {
        return embed(text, Pooling.MEAN);
    }

    /** A text's vector, [hidden size]. */
    public float[] embed(String text, Pooling pooling) {
        return embed(List.of(text), pooling).get(0);
    }

    /** The same of many texts, in batches. */
    public List<float[]> embed(List<String> texts, Pooling pooling) {
        if (pooling == Pooling.POOLED && !loaded.signature(SavedModelExport.FEATURES).containsOutputs("pooled_output")) {
            throw Failure.usage("this model has no pooler; ask for the mean, or for cls");
        }
        return each(SavedModelExport.FEATURES, texts.stream().map(text -> encoder.whole(List.of(text))).toList(),
                answer -> vector(answer, pooling));
    }

    private static float[] vector(Map<String, Values> answer, Pooling pooling) {
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
        return classify(List.of(List.of(text))).get(0);
    }

    /** The labels of a pair of texts, the likeliest first; of an export with a head to classify. */
    public List<Label> classify(String first, String second) {
        return classify(List.of(List.of(first, second))).get(0);
    }

    /** The same of many texts, or pairs of texts, in batches. */
    public List<List<Label>> classify(List<List<String>> examples) {
        return classify(examples, i -> {});
    }

    /**
     * The same.
     *
     * @param cut takes the numbers of the examples whose end was not read
     */
    public List<List<Label>> classify(List<List<String>> examples, IntConsumer cut) {
        requireHead(ExportFacts.Head.CLASSIFY);
        List<String> labels = loaded.facts().labels();
        return each(SavedModelExport.CLASSIFY, encoder.learnt(examples, cut), answer -> {
            float[] probabilities = answer.get("probabilities").row(0);                 // [C]
            return IntStream.range(0, labels.size())
                    .mapToObj(i -> new Label(labels.get(i), probabilities[i]))
                    .sorted(Comparator.comparingDouble(Label::probability).reversed())
                    .toList();
        });
    }

    /** The number of a text; of an export with a head to regress. */
    public double regress(String text) {
        return regress(List.of(List.of(text)))[0];
    }

    /** The number of a pair of texts; of an export with a head to regress. */
    public double regress(String first, String second) {
        return regress(List.of(List.of(first, second)))[0];
    }

    /** The same of many texts, or pairs of texts, in batches. */
    public double[] regress(List<List<String>> examples) {
        return regress(examples, i -> {});
    }

    /**
     * The same.
     *
     * @param cut takes the numbers of the examples whose end was not read
     */
    public double[] regress(List<List<String>> examples, IntConsumer cut) {
        requireHead(ExportFacts.Head.REGRESS);
        return each(SavedModelExport.REGRESS, encoder.learnt(examples, cut), answer -> answer.get("value").data()[0])
                .stream().mapToDouble(value -> value).toArray();
    }

    /** The tags of a text's words, which have spaces between them; of an export with a head to tag. */
    public List<TaggedWord> tag(String text) {
        return tag(List.of(text)).get(0);
    }

    /** The same of many texts, in batches. */
    public List<List<TaggedWord>> tag(List<String> texts) {
        requireHead(ExportFacts.Head.TAG);
        TaskFormat format = reading().tags(loaded.facts().labels(), loaded.tokenizer(), loaded.config().typeVocabSize());
        return task(SavedModelExport.TAGS, format, texts.stream().map(List::of).toList(),
                answer -> answer.get("logits").rows()).stream().map(TaggedWord::of).toList();                    // [S, T]
    }

    /** The answer to a question out of a text; of an export with a head for questions. */
    public Answered answer(String question, String text) {
        return answer(List.of(List.of(question, text))).get(0);
    }

    /** The same of many pairs of a question and its text, in batches. */
    public List<Answered> answer(List<List<String>> examples) {
        requireHead(ExportFacts.Head.QA);
        TaskFormat format = reading().answers(loaded.tokenizer(), loaded.config().typeVocabSize());
        return task(SavedModelExport.QA, format, examples, answer -> new float[][] {
                answer.get("start_logits").row(0), answer.get("end_logits").row(0)}).stream().map(Answered::of).toList(); // [2, S]
    }

    private Reading reading() {
        Reading known = loaded.facts().reading();
        return known == null ? Reading.usual(loaded.facts().head(), loaded.config()) : known;
    }

    /** Examples as fine-tuning encodes them, in windows where they are too long, and its answers to them. */
    private List<ObjectNode> task(
            String signature, TaskFormat format, List<List<String>> examples, Function<Map<String, Values>, float[][]> rows) {
        for (List<String> example : examples) {
            if (example.stream().anyMatch(String::isBlank)) {
                throw Failure.usage("found an empty text, expected one to answer");
            }
        }
        if (examples.isEmpty()) {
            return List.of();
        }
        TaskPart part = format.of(examples);
        List<float[][]> logits = each(signature, part.encoded().examples().stream().map(TaskExample::text).toList(), rows);
        return part.answers(logits.toArray(float[][][]::new)).stream().map(TaskAnswer::json).toList();
    }

    private void requireHead(ExportFacts.Head head) {
        if (loaded.facts().head() != head) {
            throw Failure.usage("this model's head is %s, not %s; what it answers: %s", loaded.facts().head(), head,
                    String.join(", ", loaded.questions()));
        }
    }

    /** A head that was trained on pairs answers a single text with nonsense, and the other way round. */
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
        int most = Math.min(batching.maxBatch(), Math.max(1, Batcher.MOST_TOKENS / call.length()));
        for (int from = 0; from < call.rows(); from += most) {
            parts.add(call.rows(from, Math.min(most, call.rows() - from)));
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
        // The last entry is in no smaller vocabulary: weights of another model's are found out here.
        Scorer.Query shortest = Scorer.Query.of(loaded.tokenizer().special(), new int[] {loaded.config().vocabSize() - 1});
        for (String signature : loaded.signatures().keySet()) {
            Set<String> inputs = loaded.inputs(signature);
            if (Set.of(Call.INPUT_IDS, Call.INPUT_MASK, Call.SEGMENT_IDS, Call.POSITIONS).containsAll(inputs)) {
                int[] positions = new int[inputs.contains(Call.POSITIONS) ? 1 : 0];
                call(Call.of(signature, new Scorer.Query(shortest.inputIds(), shortest.segmentIds(), positions)));
            }
        }
    }

    /**
     * Answers any number of questions, a batch of them after the other, and keeps of each answer only what is made of it: all
     * of them may be more than there is memory.
     */
    <T> List<T> each(String signature, List<Scorer.Query> queries, Function<Map<String, Values>, T> made) {
        loaded.signature(signature);
        List<Call> calls = queries.stream().map(query -> Call.of(signature, query)).toList();
        calls.forEach(call -> call.require(loaded.config()));
        List<T> answers = new ArrayList<>();
        int from = 0;
        while (from < calls.size()) {
            int to = from;
            long numbers = 0;
            do {
                numbers += loaded.answerSize(calls.get(to++));
            } while (to < calls.size() && to - from < batching.maxBatch()
                    && numbers + loaded.answerSize(calls.get(to)) <= Batcher.MOST_NUMBERS);
            callAll(calls.subList(from, to)).forEach(answer -> answers.add(made.apply(answer)));
            from = to;
        }
        return answers;
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

    /** Answers what waits, and frees the model. */
    @Override
    public void close() {
        batcher.close();
        loaded.close();
    }
}
