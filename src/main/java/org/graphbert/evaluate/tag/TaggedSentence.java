package org.graphbert.evaluate.tag;

import java.util.List;

/**
 * A sentence with the tags of its words.
 *
 * @param line of its first word in its file, from 1
 * @param words one or more
 * @param tags as many, or none
 */
public record TaggedSentence(long line, List<String> words, List<String> tags) {

    public TaggedSentence {
        words = List.copyOf(words);
        tags = List.copyOf(tags);
        if (words.isEmpty() || !tags.isEmpty() && tags.size() != words.size()) {
            throw new IllegalArgumentException(tags.size() + " tags of " + words.size() + " words");
        }
    }
}
