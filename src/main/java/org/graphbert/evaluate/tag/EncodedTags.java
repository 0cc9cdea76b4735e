package org.graphbert.evaluate.tag;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.evaluate.Scorer;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;

/**
 * Tagged sentences as token ids. A word is encoded by itself, and its tag is that of its first piece (Devlin et al. 2018,
 * 5.3); one that no piece comes of, such as a control character, is [UNK]. A sentence longer than the model takes is cut
 * between words into windows that overlap; each word is tagged in one of them, where it has some context on both sides.
 *
 * @param sentences how many words each has
 * @param tags a class is an index here
 */
public record EncodedTags(List<Integer> sentences, List<String> tags, List<TagWindow> windows) {

    /** Of a window, how much it may share with the next. */
    private static final int OVERLAP = 4;

    public EncodedTags {
        sentences = List.copyOf(sentences);
        tags = List.copyOf(tags);
        windows = List.copyOf(windows);
    }

    /**
     * Encodes sentences.
     *
     * @param tags in the order of their classes
     * @param longest how many tokens a window may have, with [CLS] and [SEP]
     */
    public static EncodedTags of(List<TaggedSentence> sentences, List<String> tags, Tokenizer tokenizer, int longest) {
        int most = longest - 2;
        if (most < 1) {
            throw Failure.usage("the model takes sequences of %d tokens, which leaves none for a word beside [CLS] and [SEP]", longest);
        }
        Map<String, Integer> classes = new HashMap<>();
        tags.forEach(tag -> classes.put(tag, classes.size()));
        SpecialTokens special = tokenizer.special();
        List<TagWindow> windows = new ArrayList<>();
        for (int i = 0; i < sentences.size(); i++) {
            TaggedSentence sentence = sentences.get(i);
            int[][] pieces = sentence.words().stream().map(word -> pieces(tokenizer, word, most)).toArray(int[][]::new);
            int[] labels = IntStream.range(0, pieces.length)
                    .map(word -> sentence.tags().isEmpty() ? -1 : classes.getOrDefault(sentence.tags().get(word), -1)).toArray();
            add(windows, i, pieces, labels, most, special);
        }
        return new EncodedTags(sentences.stream().map(sentence -> sentence.words().size()).toList(), tags, windows);
    }

    /**
     * The tags of all words.
     *
     * @param predicted for each window the classes of its W words
     * @return for each sentence the tags of its words
     */
    public List<List<String>> decode(List<int[]> predicted) {
        if (predicted.size() != windows.size()) {
            throw new IllegalArgumentException(predicted.size() + " predictions of " + windows.size() + " windows");
        }
        List<List<String>> decoded = new ArrayList<>();
        sentences.forEach(words -> decoded.add(new ArrayList<>(Collections.nCopies(words, null))));
        for (int i = 0; i < windows.size(); i++) {
            TagWindow window = windows.get(i);
            for (int word = 0; word < window.positions().length; word++) {
                decoded.get(window.sentence()).set(window.firstWord() + word, tags.get(predicted.get(i)[word]));
            }
        }
        return decoded;
    }

    private static int[] pieces(Tokenizer tokenizer, String word, int most) {
        int[] ids = tokenizer.encode(word).ids();
        return ids.length == 0 ? new int[] {tokenizer.special().unk()} : Arrays.copyOf(ids, Math.min(ids.length, most));
    }

    private static void add(
            List<TagWindow> windows, int sentence, int[][] pieces, int[] labels, int most, SpecialTokens special) {
        int tagged = 0; // words so far
        int from = 0;
        while (tagged < pieces.length) {
            int to = from;
            for (int room = most; to < pieces.length && pieces[to].length <= room; to++) {
                room -= pieces[to].length;
            }
            int next = to;
            for (int shared = most / OVERLAP; to < pieces.length && next > from + 1 && pieces[next - 1].length <= shared; next--) {
                shared -= pieces[next - 1].length;
            }
            // What two windows share is tagged half in the one, half in the other.
            int until = to == pieces.length ? to : (next + to + 1) / 2;
            if (until > tagged) {
                windows.add(window(sentence, pieces, labels, new int[] {from, to}, new int[] {tagged, until}, special));
                tagged = until;
            }
            from = next;
        }
    }

    private static TagWindow window(
            int sentence, int[][] pieces, int[] labels, int[] shown, int[] tagged, SpecialTokens special) {
        int[][] words = Arrays.copyOfRange(pieces, shown[0], shown[1]);
        int[] positions = new int[tagged[1] - tagged[0]];
        int position = 1; // behind [CLS]
        for (int word = shown[0]; word < tagged[1]; word++) {
            if (word >= tagged[0]) {
                positions[word - tagged[0]] = position;
            }
            position += pieces[word].length;
        }
        int[] ids = Arrays.stream(words).flatMapToInt(Arrays::stream).toArray();
        return new TagWindow(Scorer.Query.of(special, ids), sentence, tagged[0], positions,
                Arrays.copyOfRange(labels, tagged[0], tagged[1]));
    }
}
