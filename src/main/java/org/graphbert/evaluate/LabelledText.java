package org.graphbert.evaluate;

import java.util.List;

/**
 * A text, or a pair of texts, with its class.
 *
 * @param line of its file, from 1
 * @param texts one or two
 */
public record LabelledText(long line, String label, List<String> texts) {

    public LabelledText {
        texts = List.copyOf(texts);
        if (texts.isEmpty() || texts.size() > 2) {
            throw new IllegalArgumentException(texts.size() + " texts, expected one or two");
        }
    }
}
