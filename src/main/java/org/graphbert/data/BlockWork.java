package org.graphbert.data;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/** What is done to a block, on any thread: tokenise it once, then pair, mask and encode it for each duplicate. */
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
        pairs = new Pairs(recipe.pairs());
        masking = Masking.of(recipe.masks(), tokenizer);
    }

    /**
     * A block's documents as token ids: those with at least one token, and none if there are not two of them.
     *
     * @param documents a document is a list of sentences, none empty
     */
    record Tokens(Block block, List<int[][]> documents) {}

    /**
     * The framed records of one copy of a block.
     *
     * @param frames TFRecord frames in the order of the file
     * @param examples the first few of them, to be shown
     */
    record Records(Block block, List<byte[]> frames, List<Example> examples) {}

    Tokens tokenize(Block block, Tally total) {
        Tally tally = newTally();
        List<int[][]> documents = new ArrayList<>();
        for (Document document : block.documents()) {
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
        if (documents.size() == 1) {
            documents.clear();
            tally.skippedDocuments++;
        }
        total.add(tally);
        return new Tokens(block, documents);
    }

    /**
     * Pairs, masks and encodes a copy of a block. The records are shuffled within it, for trainers that read files in
     * order.
     *
     * @param show how many examples to keep
     */
    Records records(Tokens tokens, int duplicate, int show, Tally total) {
        Block block = tokens.block();
        Rng rng = Rng.keyed(recipe.seed(), block.part().ordinal(), duplicate, block.number());
        Tally tally = newTally();
        List<Example> examples = new ArrayList<>();
        for (int d = 0; d < tokens.documents().size(); d++) {
            pairs.of(tokens.documents(), d, rng, pair -> {
                Masked masked = masking.mask(pair.tokens(tokenizer.special()), rng);
                tally.record(pair, masked);
                examples.add(Example.of(pair, masked, recipe.pairs().maxSeqLength(), recipe.masks().maxPredictions()));
            });
        }
        for (int i = examples.size() - 1; i > 0; i--) {
            int j = rng.below(i + 1);
            examples.set(i, examples.set(j, examples.get(i)));
        }
        List<byte[]> frames = new ArrayList<>(examples.size());
        for (Example example : examples) {
            frames.add(TfRecord.frame(ExampleEncoder.encode(example)));
        }
        total.add(tally);
        return new Records(block, frames, List.copyOf(examples.subList(0, Math.min(show, examples.size()))));
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
