package org.graphbert.corpus.wiki;

import java.util.ArrayList;
import java.util.List;

/** Apostrophes that mean italics (two), bold (three) or both (five), line by line as MediaWiki reads them. */
final class Quotes {

    private static final int ITALIC = 2;
    private static final int BOLD = 3;
    private static final int BOLD_ITALIC = 5;

    private Quotes() {}

    /**
     * A line without them. Of four the first is an apostrophe, of more than five all but five are. Where both bold and
     * italics would stay open, a bold mark is an apostrophe and an italic mark: l'''amour'' is l' + ''amour''; the one
     * behind a single letter if there is one, or else behind a longer word, or else behind a blank.
     */
    static String strip(String line) {
        int at = line.indexOf("''");
        if (at < 0) {
            return line;
        }
        List<int[]> runs = new ArrayList<>(); // from, to, how many are apostrophes
        int italics = 0;
        int bolds = 0;
        for (; at >= 0; at = line.indexOf("''", at)) {
            int end = at;
            while (end < line.length() && line.charAt(end) == '\'') {
                end++;
            }
            int length = end - at;
            int marks = length == BOLD + 1 ? BOLD : Math.min(length, BOLD_ITALIC);
            italics += marks == BOLD ? 0 : 1;
            bolds += marks == ITALIC ? 0 : 1;
            runs.add(new int[] {at, end, length - marks});
            at = end;
        }
        if (italics % 2 == 1 && bolds % 2 == 1) {
            int[] apostrophe = mistaken(line, runs);
            if (apostrophe != null) {
                apostrophe[2]++;
            }
        }
        StringBuilder out = new StringBuilder(line.length());
        int copied = 0;
        for (int[] run : runs) {
            out.append(line, copied, run[0]).append("'".repeat(run[2]));
            copied = run[1];
        }
        return out.append(line, copied, line.length()).toString();
    }

    private static int[] mistaken(String line, List<int[]> runs) {
        int[] best = null;
        int bestRank = 0;
        for (int[] run : runs) {
            if (run[1] - run[0] - run[2] == BOLD && run[0] > 0) {
                boolean blank = line.charAt(run[0] - 1) == ' ';
                boolean single = !blank && run[0] > 1 && line.charAt(run[0] - 2) == ' ';
                int rank = single ? 3 : blank ? 1 : 2;
                if (rank > bestRank) {
                    best = run;
                    bestRank = rank;
                }
            }
        }
        return best;
    }
}
