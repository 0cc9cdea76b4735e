package org.graphbert.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.graphbert.config.Activation;
import org.graphbert.config.Batch;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.OptimizerConfig;
import org.graphbert.config.Progress;
import org.graphbert.config.RunConfig;
import org.graphbert.corpus.Sentences;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.PairOptions;
import org.graphbert.data.Preparation;
import org.graphbert.data.Recipe;
import org.graphbert.interop.CheckpointIndex;
import org.graphbert.text.Tokenizers;

/** For tests: models and data sets so small that a step takes milliseconds. */
public final class Tiny {

    public static final int LENGTH = 24;
    private static final int WORDS = 44;

    private Tiny() {}

    /** Hidden 16, 2 layers of 2 heads, vocabulary 50. */
    public static ModelConfig model(double dropout) {
        return new ModelConfig(50, 16, 2, 2, 32, Activation.GELU, dropout, dropout, 32, 2, 0.02, 1e-12);
    }

    /** The same with one layer, for what does not depend on how many there are: half the graph, and half the time. */
    public static ModelConfig shallow(double dropout) {
        return new ModelConfig(50, 16, 1, 2, 32, Activation.GELU, dropout, dropout, 32, 2, 0.02, 1e-12);
    }

    /** Writes {@link #model} as a configuration file. */
    public static Path modelFile(Path directory, double dropout) throws IOException {
        return Files.writeString(directory.resolve("model.json"), Json.write(model(dropout)));
    }

    /** Writes {@link #shallow} as a configuration file. */
    public static Path shallowFile(Path directory, double dropout) throws IOException {
        return Files.writeString(directory.resolve("shallow.json"), Json.write(shallow(dropout)));
    }

    /** A WordPiece vocabulary of 50: the special tokens, a full stop and 44 syllables, of which words are made. */
    public static Path vocabulary(Path directory) throws IOException {
        List<String> entries = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "."));
        for (int i = 0; i < WORDS; i++) {
            entries.add((i < 30 ? "" : "##") + syllable(i));
        }
        Files.createDirectories(directory);
        return Files.write(directory.resolve("vocab.txt"), entries);
    }

    /** Documents, each with favourite words of its own so that there is something to learn. */
    public static Path corpus(Path file, int documents, long seed) throws IOException {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int d = 0; d < documents; d++) {
            for (int s = 0; s < 12; s++) {
                int words = 3 + random.nextInt(6);
                for (int w = 0; w < words; w++) {
                    text.append(syllable((7 * d + random.nextInt(8)) % 30));
                    text.append(random.nextInt(3) == 0 ? syllable(30 + random.nextInt(14)) : "").append(' ');
                }
                text.append(".\n");
            }
            text.append('\n');
        }
        return Files.writeString(file, text);
    }

    private static String syllable(int i) {
        return "" + "bdfgklmnprst".charAt(i % 12) + "aeiou".charAt(i / 12);
    }

    /** A data set of sequences of {@link #LENGTH} tokens, prepared as a user's would be; NAME-held-out beside it. */
    public static Path dataSet(Path directory, String name) throws IOException {
        return dataSet(directory, name, vocabulary(directory.resolve(name + "-tokenizer")));
    }

    /** The same with another tokenizer. */
    public static Path dataSet(Path directory, String name, Path vocabulary) throws IOException {
        return dataSet(directory, name, vocabulary, PairOptions.nextSentence(LENGTH, 0.1, 0.5));
    }

    /** The same with other pairs, which say the length too. */
    public static Path dataSet(Path directory, String name, Path vocabulary, PairOptions pairs) throws IOException {
        Path output = directory.resolve(name);
        Path corpus = corpus(directory.resolve(name + ".txt"), 20, 5);
        Recipe recipe = new Recipe(pairs, MaskOptions.standard(pairs.maxSeqLength()), 1, Sentences.LINES, "en", 0.15, 1, 7);
        new Preparation(List.of(corpus), Tokenizers.load(vocabulary, null), recipe, output, 1, 0).run(Progress.SILENT);
        return output;
    }

    /** A run's configuration out of keys and values. */
    public static RunConfig config(Object... keysAndValues) {
        var flags = Json.MAPPER.createObjectNode();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            Object value = keysAndValues[i + 1] instanceof Path path ? path.toString() : keysAndValues[i + 1];
            flags.set((String) keysAndValues[i], Json.MAPPER.valueToTree(value));
        }
        try {
            return RunConfig.of(null, flags);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How a run's weights follow their gradients, out of keys and values. */
    static OptimizerConfig optimization(Object... keysAndValues) {
        List<Object> run = new ArrayList<>(List.of("model", "m", "data", "d", "run", "r", "steps", 1));
        run.addAll(List.of(keysAndValues));
        return config(run.toArray()).optimization();
    }

    /** A batch of random tokens: lengths from half of S to S, and another number of predictions in each example. */
    public static Batch batch(ModelConfig model, int size, int length, int predictions, long seed) {
        Random random = new Random(seed);
        int[] ids = new int[size * length];
        int[] mask = new int[size * length];
        int[] segments = new int[size * length];
        int[] positions = new int[size * predictions];
        int[] labels = new int[size * predictions];
        float[] weights = new float[size * predictions];
        int[] next = new int[size];
        long[] records = new long[size];
        for (int b = 0; b < size; b++) {
            int tokens = length / 2 + random.nextInt(length / 2 + 1);
            for (int s = 0; s < tokens; s++) {
                ids[b * length + s] = 5 + random.nextInt(model.vocabSize() - 5);
                mask[b * length + s] = 1;
                segments[b * length + s] = s > tokens / 2 ? 1 : 0;
            }
            for (int p = 0; p < 1 + random.nextInt(predictions); p++) {
                positions[b * predictions + p] = p * tokens / predictions;
                labels[b * predictions + p] = 5 + random.nextInt(model.vocabSize() - 5);
                weights[b * predictions + p] = 1;
            }
            next[b] = random.nextInt(2);
            records[b] = 100 + b;
        }
        return new Batch(size, length, predictions, ids, mask, segments, positions, labels, weights, next, records);
    }

    /** The bytes of every variable of a checkpoint, slots and step with them, read past TensorFlow. */
    public static Map<String, ByteBuffer> variables(String prefix) throws IOException {
        Map<String, ByteBuffer> variables = new TreeMap<>();
        CheckpointIndex index = CheckpointIndex.read(prefix);
        for (CheckpointIndex.Entry entry : index.entries().values()) {
            try (SeekableByteChannel data = Files.newByteChannel(index.dataFile(entry))) {
                ByteBuffer bytes = ByteBuffer.allocate((int) entry.bytes());
                data.position(entry.offset());
                while (bytes.hasRemaining() && data.read(bytes) >= 0) {
                    // On.
                }
                variables.put(entry.name(), bytes.flip());
            }
        }
        return variables;
    }
}
