package org.graphbert.corpus.wiki;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formulas that read as text: a letter, a sum, a power, without a command of TeX. */
final class Formula {

    private static final int LONGEST = 40;
    /** Indices and exponents of more than one sign are none that text has. */
    private static final Pattern PLAIN = Pattern.compile("(?:[\\p{L}\\d\\s=+\\-*/<>.,:;()!|']|[_^]\\d|[_^]\\{\\d}|_\\p{L}|_\\{\\p{L}})+");
    private static final Pattern EXPONENT = Pattern.compile("\\^\\{?(\\d)}?");
    private static final String SUPERSCRIPTS = "\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079";

    private Formula() {}

    /** Whether {@link #text} can write it. */
    static boolean isPlain(String tex) {
        return tex.length() <= LONGEST && PLAIN.matcher(Entities.decode(tex)).matches();
    }

    /** With raised digits, and indices behind their letters: {@code E = mc^2} as {@code E = mc}\u00B2. */
    static String text(String tex) {
        Matcher exponents = EXPONENT.matcher(Entities.decode(tex).strip());
        String raised = exponents.replaceAll(m -> String.valueOf(SUPERSCRIPTS.charAt(m.group(1).charAt(0) - '0')));
        return raised.replaceAll("[_{}]", "");
    }
}
