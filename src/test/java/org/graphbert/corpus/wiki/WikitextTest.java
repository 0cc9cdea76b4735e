package org.graphbert.corpus.wiki;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WikitextTest {

    private static final List<String> ADVERSARIAL = List.of("{{", "{{{", "[[", "{|", "\n{|", "\n|}", "}}", "]]", "-{", "}-", "<ref>",
            "</ref>", "<ref", "<!--", "<nowiki>", "<math>", "<gallery>", "<table>", "</table>", "[http://a ", "[[a|", "{{a|", "{{lang|a|",
            "{{nowrap|", "(", ")", "({{x}}", "''", "'''", "'", "\n=", "\n==", "&", "&lt;", "__A", "__TOC__", "\n\n", "[[File:", ";", ":",
            "\n;", "<br>", "|", "a ", "é", "\uFDEF", "\n* a", "<", ">", "<code>", "{{quote|", "[", "]", "!");

    @ParameterizedTest
    @CsvSource(delimiter = '→', quoteCharacter = '`', value = {
        // links
        "[[bus]]es and [[Foo|bar]]s → buses and bars",
        "[[Mercury (planet)|]], [[Paris, Texas|]], [[Foo_bar#Baz]] and [[#Baz]] → Mercury, Paris, Foo bar and Baz",
        "[[wikt:word|word]] [[wikt:word]] [[:de:Wort]] [[:Category:Words]] → word word Wort Category:Words",
        "A [[File:a.jpg|thumb|b [[c|d]] e|f]] g [[Image:x.png]]h[[Datei:y|mini]] → A g h",
        "A [[Category:B]]c [[Kategorie:D]]e [[de:F]] g [[zh-min-nan:H]] i → A c e g i",
        "[[a|b|c]] [[:a|d]] [[Category talk:x]] → b|c d Category talk:x",
        "word [[Help:IPA/English|[wɜːd]]] end [see [[a]]] and [b] → word end [see a] and [b]",
        "[http://a.org text] [//b.org] [mailto:c@d.org mail] [e] http://f.org → text mail [e] http://f.org",
        "[http://a.org a ''b'' [[c]]] [https://d.org → a b c https://d.org",
        "[[a]] b]] [[c → a b c",
        "[[:File:a.jpg|a file]] → a file",
        "[[CSI: Miami]] and [[Re:Zero|it]] [[Art:21]] [[simple:X]] → CSI: Miami and it Art:21",
        // quotes
        "''a'' '''b''' '''''c''''' d'e → a b c d'e",
        "l'''amour'' et ''l'État'' → l'amour et l'État",
        "''''a'''' → 'a'",
        "the ''Titanic'''s crew → the Titanic's crew",
        // templates
        "a {{b|c {{d}} {{{e}}} }} f → a f",
        "{{convert|5|km|mi}}, {{convert|5|to|10|km}}, {{cvt|3|x|4|m2}}, {{convert|100|C}} → 5 km, 5 to 10 km, 3 × 4 m², 100 °C",
        "{{lang|fr|mot}} {{lang-fr|mot}} {{langx|ru|слово}} {{lang-de|Wort|label=none}} {{transl|ru|slovo}} → mot French: mot Russian: слово Wort slovo",
        "{{nihongo|Fuji|富士|Fuji-san}} {{nihongo|'''Fuji'''|富士}} {{nihongo|Fuji}} → Fuji (富士, Fuji-san) Fuji (富士) Fuji",
        "{{as of|2010|5}} {{As of|2010|lc=on}} {{as of|2010|alt=then}} → As of May 2010 as of 2010 then",
        "{{circa|1500}} {{c.|1500|1510}} {{fl.|1600}} {{reign|1|2}} → c. 1500 c. 1500 – 1510 fl. 1600 r. 1 – 2",
        "{{frac|1|2}} {{frac|3|1|2}} {{frac|8}} {{val|1.5|0.1|e=6|u=km}} → 1/2 3 1/2 1/8 1.5±0.1×10^6 km",
        "a{{mdash}}b{{snd}}c{{ndash}}d{{nbsp}}e{{'}}s → a—b – c–d e's",
        "{{abbr|Dr.|Doctor}} {{nowrap|a [[b|c]]}} {{sup|2}} {{USS|Ohio}} {{nth|21}} {{nth|12}} → Dr. a c 2 USS Ohio 21st 12th",
        "{{Nowrap |1= a=b }} {{template:nowrap|c}} {{subst:nowrap|d}} {{NOWRAP|e}} → a=b c d e",
        "{{formatnum:1234}} {{lc:ABC}} {{#if: a | b | c }} {{CURRENTYEAR}} {{{1|d}}} → 1234 ABC d",
        "{{zh|s=简|p=jiǎn}} {{linktext|a|b}} {{color|red|c}} {{US$|5}} {{music|sharp}} {{angbr|a}} → simplified Chinese: 简; pinyin: jiǎn ab c US$5 ♯ ⟨a⟩",
        "{{{{a}}}} b {{{{{c}}}|d}} e → b e",
        // what templates leave behind
        "Bonn ({{IPA|a}}) is → Bonn is",
        "Bonn ({{IPA|a}}; {{lang-la|Bonna}}, {{IPA|b}}) is → Bonn (Latin: Bonna) is",
        "Bonn (pronounced {{IPA|a}}; born 1950) is → Bonn (born 1950) is",
        "Bonn (born 1950, pronounced: {{IPA|a}}), a city → Bonn (born 1950), a city",
        "Bonn (({{a}})), ({{a}} {{b}}). → Bonn.",
        "東京（{{lang|x}}）は → 東京は",
        "mass <math>m_0</math> and <math>E = mc^{2}</math>, <math>x^{-1}</math> or <math>\\frac{a}{b}</math>. → mass m0 and E = mc², or.",
        "a <math>\\x</math>, b {{x}} . c, {{x}}, d; {{x}}. → a, b. c, d.",
        "{{x}}, a ( ) stays ( ; ) → a ( ) stays ( ; )",
        "f({{x}}b) → f(b)",
        // tags and entities
        "a<ref>b</ref>c<ref name=d/>e<ref name='f'>g</ref>, h → ace, h",
        "H<sub>2</sub>O m<sup>2</sup> <small>a</small><br/>b <span style='x'>c</span> <u>d</u> → H2O m2 a b c d",
        "a < b > c <d> e <3 <notatag x> → a < b > c <d> e <3 <notatag x>",
        "<nowiki>[[a]] ''b'' {{c}} <ref> &amp; <!-- d --></nowiki> <nowiki /> e<nowiki/>f → [[a]] ''b'' {{c}} <ref> & <!-- d --> ef",
        "&nbsp;a&ndash;b&#8212;c&#x2014;d &amp;lt; &lt; &unknown; &#xFFFFFF; & → a–b—c—d &lt; < &unknown; &#xFFFFFF; &",
        "a <!-- b --> c<!-- d -->e <!-- f → a ce",
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <del>x</del>b <code>c()</code> → 漢 b c()",
        "__NOTOC__a __b__ __KEIN_INHALT c __INDEX__ → a __b__ __KEIN_INHALT c",
        "-{zh-hans:a;zh-hant:b}- -{c}- -{H|d}- x-{y → a c x-{y",
        // lists and debris
        "; a : This definition has eight words or even more. → This definition has eight words or even more.",
        "*''See the other article about the things of that name.'' → ``",
        "*「これは日本語で書かれた箇条書きの文である。」 → 「これは日本語で書かれた箇条書きの文である。」",
        "|- a || b → ``",
        "==a== → ``",
        "---- → ``",
        "---- a → a",
    })
    void oneLine(String wikitext, String expected) {
        assertEquals(expected == null || expected.isEmpty() ? List.of() : List.of(expected), prose(wikitext));
    }

    @Test
    void paragraphs() {
        assertEquals(List.of("a b", "c", "d"), prose("a\nb\n\nc\n\n\n\n d"));
        assertEquals(List.of("a b"), prose("a\n<!-- c -->\n  <!-- d\ne -->  \nb"));
        assertEquals(List.of("a", "b", "c", "d", "e"), prose("a<p>b</p>c\n{|\n|x\n|}\n{|\n|}\nd\n{{quote|e}}"));
        assertEquals(List.of("a", "b"), prose("a\n{{infobox\n| x = y\n}}\nb"));
        assertEquals(List.of("a", "b"), prose("a\n{|\n! h\n|-\n| {{x|\n|}} || {|\n| nested\n|}\n|}\nb"));
        assertEquals(List.of("a", "c"), prose("a\n<table><tr><td>b\n\n<table></table></td></tr></table>\nc"));
    }

    @Test
    void sectionsLeftOut() {
        assertEquals(List.of("a", "e", "g"),
                prose("a\n== See also ==\nb\n=== c ===\nd\n== Life ==\ne\n=== Notes and references: ===\nf\n=== '''Death''' ===\ng\n==Weblinks==\nh"));
        assertEquals(List.of("= a", "b = c"), prose("= a\n\nb = c\n"));
    }

    @Test
    void whatIsNotClosedTakesItsLineAtMost() {
        assertEquals(List.of("a", "d"), prose("a {{b\n| c\n\nd"));
        assertEquals(List.of("a", "c", "d"), prose("{{b\n| x = {{y}}\n}\na\n\nc {{x}}\n== h ==\nd }}"));
        assertEquals(List.of("a", "b", "d e"), prose("a<ref>x\n\nb<ref>c</ref>\n\nd<ref> f</ref> e"));
        assertEquals(List.of("a", "c"), prose("a\n{|\n| b\n! x\nc"));
        assertEquals(List.of("a", "c", "d [e"), prose("a [[File:b|x\n\nc\n\n[[d [e"));
        assertEquals(List.of("a c"), prose("a <!-- b\nc"));
        assertEquals(List.of("a b", "c"), prose("a <math>b\n\n<math>\\x</math> c"));
        assertEquals(List.of("a b c"), prose("a <nowiki>b ''c''"));
    }

    @Test
    void namespacesOfTheDump() {
        Site site = Site.of("ang", List.of("Ymele"), List.of("Flocc"), List.of("Ymele", "Flocc", "de"));
        assertEquals(List.of("a d [[f]] Deutsch?"), Wikitext.prose("a [[Ymele:b|c]]d [[flocc:e]]<nowiki>[[f]]</nowiki> [[de:g|Deutsch?]]", site));
    }

    /** Some of these take minutes where time is quadratic. */
    @Test
    void linearInWhateverItIsGiven() {
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (String part : ADVERSARIAL) {
                Wikitext.prose(part.repeat(50_000), Site.DEFAULT);
                Wikitext.prose((part + "x").repeat(25_000) + "}}]]|}</ref>--></math>", Site.DEFAULT);
            }
            Wikitext.prose("{{nowrap|".repeat(50_000) + "a" + "}}".repeat(50_000), Site.DEFAULT);
            Wikitext.prose("[[a|".repeat(50_000) + "a" + "]]".repeat(50_000), Site.DEFAULT);
            Wikitext.prose("\n{|\n|".repeat(50_000) + "a" + "\n|}".repeat(50_000), Site.DEFAULT);
            Wikitext.prose("<ref>".repeat(50_000) + "a" + "</ref>".repeat(50_000), Site.DEFAULT);
            Wikitext.prose("({{x}}".repeat(50_000) + "a" + ")".repeat(50_000), Site.DEFAULT);
        });
    }

    /** Whatever comes, paragraphs have no line feed, no mark of ours, no blank at an end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void anySequenceOfMarkup(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                text.append(ADVERSARIAL.get(random.nextInt(ADVERSARIAL.size())));
            }
            for (String paragraph : prose(text.toString())) {
                assertEquals(paragraph.strip(), paragraph, () -> "seed " + seed + ": " + text);
                assertTrue(!paragraph.isEmpty() && paragraph.chars().allMatch(c -> c != '\n' && (c < 0xFDD0 || c > 0xFDEF)),
                        () -> "seed " + seed + ": " + text);
            }
        }
    }

    private static List<String> prose(String wikitext) {
        return Wikitext.prose(wikitext, Site.DEFAULT);
    }
}
