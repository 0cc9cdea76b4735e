package org.graphbert.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;

/**
 * Learns pieces by byte-pair merging (Sennrich et al. 2016) as sentencepiece's bpe_model_trainer.cc does: the most
 * frequent pair of neighbours becomes a piece; of pairs as frequent the one with fewer characters, then the first in code
 * point order. No piece comes about twice: text between two bounds that no merge crosses is merged alike wherever it
 * stands, so "ab" + "c" and "a" + "bc" are never both there.
 *
 * <p>The reference looks for the next merge only among the pairs that were most frequent up to a hundred merges ago, and
 * new ones; here it is the most frequent of all.
 */
final class BpeTrainer {

    /** The merges are quick; the bar need not hear of each. */
    private static final int PROGRESS_EVERY = 256;

    private final CharacterCoverage characters;

    /** By symbol the numbers of its characters; the characters are the first symbols. */
    private final List<int[]> symbols = new ArrayList<>();

    private BpeTrainer(CharacterCoverage characters) {
        this.characters = characters;
        for (int number = 0; number < characters.size(); number++) {
            symbols.add(new int[] {number});
        }
    }

    /**
     * Learns pieces from normalised words, those at a word's start beginning with '▁'. The order of the words does not
     * matter.
     *
     * @param pieces how many are wanted: the vocabulary size without its other entries
     * @return so many pieces: those merged, in their order, then the characters, most frequent first; their scores count
     *     down from 0
     * @throws Failure (data) if there is no word; (usage) if the size is below the alphabet or above what the text gives
     */
    static List<ScoredPiece> train(WordCounts words, SentencePieceTraining settings, int pieces, Progress progress) {
        PieceBudget budget = new PieceBudget(settings, pieces);
        CharacterCoverage characters = budget.characters(words);
        progress.start("merging pairs", pieces - characters.size(), "pieces");
        BpeTrainer trainer = new BpeTrainer(characters);
        PairMerges merges = Units.of(words, characters, settings.maxWords()).merges(trainer::compare);
        trainer.mergeUpTo(pieces, merges, progress);
        budget.reachedBy(trainer.symbols.size());
        progress.done();
        return trainer.scored();
    }

    private void mergeUpTo(int pieces, PairMerges merges, Progress progress) {
        while (symbols.size() < pieces) {
            long pair = merges.best(1);
            if (pair < 0) {
                break;
            }
            int[] joined = joined(pair);
            if (isPiece(joined)) {
                symbols.add(joined);
                merges.merge(pair, symbols.size() - 1);
                if (symbols.size() % PROGRESS_EVERY == 0) {
                    progress.at(symbols.size() - characters.size(), "");
                }
            }
        }
        progress.at(symbols.size() - characters.size(), "");
    }

    private boolean isPiece(int[] joined) {
        return joined.length <= ScoredPiece.LONGEST && characters.join(joined, 0, joined.length);
    }

    private int[] joined(long pair) {
        int[] left = symbols.get(PairIndex.left(pair));
        int[] right = symbols.get(PairIndex.right(pair));
        int[] joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        return joined;
    }

    private int compare(long pair, long other) {
        int[] piece = joined(pair);
        int[] otherPiece = joined(other);
        if (piece.length != otherPiece.length) {
            return Integer.compare(piece.length, otherPiece.length);
        }
        return Arrays.compare(piece, otherPiece);
    }

    private List<ScoredPiece> scored() {
        List<ScoredPiece> scored = new ArrayList<>();
        for (int[] symbol : symbols.subList(characters.size(), symbols.size())) {
            scored.add(new ScoredPiece(characters.text(symbol, 0, symbol.length), -scored.size()));
        }
        for (int rank = 0; rank < characters.size(); rank++) {
            String character = Character.toString(characters.codePoint(characters.ranked(rank)));
            scored.add(new ScoredPiece(character, -scored.size()));
        }
        return scored;
    }
}
