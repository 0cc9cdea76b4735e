package org.graphbert.corpus.wiki;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A page of a dump, with what its latest revision says. */
public final class WikiPage {

    /** What a page is for; only articles are prose. */
    public enum Kind {
        ARTICLE,
        REDIRECT,
        DISAMBIGUATION,
        /** Talk, users, templates, categories, and pages that are no wikitext. */
        OTHER
    }

    private static final Pattern REDIRECT = Pattern.compile("\\s*#\\p{L}+[ :]*\\[\\[.*", Pattern.DOTALL);
    private static final String DISAMBIGUATION_SWITCH = "__DISAMBIG__";
    /** Templates that mark a page as a list of what a name may mean; "place name disambiguation" and the like besides. */
    private static final Set<String> DISAMBIGUATION = new HashSet<>(List.of("disambig", "disambiguation", "disambiguation page", "dab", "disamb",
            "disambiguation cleanup", "disambig-cleanup", "disam", "hndis", "geodis", "mathdab", "numberdis", "roadndis",
            "schooldis", "hospitaldis", "letter-numbercombdisambig", "call sign disambiguation", "airport disambiguation", "sia",
            "set index article", "begriffsklärung", "begriffsklärungsseite", "homonymie", "homonyme", "homonymes",
            "paronymie", "toponymie", "patronymie", "desambiguación", "desambiguacion", "desambig",
            "disambigua", "desambiguação", "dp", "dpintro", "doorverwijspagina", "förgrening", "gren", "förgreningssida",
            "ujednoznacznienie", "disambigr", "rozcestník", "неоднозначность", "многозначность", "неоднозначні", "багатозначність",
            "flertydig", "pekerside", "peker", "täsmennyssivu", "egyért", "egyértelműsítő lap", "dezambiguizare", "dezambig",
            "aimai", "曖昧さ回避", "消歧义", "消歧義", "消歧义页", "동음이의", "동음이의어", "توضيح", "ابهام‌زدایی", "פירושונים",
            "anlam ayrımı", "anlamayrımı", "αποσαφήνιση", "trang định hướng", "định hướng"));
    private static final List<String> DISAMBIGUATION_TITLES = List.of("(disambiguation)", "(begriffsklärung)", "(homonymie)",
            "(desambiguación)", "(disambigua)", "(desambiguação)", "(doorverwijspagina)", "(olika betydelser)",
            "(ujednoznacznienie)", "(rozcestník)", "(значения)", "(значення)", "(曖昧さ回避)", "(消歧义)", "(消歧義)", "(동음이의)",
            "(توضيح)", "(anlam ayrımı)", "(andre betydninger)", "(flertydig)", "(täsmennyssivu)");
    private static final int LONGEST_NAME = 50;

    private final String title;
    private final boolean elsewhere;
    private final boolean redirect;
    private final String text;
    private final Site site;

    /**
     * @param elsewhere whether it is in another namespace than that of articles, or no wikitext
     * @param redirect whether the dump says that it only leads to another page
     */
    WikiPage(String title, boolean elsewhere, boolean redirect, String text, Site site) {
        this.title = title;
        this.elsewhere = elsewhere;
        this.redirect = redirect;
        this.text = text;
        this.site = site;
    }

    public String title() {
        return title;
    }

    /** Its wikitext. */
    public String text() {
        return text;
    }

    /** What it is for; looks for templates all over it. */
    public Kind kind() {
        if (elsewhere) {
            return Kind.OTHER;
        }
        if (redirect || REDIRECT.matcher(text.length() < 200 ? text : text.substring(0, 200)).matches()) {
            return Kind.REDIRECT;
        }
        return isDisambiguation() ? Kind.DISAMBIGUATION : Kind.ARTICLE;
    }

    /** Its paragraphs as prose, without headings; none is blank. */
    public List<String> prose() {
        return Wikitext.prose(text, site);
    }

    private boolean isDisambiguation() {
        String key = Site.key(title);
        if (DISAMBIGUATION_TITLES.stream().anyMatch(key::endsWith) || text.contains(DISAMBIGUATION_SWITCH)) {
            return true;
        }
        for (int at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2)) {
            int end = at + 2;
            while (end < text.length() && end - at < LONGEST_NAME && "|}{\n".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            String name = Site.key(text.substring(at + 2, end));
            if (DISAMBIGUATION.contains(name) || name.endsWith(" disambiguation")) {
                return true;
            }
        }
        return false;
    }
}
