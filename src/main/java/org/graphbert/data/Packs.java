package org.graphbert.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;

/**
 * Which records of a data set share a sequence. The records are cut into windows of consecutive ones, and each window's are
 * packed on their own, best fit, longest first; so the table is a function of the data set alone, the windows are packed in
 * parallel, and where any one sequence stands is found in constant time. Safe to share between threads.
 *
 * <p>Which pairs sit together does not matter to the model: attention is confined to each pair, so that a pair's losses are
 * what they were alone. Only the company is fixed: the pairs of a sequence come in the same batch in every epoch.
 *
 * <p>Memory: two bytes a record and two a sequence.
 */
final class Packs {

    /** Large enough that what stays empty hardly shrinks with more, small enough for two-byte numbers. */
    static final int WINDOW = 4096;

    /** A place for every so many positions: pairs shorter than this, of which there are few, may find no place. */
    private static final int POSITIONS_A_PLACE = 8;

    private final List<PackedWindow> windows;
    /** The number of the first sequence of each window, and behind them the number of sequences. */
    private final long[] first;
    private final int places;
    private final int predictions;
    private final long tokens;

    private Packs(List<PackedWindow> windows) {
        this.windows = windows;
        first = new long[windows.size() + 1];
        for (int i = 0; i < windows.size(); i++) {
            first[i + 1] = first[i] + windows.get(i).sequences();
        }
        places = windows.stream().mapToInt(PackedWindow::places).max().orElseThrow();
        predictions = windows.stream().mapToInt(PackedWindow::predictions).max().orElseThrow();
        tokens = windows.stream().mapToLong(PackedWindow::tokens).sum();
    }

    /**
     * Packs a data set. Lengths come from the offsets index; a set without one is read through once.
     *
     * @param predictions the most predictions of a record of so many tokens; null to read each record's own number
     * @param room P, the most predictions of a sequence
     * @throws Failure (data) if a record holds no token
     */
    static Packs of(DataSet data, IntUnaryOperator predictions, int room) {
        int length = data.maxSeqLength();
        int most = Math.max(1, length / POSITIONS_A_PLACE);
        int count = Math.toIntExact((data.size() + WINDOW - 1) / WINDOW);
        return new Packs(IntStream.range(0, count).parallel().mapToObj(window -> {
            long start = (long) window * WINDOW;
            int size = (int) Math.min(WINDOW, data.size() - start);
            int[] lengths = new int[size];
            int[] wanted = new int[size];
            for (int i = 0; i < size; i++) {
                if (predictions == null) {
                    Example example = data.example(start + i);
                    lengths[i] = example.length();
                    wanted[i] = example.predictions();
                } else {
                    lengths[i] = data.length(start + i);
                    wanted[i] = predictions.applyAsInt(lengths[i]);
                }
                if (lengths[i] < 1 || lengths[i] > length) {
                    throw Failure.data("%s: record %d has %d tokens, expected 1 to %d; prepare the data again",
                            data.path(), start + i, lengths[i], length);
                }
            }
            return PackedWindow.of(lengths, wanted, length, room, most);
        }).toList());
    }

    /** How many sequences there are. */
    long count() {
        return first[first.length - 1];
    }

    /** The record numbers of a sequence, in the order in which they stand in it. */
    long[] records(long sequence) {
        int found = Arrays.binarySearch(first, sequence);
        int window = found < 0 ? -found - 2 : found; // no window is empty
        return windows.get(window).records((int) (sequence - first[window]), (long) window * WINDOW);
    }

    /** K: how many pairs the fullest sequence holds. */
    int places() {
        return places;
    }

    /** P: room for the predictions of every sequence. */
    int predictions() {
        return predictions;
    }

    /** How many tokens all records hold together. */
    long tokens() {
        return tokens;
    }
}
