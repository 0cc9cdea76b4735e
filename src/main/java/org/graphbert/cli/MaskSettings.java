package org.graphbert.cli;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.data.MaskOptions;
import org.graphbert.data.MaskUnit;
import org.graphbert.data.Recipe;
import picocli.CommandLine.Option;

/** The options of {@code prepare} that say how tokens are masked. */
final class MaskSettings {

    private static final MaskOptions DEFAULT = Recipe.DEFAULT.masks();

    @Option(names = "--mask-rate", paramLabel = "R", description = "Share of tokens to predict (${DEFAULT-VALUE}).")
    private double rate = DEFAULT.rate();

    @Option(
            names = "--max-predictions-per-seq",
            paramLabel = "N",
            split = ",",
            description = "Room for predictions, one for each length (mask rate times length, rounded up).")
    private List<Integer> maxPredictions;

    @Option(
            names = "--masking",
            paramLabel = "UNIT",
            description = "Mask token by token, whole-word, or span: one to three words in a row (token).")
    private MaskUnit unit;

    @Option(names = "--whole-word-mask", description = "Short for --masking whole-word.")
    private boolean wholeWord;

    @Option(names = "--mask-share", paramLabel = "R", description = "Of the chosen, become [MASK] (${DEFAULT-VALUE}).")
    private double maskShare = DEFAULT.maskShare();

    @Option(
            names = "--random-share",
            paramLabel = "R",
            description = "Of the chosen, become a random token (${DEFAULT-VALUE}); the others stay.")
    private double randomShare = DEFAULT.randomShare();

    @Option(names = "--no-random-special", description = "Random tokens are never [PAD], [UNK], [CLS], [SEP] or [MASK].")
    private boolean noRandomSpecial;

    /** For the only length. */
    MaskOptions options(int maxSeqLength) {
        return options(List.of(maxSeqLength), 0);
    }

    /**
     * For one of the lengths.
     *
     * @throws Failure (usage) if there are not as many numbers as lengths
     */
    MaskOptions options(List<Integer> lengths, int index) {
        int maxSeqLength = lengths.get(index);
        if (maxPredictions != null && maxPredictions.size() != lengths.size()) {
            throw Failure.usage("--max-predictions-per-seq has %d numbers, --max-seq-length %d; expected as many",
                    maxPredictions.size(), lengths.size());
        }
        if (wholeWord && unit != null && unit != MaskUnit.WHOLE_WORD) {
            throw Failure.usage("--whole-word-mask and --masking %s contradict each other; give one of them", unit);
        }
        int room = maxPredictions != null ? maxPredictions.get(index) : MaskOptions.room(rate, maxSeqLength);
        MaskUnit chosen = wholeWord ? MaskUnit.WHOLE_WORD : unit != null ? unit : DEFAULT.unit();
        return new MaskOptions(rate, room, chosen, maskShare, randomShare, !noRandomSpecial);
    }
}
