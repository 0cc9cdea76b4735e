package org.graphbert.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/**
 * What is done to the units of a block, on any thread: each is tokenised once; then, with the whole block's tokens to draw
 * from, paired, masked and encoded for each duplicate.
 */
final class BlockWork {

    private final Tokenizer tokenizer;
    private final SentenceSplitter splitter;
    private final Recipe recipe;
    private final Sentences sentences;
    private final Pairs pairs;
    private final Masking masking;

    /** @param sentences resolved: not auto */
    BlockWork(Tokenizer tokenizer, SentenceSplitter splitter, Recipe recipe, Sentences sentences) {
        this.tokenizer = tokenizer;
        this.splitter = splitter;
        this.recipe = recipe;
        this.sentences = sentences;
        pairs = Pairs.of(recipe.pairs(), tokenizer);
        masking = Masking.of(recipe.masks(), tokenizer);
    }

    /**
     * A block's documents as token ids: those with at least one token, and none if there are fewer
     * than the pair task takes.
     *
     * @param documents a document is a list of sentences, none empty
     * @param ends behind the last document of each unit
     */
    record Tokens(Part part, long block, List<int[][]> documents, int[] ends) {}

    /**
     * The framed records of one copy of a unit.
     *
     * @param frames TFRecord frames in the order of the file
     * @param examples the first few of them, to be shown
     */
    record Records(Part part, long block, List<Framed> frames, List<Example> examples) {}

    /** A unit's documents as token ids, without those that have no token. */
    List<int[][]> tokenize(List<Document> unit, Tally total) {
        Tally tally = newTally();
        List<int[][]> documents = new ArrayList<>();
        for (Document document : unit) {
            List<int[]> segments = new ArrayList<>();
            for (String sentence : sentences.of(document, splitter)) {
                int[] ids = tokenizer.encode(sentence).ids();
                if (ids.length > 0) {
                    segments.add(ids);
                    count(ids, tally);
                }
            }
            tally.documents++;
            if (segments.isEmpty()) {
                tally.skippedDocuments++;
            } else {
                documents.add(segments.toArray(new int[0][]));
            }
        }
        total.add(tally);
        return documents;
    }

    /** The units of a block together. */
    Tokens join(Part part, long block, List<List<int[][]>> units, Tally total) {
        List<int[][]> documents = new ArrayList<>();
        int[] ends = new int[units.size()];
        for (int i = 0; i < ends.length; i++) {
            documents.addAll(units.get(i));
            ends[i] = documents.size();
        }
        if (documents.size() == 1 && recipe.pairs().task().leastDocuments() > 1) {
            Tally tally = newTally();
            tally.skippedDocuments++;
            total.add(tally);
            documents.clear();
            Arrays.fill(ends, 0);
        }
        return new Tokens(part, block, documents, ends);
    }

    /**
     * Pairs, masks and encodes a copy of a unit. The records are shuffled within it, for trainers that read files in
     * order.
     *
     * @param show how many examples to keep
     */
    Records records(Tokens tokens, int unit, int duplicate, int show, Tally total) {
        Rng rng = Rng.keyed(recipe.seed(), tokens.part().ordinal(), duplicate, tokens.block(), unit);
        Tally tally = newTally();
        List<Example> examples = new ArrayList<>();
        int from = unit == 0 ? 0 : tokens.ends()[unit - 1];
        tally.passedOver += pairs.of(Documents.of(tokens.documents()), from, tokens.ends()[unit], rng, pair -> {
            Masked masked = masking.mask(pair.tokens(tokenizer.special()), rng);
            tally.record(pair, masked);
            examples.add(Example.of(pair, masked, recipe.pairs().maxSeqLength(), recipe.masks().maxPredictions()));
        });
        for (int i = examples.size() - 1; i > 0; i--) {
            int j = rng.below(i + 1);
            examples.set(i, examples.set(j, examples.get(i)));
        }
        List<Framed> frames = new ArrayList<>(examples.size());
        for (Example example : examples) {
            frames.add(new Framed(TfRecord.frame(ExampleEncoder.encode(example)), example.length()));
        }
        total.add(tally);
        return new Records(
                tokens.part(), tokens.block(), frames, List.copyOf(examples.subList(0, Math.min(show, examples.size()))));
    }

    Tally newTally() {
        return new Tally(recipe.pairs().maxSeqLength(), tokenizer.size());
    }

    private void count(int[] ids, Tally tally) {
        tally.sentences++;
        tally.tokens += ids.length;
        for (int id : ids) {
            if (id < 0 || id >= tally.unigrams.length) {
                throw Failure.data("the tokenizer gave id %d, but its vocabulary has %d entries", id,
                        tally.unigrams.length);
            }
            if (!tokenizer.special().contains(id)) {
                tally.unigrams[id]++;
            } else if (id == tokenizer.special().unk()) {
                tally.unknownTokens++;
            }
        }
    }
}
