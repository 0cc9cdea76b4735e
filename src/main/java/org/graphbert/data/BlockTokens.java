package org.graphbert.data;

import java.util.Arrays;
import java.util.List;

/** The token ids of a block: its units one behind the other, without their arrays being copied together. */
final class BlockTokens implements Documents {

    private final TokenUnit[] units;
    /** The unit of each document. */
    private final int[] unitOf;
    /** The first document of each unit, and behind them the number of documents. */
    private final int[] first;

    BlockTokens(List<TokenUnit> units) {
        this.units = units.toArray(new TokenUnit[0]);
        first = new int[units.size() + 1];
        for (int u = 0; u < units.size(); u++) {
            first[u + 1] = first[u] + units.get(u).size();
        }
        unitOf = new int[first[units.size()]];
        for (int u = 0; u < units.size(); u++) {
            Arrays.fill(unitOf, first[u], first[u + 1], u);
        }
    }

    /** How many units there are. */
    int units() {
        return units.length;
    }

    /** The first document of a unit; of {@link #units}, the number of documents. */
    int first(int unit) {
        return first[unit];
    }

    /** How many tokens a unit has. */
    int tokens(int unit) {
        return units[unit].tokens();
    }

    /** How much memory the ids take. */
    long bytes() {
        return Arrays.stream(units).mapToLong(TokenUnit::bytes).sum();
    }

    @Override
    public int size() {
        return unitOf.length;
    }

    @Override
    public int sentences(int document) {
        int unit = unitOf[document];
        return units[unit].sentences(document - first[unit]);
    }

    @Override
    public int length(int document, int sentence) {
        int unit = unitOf[document];
        return units[unit].length(document - first[unit], sentence);
    }

    @Override
    public void copy(int document, int sentence, int[] to, int at) {
        int unit = unitOf[document];
        units[unit].copy(document - first[unit], sentence, to, at);
    }
}
