package org.graphbert.data;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graphbert.config.Failure;

/**
 * One of several processes, on any machines, that prepare a data set between them. Each reads all the text, and tokenises,
 * pairs, masks and writes the blocks of every count-th shard, the index-th first. Their shards joined are the data set that
 * one process would have written.
 *
 * @param index from 0
 * @param count how many there are; 1 for a process that writes everything
 */
public record Partition(int index, int count) {

    public static final Partition WHOLE = new Partition(0, 1);

    private static final int MOST = 99_999; // no more than shards
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})/(\\d{1,5})");
    private static final Pattern NAME = Pattern.compile("(.+)\\.partition-(\\d{1,5})-of-(\\d{1,5})");

    public Partition {
        if (count < 1 || count > MOST || index < 0 || index >= count) {
            throw Failure.usage("--partition is %d/%d, expected I/N with N from 1 to %d and I from 0 to N-1", index, count, MOST);
        }
    }

    /**
     * Of the form I/N, such as 0/8 for the first of eight.
     *
     * @throws Failure (usage) for anything else
     */
    public static Partition parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Failure.usage("--partition is '%s', expected I/N, such as 0/8 for the first of eight and 7/8 for the last", text);
        }
        return new Partition(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    boolean isWhole() {
        return count == 1;
    }

    boolean owns(long shard) {
        return shard % count == index;
    }

    /** Whether a data set of so many shards leaves any to this process. */
    boolean ownsAnyOf(int shards) {
        return index < shards;
    }

    /** Where this process' share of a data set lies until all are joined: beside the data set's own place. */
    Path directory(Path dataSet) {
        return isWhole() ? dataSet : dataSet.resolveSibling(dataSet.getFileName() + ".partition-" + index + "-of-" + count);
    }

    /** The partition that a directory of that name holds of a data set, or null if it is none. */
    static Partition of(Path directory, Path dataSet) {
        Matcher name = NAME.matcher(directory.getFileName().toString());
        if (!name.matches() || !name.group(1).equals(dataSet.getFileName().toString())) {
            return null;
        }
        int index = Integer.parseInt(name.group(2));
        int count = Integer.parseInt(name.group(3));
        return index < count ? new Partition(index, count) : null;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
