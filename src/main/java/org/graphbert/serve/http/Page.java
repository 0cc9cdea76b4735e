package org.graphbert.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import org.eclipse.jetty.server.Response;

/** The page for people at {@code /}, its style and its script: nothing of it comes from elsewhere. */
final class Page {

    private static final String HTML = "text/html; charset=utf-8";
    private static final Map<String, Reply> FILES = Map.of(
            "/", file("page.html", HTML),
            "/page.css", file("page.css", "text/css; charset=utf-8"),
            "/page.js", file("page.js", "text/javascript; charset=utf-8"));

    private Page() {}

    /** The file at a path; null if there is none. */
    static Reply at(String path) {
        return FILES.get(path);
    }

    /** The browser is to load what is the page's own and nothing else. */
    static void secure(Response response, Reply reply) {
        if (reply.type().equals(HTML)) {
            response.getHeaders().put("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; "
                    + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            response.getHeaders().put("Referrer-Policy", "no-referrer");
        }
    }

    private static Reply file(String name, String type) {
        try (InputStream in = Page.class.getResourceAsStream("/serve/" + name)) {
            return new Reply(Reply.OK, type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
