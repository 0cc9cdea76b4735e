package org.graphbert.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Trains a WordPiece vocabulary as Hugging Face's BertWordPieceTrainer does: byte-pair merging over the basic tokens of
 * a corpus, where a character inside a word is a symbol of its own ("##x"). The order of the entries is: special tokens,
 * unused slots if wanted, the alphabet, its "##" forms, the merges. The same corpus and settings always give the same
 * vocabulary.
 */
public final class WordPieceTrainer {

    /** The merges are quick; the bar need not hear of each. */
    private static final int PROGRESS_EVERY = 256;

    private final WordPieceTraining settings;
    private final WordCounts words;
    private final Alphabet alphabet;
    private final List<String> entries = new ArrayList<>(Vocabulary.SPECIAL);
    private final Map<String, Integer> ids = new HashMap<>();

    private WordPieceTrainer(WordPieceTraining settings, WordCounts words) {
        this.settings = settings;
        this.words = words;
        alphabet = Alphabet.of(words, settings.limitAlphabet());
    }

    /**
     * Trains on lines of text, which may be read on any thread, but one at a time.
     *
     * @throws Failure (data) if the lines hold no word; (usage) if the vocabulary size is below the alphabet or above
     *     what the corpus gives
     */
    public static TrainedTokenizer train(Iterator<String> lines, WordPieceTraining settings, Progress progress) {
        WordPieceOptions options = settings.options();
        // Longer words are [UNK] whatever the vocabulary.
        WordCounts words = WordCounter.count(
                lines,
                () -> new BasicWords(options),
                options.maxWordLength(),
                settings.maxWords(),
                settings.threads(),
                progress);
        if (words.size() == 0) {
            throw Failure.data("the input holds no words, expected text to train a vocabulary of %,d entries on",
                    settings.vocabularySize());
        }
        List<String> entries = new WordPieceTrainer(settings, words).entries(progress);
        WordPieceTokenizer tokenizer = WordPieceTokenizer.of(entries, settings.options());
        return new TrainedTokenizer(
                tokenizer, TrainingReport.of(tokenizer, tokenizer.unitPieces(), words, settings.threads()));
    }

    private List<String> entries(Progress progress) {
        for (int i = 0; i < settings.unused(); i++) {
            entries.add("[unused" + i + "]");
        }
        int firstSymbol = entries.size();
        for (String symbol : alphabet.symbols()) {
            entries.add(symbol);
        }
        int wanted = settings.vocabularySize();
        if (wanted < entries.size()) {
            throw Failure.usage(
                    "--vocab-size is %,d, but the special tokens%s and the alphabet of this corpus alone take %,d;"
                            + " ask for at least %d, or for fewer characters with --limit-alphabet (now %d kept)",
                    wanted,
                    settings.unused() > 0 ? ", %,d unused slots".formatted(settings.unused()) : "",
                    entries.size(),
                    entries.size(),
                    alphabet.characters());
        }
        for (int id = 0; id < entries.size(); id++) {
            ids.put(entries.get(id), id);
        }
        mergeUpTo(wanted, firstSymbol, progress);
        if (entries.size() < wanted) {
            throw Failure.usage(
                    "--vocab-size is %,d, but this corpus gives %,d entries at most with --min-frequency %d;"
                            + " ask for at most %d, %sgive more text",
                    wanted,
                    entries.size(),
                    settings.minFrequency(),
                    entries.size(),
                    settings.minFrequency() > 1 ? "lower --min-frequency or " : "or ");
        }
        return entries;
    }

    private void mergeUpTo(int wanted, int firstSymbol, Progress progress) {
        int before = entries.size();
        progress.start("merging pairs", wanted - before, "entries");
        PairMerges merges = alphabet.spell(words, firstSymbol);
        while (entries.size() < wanted) {
            long pair = merges.best(settings.minFrequency());
            if (pair < 0) {
                break;
            }
            merges.merge(pair, symbol(pair));
            if (entries.size() % PROGRESS_EVERY == 0) {
                progress.at(entries.size() - before, "");
            }
        }
        progress.at(entries.size() - before, "");
        progress.done();
    }

    /** The id of the joined pair: a new entry, unless another pair gave the same piece ("a ##bc" and "ab ##c"). */
    private int symbol(long pair) {
        String right = entries.get(PairIndex.right(pair));
        String piece = entries.get(PairIndex.left(pair)) + right.substring(WordPieceTokenizer.CONTINUATION.length());
        Integer known = ids.putIfAbsent(piece, entries.size());
        if (known != null) {
            return known;
        }
        entries.add(piece);
        return entries.size() - 1;
    }
}
