package org.graphbert.corpus.wiki;

import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.graphbert.config.Failure;

/**
 * Streams the pages of a MediaWiki dump: XML as mediawiki.org's Help:Export describes it, of any version, one page in
 * memory at a time. Of a page with several revisions the last counts.
 */
public final class WikiDump implements AutoCloseable {

    /** MediaWiki takes no page of more than 2 MiB. */
    private static final int LONGEST_PAGE = 1 << 26;

    private static final String ROOT = "mediawiki";
    private static final String FILE_NAMESPACE = "6";
    private static final String CATEGORY_NAMESPACE = "14";
    private static final String ARTICLES = "0";
    /** The JDK counts the characters of what it has read against these, and would stop in the middle of a dump. */
    private static final List<String> LIMITS = List.of("totalEntitySizeLimit", "maxGeneralEntitySizeLimit", "entityExpansionLimit");

    private final Object source;
    private final Tail in;
    private final XMLStreamReader xml;
    private Site site = Site.DEFAULT;
    private String title = "";
    private boolean begun;

    /**
     * Opens a dump.
     *
     * @param source what errors name
     * @throws Failure (data) if it is not XML, or XML of another kind
     */
    public WikiDump(InputStream in, Object source) {
        this.source = source;
        this.in = new Tail(in);
        try {
            xml = factory().createXMLStreamReader(this.in);
        } catch (XMLStreamException e) {
            throw notXml(e, 1);
        }
        try {
            for (int event = xml.next(); event != XMLStreamConstants.START_ELEMENT; event = xml.next()) {
                if (event == XMLStreamConstants.DTD) { // other events are comments and the like
                    throw Failure.data("%s, line %,d: is XML or HTML with a DOCTYPE, but no dump of a wiki, which has none: expected"
                            + " <%s>", source, line(), ROOT);
                }
            }
            if (!xml.getLocalName().equals(ROOT)) {
                throw Failure.data("%s: is XML, but no dump of a wiki: it begins with <%s>, expected <%s>", source,
                        xml.getLocalName(), ROOT);
            }
            begun = true;
            String language = xml.getAttributeValue("http://www.w3.org/XML/1998/namespace", "lang");
            site = Site.of(language == null ? Site.DEFAULT.language() : language, List.of(), List.of(), List.of());
        } catch (XMLStreamException e) {
            throw notXml(e, line());
        }
    }

    /**
     * The next page, or null behind the last.
     *
     * @throws Failure (data) with the line, if the XML is cut off, malformed or not UTF-8
     */
    public WikiPage next() {
        try {
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    if (xml.getLocalName().equals("page")) {
                        return page();
                    }
                    if (xml.getLocalName().equals("siteinfo")) {
                        site = siteInfo();
                    }
                }
            }
            return null;
        } catch (XMLStreamException e) {
            throw notXml(e, line());
        }
    }

    @Override
    public void close() {
        try {
            xml.close();
        } catch (XMLStreamException e) {
            // It was only read; there is nothing to lose.
        }
    }

    private static XMLInputFactory factory() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        for (String limit : LIMITS) {
            factory.setProperty("http://www.oracle.com/xml/jaxp/properties/" + limit, "0"); // none: without a DTD nothing expands
        }
        return factory;
    }

    private Site siteInfo() throws XMLStreamException {
        List<String> files = new ArrayList<>();
        List<String> categories = new ArrayList<>();
        List<String> namespaces = new ArrayList<>();
        while (nextIn("siteinfo")) {
            if (xml.getLocalName().equals("namespace")) {
                String key = xml.getAttributeValue(null, "key");
                String name = text();
                (FILE_NAMESPACE.equals(key) ? files : CATEGORY_NAMESPACE.equals(key) ? categories : namespaces).add(name);
                if (!name.isEmpty()) {
                    namespaces.add(name);
                }
            }
        }
        namespaces.removeIf(String::isEmpty);
        return Site.of(site.language(), files, categories, namespaces);
    }

    private WikiPage page() throws XMLStreamException {
        title = "";
        String namespace = null;
        String text = "";
        String model = "wikitext";
        boolean redirect = false;
        while (nextIn("page")) {
            switch (xml.getLocalName()) {
                case "title" -> title = text();
                case "ns" -> namespace = text().strip();
                case "redirect" -> redirect = true;
                case "model" -> model = text().strip();
                case "text" -> text = text();
                default -> { }
            }
        }
        // Dumps of old say no namespace; the title does.
        int colon = title.indexOf(':');
        boolean elsewhere = namespace != null
                ? !namespace.equals(ARTICLES)
                : colon > 0 && site.namespaces().contains(Site.key(title.substring(0, colon)));
        return new WikiPage(title, elsewhere || !model.equals("wikitext"), redirect, text, site);
    }

    /** Goes to the next element's beginning within an element; false at its end. */
    private boolean nextIn(String element) throws XMLStreamException {
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                return true;
            }
            if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals(element)) {
                return false;
            }
        }
    }

    /** The characters up to the element's end. */
    private String text() throws XMLStreamException {
        String element = xml.getLocalName();
        StringBuilder text = new StringBuilder();
        while (true) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals(element)) {
                return text.toString();
            }
            if (event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA || event == XMLStreamConstants.SPACE) {
                text.append(xml.getTextCharacters(), xml.getTextStart(), xml.getTextLength());
                if (text.length() > LONGEST_PAGE) {
                    throw Failure.data("%s, line %,d: the page '%s' has more than %,d characters, expected a dump of a wiki",
                            source, line(), title, LONGEST_PAGE);
                }
            }
        }
    }

    private int line() {
        return xml.getLocation().getLineNumber();
    }

    private Failure notXml(XMLStreamException e, int line) {
        String page = title.isEmpty() ? "" : " in or behind the page '" + title + "'";
        if (in.endedWithout("</" + ROOT + ">")) {
            return Failure.data("%s: is cut off in line %,d%s, expected </%s> at its end; fetch it again", source, line, page, ROOT, e);
        }
        if (e.getNestedException() instanceof CharConversionException wrong) {
            return Failure.data("%s, line %,d%s: is not UTF-8 (%s); fetch it again", source, line, page, wrong.getMessage(), e);
        }
        String message = e.getMessage() == null ? "" : e.getMessage().lines().reduce((first, last) -> last).orElse("");
        return Failure.data("%s, line %,d%s: is not well-formed XML: %s; %s", source, line, page, message.replaceFirst("^Message: ", ""),
                begun ? "fetch it again" : "expected a dump of a wiki, which begins with <" + ROOT + ">", e);
    }

    /** Remembers whether the stream has ended, and with what. */
    private static final class Tail extends InputStream {

        private static final int LENGTH = 64;

        private final InputStream in;
        private final StringBuilder last = new StringBuilder();
        private boolean ended;

        Tail(InputStream in) {
            this.in = in;
        }

        boolean endedWithout(String end) {
            return ended && last.indexOf(end) < 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int read = in.read(bytes, from, length);
            ended |= read < 0;
            for (int i = Math.max(0, read - LENGTH); i < read; i++) {
                last.append((char) bytes[from + i]);
            }
            if (last.length() > LENGTH) {
                last.delete(0, last.length() - LENGTH);
            }
            return read;
        }
    }
}
