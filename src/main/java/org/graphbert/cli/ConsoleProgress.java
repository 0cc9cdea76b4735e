package org.graphbert.cli;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.graphbert.config.Progress;

/** Progress on stderr: a live bar on a terminal, otherwise a plain line every few seconds. */
final class ConsoleProgress implements Progress {

    private static final long PLAIN_INTERVAL_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int BAR_INTERVAL_MILLIS = 200;
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";

    private final PrintStream err = System.err;
    /** The launcher says how wide the terminal on stderr is; elsewhere a bar would only fill a log. */
    private final int columns = Integer.getInteger("graphbert.columns", 0);
    private final boolean live = columns > 0;
    private ProgressBar bar;
    private String task;
    private String unit;
    private long total;
    private long started;
    private long lastPrinted;
    private long lastDone;
    /** What the live line says of the time that is left; it is drawn by a thread that must not wait for this object. */
    private volatile String left = "";
    /** How far the task was when it was first heard of; -1 before. */
    private long begun;
    private long begunAt;

    @Override
    public synchronized void start(String task, long total, String unit) {
        done();
        this.task = task;
        this.unit = unit;
        this.total = total;
        started = System.nanoTime();
        lastPrinted = started;
        lastDone = 0;
        begun = -1;
        left = "";
        if (live) {
            bar = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setRenderer(new LiveLine(unit, () -> left))
                    .setUpdateIntervalMillis(BAR_INTERVAL_MILLIS)
                    .setConsumer(new ConsoleProgressBarConsumer(err, columns))
                    .build();
        }
    }

    @Override
    public synchronized void at(long done, String detail) {
        lastDone = done;
        if (begun < 0) {
            begun = done;
            begunAt = System.nanoTime();
        }
        if (bar != null) {
            left = left(done, System.nanoTime());
            bar.stepTo(done);
            bar.setExtraMessage(detail);
            return;
        }
        long now = System.nanoTime();
        if (task != null && now - lastPrinted >= PLAIN_INTERVAL_NANOS) {
            lastPrinted = now;
            String of = total > 0 ? String.format(" of %,d (%.0f%%)", total, 100.0 * done / total) : "";
            String time = left(done, now);
            err.printf("%s: %,d%s %s%s%s%n", task, done, of, unit, detail.isEmpty() ? "" : ", " + detail,
                    time.isEmpty() ? "" : ", " + time);
        }
    }

    /** The time that is left if it goes on as it went since it began, or went on from where it was; the bar shows it too. */
    private String left(long done, long now) {
        if (total <= 0 || done <= begun) {
            return "";
        }
        long s = Math.round((double) (now - begunAt) / (done - begun) * Math.max(0, total - done) / 1e9);
        String duration = s < 60 ? s + " s" : s < 3600 ? s / 60 + " min" : String.format("%d h %02d min", s / 3600, s / 60 % 60);
        return duration + " left";
    }

    @Override
    public synchronized void done() {
        if (bar != null) {
            bar.close();
            bar = null;
        } else if (task != null) {
            double seconds = (System.nanoTime() - started) / 1e9;
            err.printf("%s: %,d %s in %.1f s%n", task, lastDone, unit, seconds);
        }
        task = null;
    }

    @Override
    public synchronized void say(String line) {
        // A line takes the place of the bar, which is drawn anew below it.
        err.print(live && bar != null ? "\r" + line + ERASE_TO_END_OF_LINE + System.lineSeparator() : line + System.lineSeparator());
        err.flush();
    }
}
