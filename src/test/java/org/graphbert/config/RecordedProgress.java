package org.graphbert.config;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** For tests: keeps the lines that long work says, and lets a listener act on them at once, if only by throwing. */
public final class RecordedProgress implements Progress {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Consumer<String> onLine;
    private final LongConsumer onUnit;

    public RecordedProgress() {
        this(line -> {});
    }

    /** Passes each line on when it is said. */
    public RecordedProgress(Consumer<String> onLine) {
        this(onLine, done -> {});
    }

    /** Passes on each line, and each number of units done; both in the thread that reports them. */
    public RecordedProgress(Consumer<String> onLine, LongConsumer onUnit) {
        this.onLine = onLine;
        this.onUnit = onUnit;
    }

    /** The lines so far, in the order in which they were said. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /** Forgets the lines so far. */
    public void clear() {
        lines.clear();
    }

    /** The lines, for a test that fails. */
    @Override
    public String toString() {
        return lines.toString();
    }

    @Override
    public void start(String task, long total, String unit) {}

    @Override
    public void at(long done, String detail) {
        onUnit.accept(done);
    }

    @Override
    public void done() {}

    @Override
    public void say(String line) {
        lines.add(line);
        onLine.accept(line);
    }
}
