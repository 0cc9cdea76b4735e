package org.graphbert.corpus.wiki;

import java.util.List;

/**
 * Wikitext to prose, in steps that each take time linear in the length of the text, whatever it holds: comments and
 * verbatim blocks ({@link Verbatim}), HTML ({@link Tags}), brackets ({@link Brackets}, {@link Renderer}), lines
 * ({@link Prose}). There is no grammar of wikitext; what is written here follows what MediaWiki shows.
 */
final class Wikitext {

    private Wikitext() {}

    /** The paragraphs of an article, none blank and none with a line feed. */
    static List<String> prose(String wikitext, Site site) {
        String text = Tags.strip(Verbatim.strip(Marks.withoutMarks(wikitext)));
        return Prose.paragraphs(new Renderer(text, site).render());
    }
}
