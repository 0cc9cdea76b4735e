package org.graphbert.corpus.wiki;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Headings, and the sections that are no prose: sources, links, lists of works to read. */
final class Sections {

    private static final Set<String> LEFT_OUT = new HashSet<>(List.of(
            // English
            "references", "reference", "external links", "external link", "see also", "further reading", "notes", "footnotes",
            "bibliography", "sources", "citations", "works cited", "notes and references", "literature", "general references",
            "cited works", "cited sources", "explanatory notes", "gallery", "discography", "filmography", "selected bibliography",
            "publications", "selected publications", "external sources", "web links", "links", "general", "specific", "citation",
            "footnote", "endnotes", "primary sources", "secondary sources", "related articles", "awards and nominations",
            // German, French, Spanish, Italian, Portuguese
            "einzelnachweise", "weblinks", "literatur", "siehe auch", "anmerkungen", "quellen", "fußnoten", "belege", "werke",
            "schriften", "notes et références", "voir aussi", "liens externes", "bibliographie", "articles connexes", "annexes",
            "références", "lien externe", "référence", "referencias", "enlaces externos", "véase también",
            "bibliografía", "notas", "fuentes", "notas y referencias", "note", "bibliografia", "voci correlate",
            "altri progetti", "collegamenti esterni", "referências", "ligações externas", "ver também", "leitura adicional",
            "notas e referências", "fontes",
            // Dutch, Swedish, Polish, Czech, Russian, Ukrainian
            "externe links", "externe link", "zie ook", "bronnen", "literatuur", "noten", "bronnen, noten en/of referenties",
            "referenties", "referenser", "externa länkar", "se även", "källor", "noter", "litteratur", "przypisy",
            "linki zewnętrzne", "zobacz też", "uwagi", "externí odkazy", "související články",
            "literatura", "poznámky", "примечания", "ссылки", "литература", "см. также", "источники", "примітки", "посилання",
            "література", "див. також", "джерела",
            // Chinese, Japanese, Korean, Arabic, Turkish
            "参考文献", "參考文獻", "外部链接", "外部連結", "外部鏈接", "参见", "參見", "注释", "註釋", "参考资料", "參考資料", "脚注", "出典",
            "関連項目", "外部リンク", "注釈", "関連文献", "각주", "외부 링크", "같이 보기", "참고 문헌", "مراجع", "وصلات خارجية",
            "انظر أيضًا", "المراجع", "kaynakça", "dış bağlantılar", "ayrıca bakınız"));

    private static final int DEEPEST = 6;

    private Sections() {}

    /** How deep a heading is, from 1; 0 for a line that is none. */
    static int level(String line) {
        int end = line.length();
        while (end > 0 && (Character.isWhitespace(line.charAt(end - 1)) || line.charAt(end - 1) == Marks.LEFT_OUT)) {
            end--;
        }
        int level = 0;
        while (level < DEEPEST && 2 * level + 2 < end && line.charAt(level) == '=' && line.charAt(end - 1 - level) == '=') {
            level++;
        }
        return level;
    }

    /** Whether the section below such a heading is left out; "Notes and references" is, as both are. */
    static boolean isLeftOut(String heading) {
        String title = heading.replace('=', ' ').replace(Marks.LEFT_OUT, ' ').replace("'''", "").replace("''", "")
                .strip().toLowerCase(Locale.ROOT);
        if (title.endsWith(":")) {
            title = title.substring(0, title.length() - 1);
        }
        if (LEFT_OUT.contains(title)) {
            return true;
        }
        for (String part : title.split(" and | & |/|, ")) {
            if (!LEFT_OUT.contains(part.strip())) {
                return false;
            }
        }
        return true;
    }
}
