package org.graphbert.evaluate;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.graphbert.config.Progress;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.DocumentReader;
import org.graphbert.corpus.Sentences;
import org.graphbert.data.DataSet;
import org.graphbert.data.Effort;
import org.graphbert.data.Memory;
import org.graphbert.data.Preparation;
import org.graphbert.data.Recipe;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/**
 * Text to evaluate a model on, as it stands in files.
 *
 * @param files plain or packed, documents with blank lines between them or JSON lines
 * @param recipe how it is read, paired and masked
 */
public record RawText(List<Path> files, Recipe recipe, Tokenizer tokenizer) {

    public RawText {
        files = List.copyOf(files);
    }

    /** The data set that 'graphbert prepare' makes of it, in a directory of its own. */
    public DataSet prepare(Path directory, Progress progress) {
        Effort effort = new Effort(Runtime.getRuntime().availableProcessors(), Memory.DEFAULT, false, 0);
        new Preparation(files, tokenizer, List.of(new Preparation.Output(directory, recipe)), effort).run(progress);
        return DataSet.open(directory);
    }

    /**
     * A sample of its sentences: of all alike, whatever file they are in. All are read, and as many held as are asked for.
     *
     * @param tokens sentences are taken until they have so many; 0 for none
     * @param longest a longer sentence ends there
     * @param seed decides which are taken
     * @return their token ids, without special tokens, in the order of the text; all of them, where there are not so many tokens
     */
    public List<int[]> sample(long tokens, int longest, long seed) {
        SentenceSplitter splitter = SentenceSplitter.forLanguage(recipe.language());
        Sentences sentences = recipe.sentences().resolve(files, recipe.documents(), recipe.encoding(), splitter);
        Random random = new Random(seed);
        PriorityQueue<Drawn> taken = new PriorityQueue<>(Comparator.comparingLong(Drawn::lot).reversed());
        long number = 0;
        long sum = 0;
        try (DocumentReader documents = new DocumentReader(files, recipe.documents(), recipe.encoding())) {
            for (Document document = documents.next(); document != null; document = documents.next()) {
                for (String sentence : sentences.of(document, splitter)) {
                    int[] ids = tokenizer.encode(sentence).ids();
                    Drawn drawn = new Drawn(random.nextLong(), number++, Arrays.copyOf(ids, Math.min(ids.length, longest)));
                    if (drawn.ids.length > 0) {
                        taken.add(drawn);
                        sum += drawn.ids.length;
                    }
                    while (!taken.isEmpty() && sum - taken.peek().ids.length >= tokens) {
                        sum -= taken.poll().ids.length;
                    }
                }
            }
        }
        return taken.stream().sorted(Comparator.comparingLong(Drawn::number)).map(Drawn::ids).toList();
    }

    /**
     * A sentence with its lot: those of the least lots are taken.
     *
     * @param number of the sentence in the text
     */
    private record Drawn(long lot, long number, int[] ids) {}
}
