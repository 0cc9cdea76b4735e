package org.graphbert.cli;

import java.util.Locale;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/**
 * The live line of a task, in one line of the terminal however narrow that is: how far it is, the time that is left, then
 * as many of the figures as there is room for, whole ones only; what is still free then is the bar's.
 *
 * @param unit e.g. steps
 * @param left the time that is left, in words; empty while it is not known
 */
record LiveLine(String unit, Supplier<String> left) implements ProgressBarRenderer {

    private static final int SHORTEST_BAR = 10;
    private static final int LONGEST_BAR = 40;
    /** Between the figures of a detail. */
    private static final String BETWEEN = " | ";

    @Override
    public String render(ProgressState state, int width) {
        return render(state.getTaskName(), state.getCurrent(), state.getMax(), state.getExtraMessage(), width);
    }

    String render(String task, long done, long total, String detail, int width) {
        boolean known = total > 0;
        double share = known ? Math.min(1, (double) done / total) : 0;
        String percent = known ? String.format(Locale.ROOT, " %3.0f%%", Math.floor(100 * share)) : "";
        StringBuilder line = new StringBuilder(known
                ? String.format(Locale.ROOT, " %,d/%,d %s", done, total, unit) : String.format(Locale.ROOT, " %,d %s", done, unit));
        int room = width - task.length() - percent.length();
        if (!left.get().isEmpty() && line.length() + 2 + left.get().length() <= room) {
            line.append(", ").append(left.get());
        }
        for (String figure : detail.isBlank() ? new String[0] : detail.strip().split(" \\| ")) {
            if (line.length() + BETWEEN.length() + figure.length() > room) {
                break;
            }
            line.append(BETWEEN).append(figure);
        }
        int bar = Math.min(LONGEST_BAR, room - line.length() - " []".length());
        String whole = task + percent + (known && bar >= SHORTEST_BAR ? " [" + bar(share, bar) + "]" : "") + line;
        // To the end of the line, or what stood there before would show.
        return whole.length() <= width ? whole + " ".repeat(width - whole.length()) : whole.substring(0, Math.max(0, width));
    }

    private static String bar(double share, int length) {
        int full = (int) Math.floor(share * length);
        String head = full < length ? ">" : "";
        return "=".repeat(full) + head + " ".repeat(length - full - head.length());
    }
}
