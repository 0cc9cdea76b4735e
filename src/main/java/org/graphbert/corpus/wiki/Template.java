package org.graphbert.corpus.wiki;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A template as an article uses it: {@code {{name|first|key=value}}}. Its arguments are rendered when asked for. */
final class Template {

    /** The names of all that are shown are shorter. */
    private static final int LONGEST_NAME = 60;

    private final Renderer renderer;
    private final int from;
    private final int to;
    private final String name;
    private final List<int[]> positional = new ArrayList<>();
    private final Map<String, int[]> named = new HashMap<>();
    private boolean split;

    /** @param from behind what opens it, up to {@code to}, before what closes it */
    Template(Renderer renderer, int from, int to) {
        this.renderer = renderer;
        this.from = from;
        this.to = to;
        name = findName();
    }

    /** In lower case, blanks for underscores, without "Template:" and "subst:"; empty if it is none that is shown. */
    String name() {
        return name;
    }

    /** The language of the article. */
    String language() {
        return renderer.site().language();
    }

    /** An argument without a name, from 1 (or one that is named by that number); empty if there is none. */
    String argument(int number) {
        split();
        if (number >= 1 && number <= positional.size()) {
            return render(positional.get(number - 1));
        }
        return argument(String.valueOf(number));
    }

    /** An argument by its name; empty if there is none. */
    String argument(String key) {
        split();
        int[] range = named.get(key);
        return range == null ? "" : render(range);
    }

    /** How many arguments without names there are. */
    int arguments() {
        split();
        return positional.size();
    }

    /** What stands behind the colon of a function such as {{formatnum:1234}}, up to the first bar. */
    String functionArgument() {
        int colon = renderer.find(':', from, to);
        return colon == to ? "" : renderer.render(colon + 1, renderer.find('|', colon + 1, to)).strip();
    }

    private String render(int[] range) {
        return renderer.render(range[0], range[1]).strip();
    }

    private String findName() {
        String text = renderer.text();
        int end = from;
        while (end < to && text.charAt(end) != '|') {
            if (text.charAt(end) == '{' || end - from > LONGEST_NAME) {
                return "";
            }
            end++;
        }
        String key = Site.key(text.substring(from, end));
        for (String prefix : List.of("template:", "subst:", "safesubst:")) {
            key = key.startsWith(prefix) ? key.substring(prefix.length()).strip() : key;
        }
        return key;
    }

    private void split() {
        if (split) {
            return;
        }
        split = true;
        for (int bar = renderer.find('|', from, to); bar < to; ) {
            int next = renderer.find('|', bar + 1, to);
            int equals = renderer.find('=', bar + 1, next);
            if (equals < next) {
                named.put(renderer.text().substring(bar + 1, equals).strip(), new int[] {equals + 1, next});
            } else {
                positional.add(new int[] {bar + 1, next});
            }
            bar = next;
        }
    }
}
