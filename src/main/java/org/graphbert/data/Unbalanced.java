package org.graphbert.data;

import java.util.Locale;
import java.util.Optional;

/** Notices that {@code --balance} could not do what it was asked: too many texts have nothing that follows. */
final class Unbalanced {

    /** Small corpora miss the share by chance. */
    private static final double TOLERABLE = 0.02;

    private Unbalanced() {}

    /** A line for the user if IsNext is rarer than asked for. */
    static Optional<String> warning(Manifest manifest) {
        PairOptions asked = manifest.request().recipe().pairs();
        Statistics.Pairing found = manifest.statistics().pairs();
        if (!asked.balance() || found.forcedNotNext() == 0 || found.share(0) >= asked.positiveRatio() - TOLERABLE) {
            return Optional.empty();
        }
        return Optional.of(String.format(
                Locale.ROOT,
                "warning: --balance: IsNext is %.1f%% of the records, expected %.1f%%: %.1f%% are a single sentence and nothing "
                        + "follows it; split the text into sentences (--sentences split), join short documents, or lower "
                        + "--positive-ratio",
                100 * found.share(0), 100 * asked.positiveRatio(),
                100 * Statistics.share(found.forcedNotNext(), found.records())));
    }
}
