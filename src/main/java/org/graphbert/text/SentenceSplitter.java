package org.graphbert.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Stand-in until the real one is merged: breaks behind . ! ? and a space. */
public final class SentenceSplitter {

    public static SentenceSplitter of(Locale locale) {
        return new SentenceSplitter();
    }

    public List<String> split(String paragraph) {
        List<String> sentences = new ArrayList<>();
        for (String s : paragraph.split("(?<=[.!?])\\s+")) {
            if (!s.isBlank()) {
                sentences.add(s.strip());
            }
        }
        return sentences;
    }
}
