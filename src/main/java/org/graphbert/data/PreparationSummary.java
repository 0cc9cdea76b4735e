package org.graphbert.data;

/** The last lines of a preparation. */
public final class PreparationSummary {

    private static final double MB = 1e6;

    private PreparationSummary() {}

    /** A few lines for each data set, and the speed. */
    public static String text(Preparation.Result result, double seconds) {
        StringBuilder out = new StringBuilder();
        for (Preparation.Made made : result.made()) {
            part(out, Part.TRAINING.directory(made.directory()).toString(), made.manifest());
            made.heldOut().ifPresent(m -> part(out, Part.HELD_OUT.directory(made.directory()).toString(), m));
        }
        if (!result.counts().describe().isEmpty()) {
            out.append(result.counts().describe()).append(System.lineSeparator());
        }
        if (result.textBytes() > 0) {
            out.append(String.format("%.1f MB of text in %.1f s: %.1f MB/s%n", result.textBytes() / MB, seconds,
                    result.textBytes() / MB / seconds));
        }
        return out.toString();
    }

    private static void part(StringBuilder out, String directory, Manifest manifest) {
        Statistics s = manifest.statistics();
        out.append(String.format("%s (%s): %,d records in %d file%s%n", directory, manifest.part(), s.pairs().records(),
                manifest.shards().size(), manifest.shards().size() == 1 ? "" : "s"));
        long empty = manifest.shards().stream().filter(shard -> shard.records() == 0).count();
        if (empty > 0 && manifest.shards().size() > 1) {
            out.append(String.format("  %,d of the files %s empty: blocks of 32 MB of text go to the files in turn%n",
                    empty, empty == 1 ? "is" : "are"));
        }
        out.append(String.format("  %,d documents, %,d sentences, %,d tokens, %.2f%% [UNK]%n", s.corpus().documents(),
                s.corpus().sentences(), s.corpus().tokens(),
                100 * Statistics.share(s.corpus().unknownTokens(), s.corpus().tokens())));
        if (s.corpus().skippedDocuments() > 0) {
            out.append(String.format("  %,d documents skipped: without tokens, or alone in their block%n",
                    s.corpus().skippedDocuments()));
        }
        out.append(String.format("  %spadding %.1f%%, %.1f tokens a record%n", s.pairs().text(),
                100 * s.lengths().paddingShare(), s.lengths().mean()));
        out.append(String.format("  masked %.1f%% of the tokens: %.1f%% [MASK], %.1f%% random, %.1f%% kept%s%n",
                100 * s.masks().selectedShare(), 100 * s.masks().maskShare(), 100 * s.masks().randomShare(),
                100 * s.masks().keptShare(), s.masks().spansText()));
    }
}
