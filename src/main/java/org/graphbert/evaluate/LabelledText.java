package org.graphbert.evaluate;

import java.util.List;

/**
 * A text, or a pair of texts, with its label.
 *
 * @param line of its file, from 1
 * @param label its class, or a number; null where the file has none
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
