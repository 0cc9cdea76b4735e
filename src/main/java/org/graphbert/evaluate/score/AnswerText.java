package org.graphbert.evaluate.score;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * An answer as SQuAD compares it: in lower case, without punctuation and articles (evaluate-v1.1.py, normalize_answer).
 *
 * @param words in their order
 */
record AnswerText(List<String> words) {

    /** The punctuation of ASCII (string.punctuation); other is kept. */
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");

    AnswerText {
        words = List.copyOf(words);
    }

    static AnswerText of(String text) {
        StringBuilder plain = new StringBuilder();
        text.toLowerCase(Locale.ROOT).chars().filter(c -> PUNCTUATION.indexOf(c) < 0).forEach(c -> plain.append((char) c));
        return new AnswerText(split(withoutArticles(plain.toString())));
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** How many words both have, each as often as both have it. */
    int common(AnswerText other) {
        Map<String, Integer> left = new HashMap<>();
        words.forEach(word -> left.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : other.words) {
            if (left.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        return common;
    }

    /** Articles stand between characters that make no word; those are not white space alone: "the—a". */
    private static String withoutArticles(String text) {
        StringBuilder without = new StringBuilder();
        for (int i = 0; i < text.length();) {
            int end = i;
            while (end < text.length() && isOfWord(text.codePointAt(end))) {
                end += Character.charCount(text.codePointAt(end));
            }
            if (end == i) {
                end += Character.charCount(text.codePointAt(i));
            }
            String stretch = text.substring(i, end);
            without.append(ARTICLES.contains(stretch) ? " " : stretch);
            i = end;
        }
        return without.toString();
    }

    private static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || isSpace(text.charAt(i))) {
                if (i > from) {
                    words.add(text.substring(from, i));
                }
                from = i + 1;
            }
        }
        return words;
    }

    /** As Python's regular expressions have \w: letters, all kinds of numbers, and the underscore, but no marks. */
    private static boolean isOfWord(int c) {
        return c == '_' || switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER, Character.LOWERCASE_LETTER, Character.TITLECASE_LETTER, Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER, Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** As Python's str.split has it: no-break spaces and the next-line control separate words too. */
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }
}
