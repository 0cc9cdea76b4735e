package org.graphbert.evaluate.score;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of words that are something together, as tags tell it: B-person I-person.
 *
 * @param type such as person; "_" where tags are B, I and O alone
 * @param start its first word, from 0
 * @param end behind its last word
 */
public record Span(String type, int start, int end) {

    private static final String OUTSIDE = "O";

    /** How spans are read from tags. */
    public enum Mode {
        /**
         * As conlleval.pl and seqeval's default do: a span goes on while its type does, and begins too where I or E follows O
         * or another type. Tags may be IOB1, IOB2 or IOBES.
         */
        LENIENT,
        /** As seqeval's strict mode with IOB2 does: a span begins with B and goes on with I of its type; any other I is none. */
        STRICT;

        /**
         * The spans of a sentence, in their order.
         *
         * @param tags such as B-person, I-person and O; B, I and O alone are of the type "_"
         * @throws IllegalArgumentException if one is none of B, I and O and the mode is strict
         */
        public List<Span> spans(List<String> tags) {
            return this == STRICT ? strict(tags) : lenient(tags);
        }
    }

    /** What follows the prefix, and a hyphen if there is one. */
    static String type(String tag) {
        String type = tag.substring(tag.startsWith("-", 1) ? 2 : 1);
        return type.isEmpty() ? "_" : type;
    }

    private static List<Span> strict(List<String> tags) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < tags.size();) {
            String tag = tags.get(i);
            if ("BIO".indexOf(tag.charAt(0)) < 0) {
                throw new IllegalArgumentException("'" + tag + "' is no tag of IOB2");
            }
            int start = i++;
            if (tag.charAt(0) == 'B') {
                while (i < tags.size() && tags.get(i).charAt(0) == 'I' && type(tags.get(i)).equals(type(tag))) {
                    i++;
                }
                spans.add(new Span(type(tag), start, i));
            }
        }
        return spans;
    }

    private static List<Span> lenient(List<String> tags) {
        List<Span> spans = new ArrayList<>();
        String before = OUTSIDE;
        int start = 0;
        for (int i = 0; i <= tags.size(); i++) {
            String tag = i < tags.size() ? tags.get(i) : OUTSIDE;
            if (endsBetween(before, tag)) {
                spans.add(new Span(type(before), start, i));
            }
            if (beginsBetween(before, tag)) {
                start = i;
            }
            before = tag;
        }
        return spans;
    }

    private static boolean endsBetween(String before, String tag) {
        return switch (before.charAt(0)) {
            case 'O', '.' -> false;
            case 'E', 'S' -> true;
            case 'B', 'I' -> "BSO".indexOf(tag.charAt(0)) >= 0 || !type(before).equals(type(tag));
            default -> !type(before).equals(type(tag));
        };
    }

    private static boolean beginsBetween(String before, String tag) {
        return switch (tag.charAt(0)) {
            case 'O', '.' -> false;
            case 'B', 'S' -> true;
            case 'E', 'I' -> "ESO".indexOf(before.charAt(0)) >= 0 || !type(before).equals(type(tag));
            default -> !type(before).equals(type(tag));
        };
    }
}
