package org.graphbert.corpus.wiki;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;

/**
 * The templates that are shown, as those who use them within sentences mean them: units, foreign words, dates, signs,
 * quotations. All others are left out: boxes, notes to the reader, sources, coordinates, pronunciations.
 */
final class Templates {

    private static final Map<String, Function<Template, String>> SHOWN = new HashMap<>();
    private static final Function<Template, String> FIRST = t -> t.argument(1);
    private static final Function<Template, String> SECOND = t -> t.argument(2);
    private static final Function<Template, String> LAST = t -> t.argument(t.arguments());

    static {
        show(FIRST, "nowrap", "nobr", "nobreak", "j", "small", "smaller", "big", "larger", "resize", "center", "nobold", "noitalic",
                "sup", "sub", "abbr", "abbrv", "tooltip", "em", "strong", "bold", "italic", "tq", "mvar", "math", "var", "code", "mono",
                "tt", "kbd", "not a typo", "as written", "proper name", "visible anchor", "vanchor", "chem2", "unicode", "polytonic",
                "midsize", "flag", "flagu", "flagcountry", "sic", "notatypo", "highlight", "ill", "illm", "interlanguage link",
                "link-interwiki", "lien", "script/hebrew", "script/arabic");
        show(SECOND, "lang", "color", "colour", "font color", "fontcolor", "rtl-lang", "lang2", "langue", "foreign", "idioma");
        show(LAST, "transliteration", "transl", "tlit", "iast", "hs");
        show(t -> quoted(t, "text", "quote", "1", "content"), "quote", "blockquote", "quotation", "cquote", "zitat",
                "block quote", "bq", "cita", "citation bloc", "quote frame");
        show(Templates::joined, "linktext", "gaps", "chem", "nts");
        show(t -> t.argument(1) + " " + t.argument(2), "sortname", "ship", "nombre", "unité", "unidad");
        show(t -> prefixed("HMS", t), "hms");
        show(t -> prefixed("USS", t), "uss");
        show(t -> prefixed("SS", t), "ss");
        show(t -> prefixed("MV", t), "mv");
        show(t -> prefixed("RMS", t), "rms");
        show(t -> prefixed("SMS", t), "sms");
        show(t -> prefixed("HMCS", t), "hmcs");
        show(t -> prefixed("HMAS", t), "hmas");
        show(Units::measure, "convert", "cvt", "convinfobox");
        show(Units::value, "val");
        show(Units::fraction, "frac", "sfrac", "fraction", "vulgar fraction");
        show(t -> money("US$", t), "us$", "usd");
        show(t -> money("£", t), "£", "gbp", "pound sterling");
        show(t -> money("€", t), "€", "eur", "euro");
        show(t -> money("₹", t), "₹", "inr", "indian rupee");
        show(t -> money("¥", t), "¥", "jpy", "yen");
        show(t -> money("A$", t), "a$", "aud");
        show(t -> money("C$", t), "c$", "cad");
        show(Templates::asOf, "as of");
        show(t -> about("c. ", t), "circa", "c.", "ca", "ca.");
        show(t -> about("fl. ", t), "floruit", "fl.", "fl");
        show(t -> about("r. ", t), "reign", "r.");
        show(t -> t.argument(1) + ordinal(t.argument(1)), "ordinal", "nth", "ord");
        show(t -> about("lit. '", t) + "'", "lit", "literally", "lit.");
        show(t -> "'" + t.argument(1) + "'", "gloss");
        show(t -> "⟨" + t.argument(1) + "⟩", "angbr", "angle bracket");
        show(t -> "“" + t.argument(1) + "”", "\"", "“");
        show(t -> t.argument(1) + bracketed(t.argument(2), t.argument(3)), "nihongo");
        show(Templates::chinese, "zh", "lang-zh", "zh-full");
        show(t -> t.argument(1) + "e siècle", "s-");
        show(t -> t.argument(1).isEmpty() ? "" : "×10^" + t.argument(1), "e", "x10^");
        show(t -> switch (t.argument(1)) {
            case "sharp" -> "♯";
            case "flat" -> "♭";
            case "natural" -> "♮";
            default -> "";
        }, "music");
        sign("—", "mdash", "em dash", "emdash");
        sign("–", "ndash", "en dash", "endash", "–");
        sign(" – ", "snd", "spnd", "spaced ndash", "spaced en dash", "snds", "sndash");
        sign(" — ", "spaced em dash", "smd");
        sign(" ", "nbsp", "space", "spaces", "thinsp", "thin space", "hair space", "wrap", "sp", "pad", "clear space");
        sign("'", "'", "apostrophe");
        sign("'s", "'s");
        sign("=", "=");
        sign(" · ", "·", "dot", "middot");
        sign(" • ", "•", "bullet");
        sign("π", "pi");
        sign("×", "times", "x mult");
        sign("−", "minus");
        sign("°", "deg", "degree");
        sign("ʻ", "okina", "hamza");
    }

    private Templates() {}

    /** Appends what is shown of a template; a mark where nothing is. */
    static void render(Template template, StringBuilder out) {
        int before = out.length();
        String name = template.name();
        Function<Template, String> rule = SHOWN.get(name);
        if (rule != null) {
            out.append(rule.apply(template));
        } else if (name.startsWith("lang-") || name.equals("langx")) {
            out.append(language(template));
        } else if (name.startsWith("formatnum:") || name.startsWith("lc:") || name.startsWith("uc:")
                || name.startsWith("ucfirst:") || name.startsWith("lcfirst:")) {
            out.append(template.functionArgument());
        }
        if (out.length() == before) {
            out.append(Marks.LEFT_OUT);
        }
    }

    private static void show(Function<Template, String> rule, String... names) {
        for (String name : names) {
            SHOWN.put(name, rule);
        }
    }

    private static void sign(String sign, String... names) {
        show(t -> sign, names);
    }

    /** {{lang-de|Wort}} names the language before the word, in the article's language. */
    private static String language(Template t) {
        boolean newer = t.name().equals("langx");
        String code = newer ? t.argument(1) : t.name().substring("lang-".length());
        String word = t.argument(newer ? 2 : 1);
        if (word.isEmpty()) {
            return "";
        }
        Locale locale = Locale.forLanguageTag(code);
        String name = locale.getDisplayLanguage(Locale.forLanguageTag(t.language()));
        boolean known = !name.isEmpty() && !name.equals(locale.getLanguage());
        return t.argument("label").equals("none") || !known ? word : name + ": " + word;
    }

    private static String chinese(Template t) {
        String[][] parts = {
            {"c", "Chinese"}, {"s", "simplified Chinese"}, {"t", "traditional Chinese"}, {"p", "pinyin"}, {"w", "Wade–Giles"},
            {"j", "Jyutping"}, {"l", "lit."}
        };
        StringJoiner all = new StringJoiner("; ");
        for (String[] part : parts) {
            String value = t.argument(part[0]);
            if (!value.isEmpty()) {
                all.add(part[1] + ": " + value);
            }
        }
        return all.toString();
    }

    private static String quoted(Template t, String... keys) {
        for (String key : keys) {
            String quotation = key.equals("1") ? t.argument(1) : t.argument(key);
            if (!quotation.isEmpty()) {
                return Marks.PARAGRAPH + quotation + Marks.PARAGRAPH;
            }
        }
        return "";
    }

    private static String joined(Template t) {
        StringBuilder all = new StringBuilder();
        for (int i = 1; i <= t.arguments(); i++) {
            all.append(t.argument(i));
        }
        return all.toString();
    }

    private static String prefixed(String kind, Template t) {
        return t.argument(1).isEmpty() ? "" : kind + " " + t.argument(1);
    }

    private static String money(String sign, Template t) {
        return sign + t.argument(1);
    }

    private static String about(String word, Template t) {
        String first = t.argument(1);
        String second = t.argument(2);
        return first.isEmpty() ? "" : word + first + (second.isEmpty() ? "" : " – " + second);
    }

    private static String asOf(Template t) {
        if (!t.argument("alt").isEmpty()) {
            return t.argument("alt");
        }
        boolean since = !t.argument("since").isEmpty();
        String word = since ? "Since" : "As of";
        word = t.argument("lc").isEmpty() ? word : word.toLowerCase(Locale.ROOT);
        StringJoiner date = new StringJoiner(" ");
        date.add(word);
        if (!t.argument(3).isEmpty()) {
            date.add(t.argument(3));
        }
        if (!t.argument(2).isEmpty()) {
            date.add(Units.month(t.argument(2)));
        }
        return date.add(t.argument(1)).toString();
    }

    private static String bracketed(String... parts) {
        StringJoiner all = new StringJoiner(", ", " (", ")").setEmptyValue("");
        for (String part : parts) {
            if (!part.isEmpty()) {
                all.add(part);
            }
        }
        return all.toString();
    }

    private static String ordinal(String number) {
        if (number.matches(".*1[123]")) {
            return "th";
        }
        return number.endsWith("1") ? "st" : number.endsWith("2") ? "nd" : number.endsWith("3") ? "rd" : "th";
    }
}
