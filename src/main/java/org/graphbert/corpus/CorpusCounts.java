package org.graphbert.corpus;

/**
 * What a {@link CorpusFile} was made of.
 *
 * @param documents how many it holds
 * @param characters how many UTF-16 units their lines have
 * @param redirects pages of dumps that only lead to another
 * @param disambiguations pages of dumps that list what a name may mean
 * @param others pages of dumps in other namespaces: talk, users, templates, categories
 * @param textless articles without prose
 * @param left what was left out of the documents
 */
public record CorpusCounts(
        long documents,
        long characters,
        long redirects,
        long disambiguations,
        long others,
        long textless,
        DocumentCounts left) {

    private static final double MB = 1e6;

    /**
     * A few lines that say what was made.
     *
     * @param bytes the size of the inputs
     */
    public String describe(String output, long bytes, double seconds) {
        StringBuilder out = new StringBuilder(String.format("%s: %,d documents, %,d characters%n", output, documents, characters));
        if (redirects + disambiguations + others + textless > 0) {
            out.append(String.format("  pages left out: %,d redirects, %,d disambiguations, %,d of other namespaces, %,d without prose%n",
                    redirects, disambiguations, others, textless));
        }
        if (!left.describe().isEmpty()) {
            out.append(String.format("  %s%n", left.describe()));
        }
        return out.append(String.format("%.1f MB of input in %.1f s: %.1f MB a second%n", bytes / MB, seconds, bytes / MB / seconds))
                .toString();
    }
}
