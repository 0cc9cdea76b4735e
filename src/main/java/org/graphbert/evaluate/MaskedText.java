package org.graphbert.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.Encoding;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * A text with one [MASK] or more, as token ids.
 *
 * @param text as it was given
 * @param stretches the ids before, between and behind the masks: one more than there are masks
 * @param inWord for each mask, whether it stands right behind a letter or a digit: what is missing need not begin a word
 * @param cut whether the text was longer than the model takes, and has lost tokens at its ends
 */
public record MaskedText(String text, List<int[]> stretches, boolean[] inWord, boolean cut) {

    /** [CLS] and [SEP]. */
    private static final int SPECIALS = 2;
    private static final String MASK = "\\[MASK\\]";
    private static final int SHOWN = 40;

    /**
     * Encodes a text.
     *
     * @param longest how many tokens the model takes, with [CLS] and [SEP]; a longer text keeps what is nearest to its masks
     * @param pieces how many tokens a mask may come to stand for
     * @throws Failure (usage) if it has no [MASK], or masks further apart than the model sees
     */
    public static MaskedText of(Tokenizer tokenizer, String text, int longest, int pieces) {
        String[] parts = text.split(MASK, -1);
        int masks = parts.length - 1;
        if (masks == 0) {
            throw Failure.usage("'%s' has no [MASK]; write [MASK] where a word is to be predicted", start(text));
        }
        List<int[]> stretches = tokenizer.encodeAroundGaps(List.of(parts)).stream().map(Encoding::ids).toList();
        int between = stretches.subList(1, masks).stream().mapToInt(ids -> ids.length).sum();
        int room = longest - SPECIALS - between - masks * pieces;
        int length = stretches.stream().mapToInt(ids -> ids.length).sum() + masks * pieces;
        if (room < 0) {
            throw Failure.usage("'%s' has %d tokens; this model takes at most %d; shorten it", start(text), length, longest - SPECIALS);
        }
        int[] before = stretches.get(0);
        int[] behind = stretches.get(masks);
        boolean cut = before.length + behind.length > room;
        if (cut) {
            // As much on either side; what one does not need is the other's.
            int left = Math.min(before.length, Math.max(room / 2, room - behind.length));
            stretches = new ArrayList<>(stretches);
            stretches.set(0, Arrays.copyOfRange(before, before.length - left, before.length));
            stretches.set(masks, Arrays.copyOf(behind, Math.min(behind.length, room - left)));
        }
        boolean[] inWord = new boolean[masks];
        for (int i = 0; i < masks; i++) {
            inWord[i] = !parts[i].isEmpty() && Character.isLetterOrDigit(parts[i].codePointBefore(parts[i].length()));
        }
        return new MaskedText(text, stretches, inWord, cut);
    }

    /** How many there are. */
    public int masks() {
        return inWord.length;
    }

    /** How many tokens it has, each mask taken for one. */
    public int length() {
        return SPECIALS + masks() + stretches.stream().mapToInt(ids -> ids.length).sum();
    }

    /**
     * [CLS] text [SEP].
     *
     * @param fillings for each mask what stands there
     * @return its masked positions are all those of the fillings, whatever stands there
     */
    public Scorer.Query query(SpecialTokens special, List<int[]> fillings) {
        IntStream.Builder ids = IntStream.builder().add(special.cls());
        IntStream.Builder positions = IntStream.builder();
        int length = 1;
        for (int i = 0; i < stretches.size(); i++) {
            Arrays.stream(stretches.get(i)).forEach(ids);
            length += stretches.get(i).length;
            if (i < fillings.size()) {
                Arrays.stream(fillings.get(i)).forEach(ids);
                IntStream.range(length, length + fillings.get(i).length).forEach(positions);
                length += fillings.get(i).length;
            }
        }
        int[] all = ids.add(special.sep()).build().toArray();
        return new Scorer.Query(all, new int[all.length], positions.build().toArray());
    }

    /** The same with a [MASK] in each place. */
    public Scorer.Query query(SpecialTokens special) {
        return query(special, IntStream.range(0, masks()).mapToObj(i -> new int[] {special.mask()}).toList());
    }

    /** Enough of a text to know it by. */
    static String start(String text) {
        return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
    }
}
