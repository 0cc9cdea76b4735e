package org.graphbert.data;

import java.util.List;
import java.util.Optional;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/** What records say of themselves where no manifest does: as google-research/bert's create_pretraining_data.py writes them. */
final class ForeignRecords {

    /** So many of the replaced tokens at least must be one and the same to take it for [MASK]; 8 of 9 are, as BERT has it. */
    private static final double LEAST_MASK_SHARE = 0.5;

    private ForeignRecords() {}

    /**
     * The rules that the first records follow.
     *
     * @param some the records at the beginning, at least one
     * @param tokenizer that made them, if it is known; else the first token is taken for [CLS], the last for [SEP], and
     *     what most often stands in place of a chosen token for [MASK]
     */
    static RecordRules rules(List<Example> some, Optional<Tokenizer> tokenizer) {
        Example first = some.get(0);
        int[] tokens = first.originalTokens();
        boolean pairs = some.stream().anyMatch(ForeignRecords::hasPair);
        Optional<SpecialTokens> special = tokenizer.map(Tokenizer::special);
        return new RecordRules(
                first.inputIds().length,
                first.maskedLmPositions().length,
                tokenizer.map(Tokenizer::size).orElse(Integer.MAX_VALUE),
                pairs ? PairTask.NSP : PairTask.NONE,
                special.map(SpecialTokens::cls).orElse(tokens.length == 0 ? -1 : tokens[0]),
                special.map(SpecialTokens::sep).orElse(tokens.length == 0 ? -1 : tokens[tokens.length - 1]),
                special.map(SpecialTokens::mask).or(() -> mask(some)),
                0);
    }

    private static boolean hasPair(Example example) {
        for (int segment : example.segmentIds()) {
            if (segment != 0) {
                return true;
            }
        }
        return example.nextSentenceLabel() != 0;
    }

    private static Optional<Integer> mask(List<Example> some) {
        ReplacementCounts replacements = new ReplacementCounts();
        some.forEach(replacements::add);
        Optional<Integer> most = replacements.mostFrequent();
        return most.filter(id -> replacements.by(most)
                >= LEAST_MASK_SHARE * (replacements.selected() - replacements.kept()));
    }
}
