package org.graphbert.corpus.wiki;

import java.time.Month;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;

/** Templates of numbers and what they count. Nothing is converted: the measure is shown that the article gives. */
final class Units {

    /** Units whose code is not what is shown. */
    private static final Map<String, String> SYMBOLS = Map.ofEntries(Map.entry("sqmi", "sq mi"), Map.entry("sqkm", "km²"),
            Map.entry("km2", "km²"), Map.entry("m2", "m²"), Map.entry("cm2", "cm²"), Map.entry("ft2", "sq ft"),
            Map.entry("sqft", "sq ft"), Map.entry("m3", "m³"), Map.entry("km3", "km³"), Map.entry("cm3", "cm³"),
            Map.entry("ft3", "cu ft"), Map.entry("cuft", "cu ft"), Map.entry("C", "°C"), Map.entry("F", "°F"),
            Map.entry("kph", "km/h"), Map.entry("mile", "miles"), Map.entry("foot", "feet"), Map.entry("inch", "inches"),
            Map.entry("acre", "acres"), Map.entry("hectare", "hectares"), Map.entry("metre", "metres"),
            Map.entry("meter", "meters"), Map.entry("pound", "pounds"), Map.entry("ton", "tons"), Map.entry("uL", "μL"));
    /** What may stand between two numbers, and how it is shown. */
    private static final Map<String, String> BETWEEN = Map.ofEntries(Map.entry("-", "–"), Map.entry("–", "–"), Map.entry("to", " to "),
            Map.entry("and", " and "), Map.entry("or", " or "), Map.entry("by", " by "), Map.entry("x", " × "), Map.entry("×", " × "),
            Map.entry("to(-)", " to "), Map.entry("+/-", " ± "), Map.entry("±", " ± "));
    private static final String NUMBER = "[-−+]?[0-9][0-9.,/⁄+]*";

    private Units() {}

    /** {{convert|5|to|10|km|mi}}: "5 to 10 km"; {{convert|5|ft|11|in}}: "5 ft 11 in". */
    static String measure(Template t) {
        StringBuilder shown = new StringBuilder(number(t.argument(1)));
        int next = 2;
        while (BETWEEN.containsKey(t.argument(next)) && next + 1 <= t.arguments()) {
            shown.append(BETWEEN.get(t.argument(next))).append(number(t.argument(next + 1)));
            next += 2;
        }
        appendUnit(shown, t.argument(next));
        if (t.argument(next + 1).matches(NUMBER) && next + 2 <= t.arguments() && !t.argument(next + 2).matches(NUMBER)) {
            shown.append(' ').append(number(t.argument(next + 1)));
            appendUnit(shown, t.argument(next + 2));
        }
        return shown.toString();
    }

    /** {{val|1.5|e=6|ul=km}}: "1.5×10^6 km". */
    static String value(Template t) {
        StringBuilder shown = new StringBuilder(t.argument(1));
        if (!t.argument(2).isEmpty()) {
            shown.append("±").append(t.argument(2));
        }
        if (!t.argument("e").isEmpty()) {
            shown.append("×10^").append(t.argument("e"));
        }
        String unit = t.argument("u").isEmpty() ? t.argument("ul") : t.argument("u");
        if (!unit.isEmpty()) {
            shown.append(' ').append(unit);
        }
        return shown.toString();
    }

    /** {{frac|1|2}}: "1/2"; {{frac|3|1|2}}: "3 1/2". */
    static String fraction(Template t) {
        return switch (t.arguments()) {
            case 0 -> "/";
            case 1 -> "1/" + t.argument(1);
            case 2 -> t.argument(1) + "/" + t.argument(2);
            default -> t.argument(1) + " " + t.argument(2) + "/" + t.argument(3);
        };
    }

    /** "5" and "05" are May; what is no number is itself. */
    static String month(String number) {
        if (!number.matches("0?[1-9]|1[0-2]")) {
            return number;
        }
        return Month.of(Integer.parseInt(number)).getDisplayName(TextStyle.FULL, Locale.ENGLISH);
    }

    private static String number(String given) {
        return given.startsWith("-") ? "−" + given.substring(1) : given;
    }

    private static void appendUnit(StringBuilder shown, String code) {
        if (!code.isEmpty()) {
            shown.append(' ').append(SYMBOLS.getOrDefault(code, code));
        }
    }
}
