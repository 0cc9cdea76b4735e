package org.graphbert.data;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts violations by rule and keeps the first of them, in the order of the files and of the places within them, whatever
 * the order in which several threads find them.
 */
final class Violations {

    /** How many are kept. */
    static final int KEPT = 10;

    /** Where a violation stands: the file's number, the record's, and which of the record's it is. */
    private record Place(int file, long record, int ordinal) {}

    private final TreeMap<Place, Violation> first = new TreeMap<>(
            Comparator.comparingInt(Place::file).thenComparingLong(Place::record).thenComparingInt(Place::ordinal));

    private final Map<Rule, Long> counts = new EnumMap<>(Rule.class);

    /**
     * Takes a violation.
     *
     * @param file the number of the file in the data set
     */
    synchronized void add(int file, Violation violation) {
        counts.merge(violation.rule(), 1L, Long::sum);
        long record = violation.record() == null ? -1 : violation.record();
        // A record violates a rule at most once; what is not about a record is found by one thread, in order.
        int ordinal = record < 0 ? (int) count() : violation.rule().ordinal();
        first.put(new Place(file, record, ordinal), violation);
        if (first.size() > KEPT) {
            first.pollLastEntry();
        }
    }

    synchronized long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized Map<Rule, Long> byRule() {
        return new EnumMap<>(counts);
    }

    synchronized List<Violation> first() {
        return List.copyOf(first.values());
    }
}
