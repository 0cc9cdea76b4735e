package org.graphbert.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** Numbers as readers like them. */
final class Figures {

    private Figures() {}

    /** As it was set: whole numbers with commas, small ones with an exponent. */
    static String number(JsonNode value) {
        double number = value.doubleValue();
        if (!Double.isFinite(number) || value.isTextual()) {
            return value.asText();
        }
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            return count((long) number);
        }
        String plain = String.format(Locale.ROOT, "%.6f", number).replaceAll("0+$", "");
        return Math.abs(number) >= 1e-3 ? plain : Metric.Scale.SCIENTIFIC.text(number, 0);
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Three significant digits and a unit: 5.1 million. */
    static String large(double count) {
        if (count >= 1e9) {
            return String.format(Locale.ROOT, "%.3g billion", count / 1e9);
        }
        return count >= 1e6 ? String.format(Locale.ROOT, "%.1f million", count / 1e6) : count(Math.round(count));
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", 100 * share);
    }

    static String bytes(double bytes) {
        return bytes >= 1e9 ? String.format(Locale.ROOT, "%.2f GB", bytes / 1e9)
                : bytes >= 1e6 ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
    }

    /** Hours and minutes, or less. */
    static String duration(double seconds) {
        long s = Math.round(seconds);
        if (s < 60) {
            return s + " s";
        }
        return s < 3600 ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
                : String.format(Locale.ROOT, "%,d h %02d min", s / 3600, s / 60 % 60);
    }
}
