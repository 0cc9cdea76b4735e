package org.graphbert.evaluate.tag;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.evaluate.score.Span;

/** How tags tell where a span of words begins and ends. */
public enum TagScheme {
    /** B-type begins a span, I-type goes on with it. */
    IOB2,
    /** I-type is in a span; B-type begins one only directly behind another of its type. */
    IOB1,
    /** B-type begins a span, I-type goes on, E-type ends it; S-type is one of one word. */
    BIOES,
    /** As BIOES, with L for E and U for S. */
    BILOU,
    /** Tags that tell of no spans, such as parts of speech. */
    PLAIN;

    private static final String OUTSIDE = "O";
    private static final String PREFIXES = "BIESLU";

    /**
     * The scheme of sentences.
     *
     * @param sentences their tags; if none is of the form B-type, they are plain
     */
    static TagScheme of(List<List<String>> sentences) {
        List<String> tags = sentences.stream().flatMap(List::stream).distinct().toList();
        if (tags.stream().allMatch(OUTSIDE::equals)) {
            return IOB2;
        }
        if (tags.stream().noneMatch(tag -> isOfSpan(tag) && (tag.length() > 1 || tag.equals("B") || tag.equals("I")))) {
            return PLAIN;
        }
        if (tags.stream().anyMatch(tag -> "LU".indexOf(tag.charAt(0)) >= 0)) {
            return BILOU;
        }
        if (tags.stream().anyMatch(tag -> "ES".indexOf(tag.charAt(0)) >= 0)) {
            return BIOES;
        }
        return sentences.stream().allMatch(TagScheme::isIob1) && sentences.stream().anyMatch(of -> mended(of) > 0) ? IOB1 : IOB2;
    }

    /** Whether the tag is O or one of a span; what it is in plain tags does not matter. */
    boolean has(String tag) {
        return this == PLAIN || tag.equals(OUTSIDE) || isOfSpan(tag);
    }

    /** The tags of a sentence in IOB2; plain ones as they are. */
    List<String> toIob2(List<String> tags) {
        if (this == PLAIN) {
            return tags;
        }
        List<String> known = this != BILOU ? tags : tags.stream().map(tag -> switch (tag.charAt(0)) {
            case 'L' -> 'E' + tag.substring(1);
            case 'U' -> 'S' + tag.substring(1);
            default -> tag;
        }).toList();
        List<String> converted = new ArrayList<>(tags);
        for (Span span : Span.Mode.LENIENT.spans(known)) {
            for (int i = span.start(); i < span.end(); i++) {
                converted.set(i, (i == span.start() ? "B" : "I") + tags.get(i).substring(1));
            }
        }
        return List.copyOf(converted);
    }

    /** How many of a sentence's tags are I where IOB2 has B. */
    static int mended(List<String> tags) {
        List<String> converted = IOB2.toIob2(tags);
        int mended = 0;
        for (int i = 0; i < tags.size(); i++) {
            mended += tags.get(i).equals(converted.get(i)) ? 0 : 1;
        }
        return mended;
    }

    private static boolean isIob1(List<String> tags) {
        for (int i = 0; i < tags.size(); i++) {
            String before = i == 0 ? OUTSIDE : tags.get(i - 1);
            if (tags.get(i).charAt(0) == 'B' && (before.equals(OUTSIDE) || !before.substring(1).equals(tags.get(i).substring(1)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfSpan(String tag) {
        return PREFIXES.indexOf(tag.charAt(0)) >= 0 && (tag.length() == 1 || tag.charAt(1) == '-');
    }
}
