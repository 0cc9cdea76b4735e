package org.graphbert.evaluate.tag;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.graphbert.config.Failure;
import org.graphbert.text.SpecialTokens;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.junit.jupiter.api.Test;

/** Tagged sentences as a model sees them, and the tags that come back. */
class EncodedTagsTest {

    private static final Tokenizer TOKENIZER =
            Tokenizers.load(Path.of("src/test/resources/golden/tokenizer/wordpiece-vocab.txt"), null);
    private static final SpecialTokens SPECIAL = TOKENIZER.special();
    private static final List<String> TAGS = List.of("B-a", "I-a", "O");
    /** Of one piece, of several, of very many, unknown, and of none. */
    private static final List<String> WORDS = List.of("the", "of", "tokenizers", "3.14159", "e-mail's", "x".repeat(30) + "-.".repeat(20),
            "\ud83d\ude00", "\u200b", "\u0000");

    @Test
    void tagsAreThoseOfFirstPieces() {
        String several = "unaffable,";
        int[] pieces = TOKENIZER.encode(several).ids();
        assertTrue(pieces.length > 1);
        TaggedSentence sentence = new TaggedSentence(1, List.of("the", several, "\u200b", "of"), List.of("O", "B-a", "B-z", "I-a"));
        List<TagWindow> windows = EncodedTags.of(List.of(sentence), TAGS, TOKENIZER, 32).windows();
        assertEquals(1, windows.size());
        TagWindow window = windows.get(0);
        assertArrayEquals(IntStream.of(SPECIAL.cls(), TOKENIZER.id("the").orElseThrow()).toArray(), Arrays.copyOf(window.query().inputIds(), 2));
        assertArrayEquals(new int[] {1, 2, 2 + pieces.length, 3 + pieces.length}, window.positions());
        assertEquals(SPECIAL.unk(), window.query().inputIds()[2 + pieces.length], "a word without pieces");
        assertEquals(SPECIAL.sep(), window.query().inputIds()[4 + pieces.length]);
        assertArrayEquals(new int[] {2, 0, -1, 1}, window.labels());
        assertArrayEquals(new int[window.query().inputIds().length], window.query().segmentIds());
    }

    /** Each word is tagged once, at its own first piece, and what is predicted there comes back as its tag. */
    @Property(tries = 300)
    void everyWordIsTaggedOnce(@ForAll long seed, @ForAll @IntRange(min = 3, max = 60) int longest) {
        Random random = new Random(seed);
        List<TaggedSentence> sentences = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(4); i++) {
            int n = 1 + random.nextInt(80);
            List<String> words = IntStream.range(0, n).mapToObj(w -> WORDS.get(random.nextInt(random.nextInt(4) == 0 ? 9 : 3))).toList();
            sentences.add(new TaggedSentence(1, words, words.stream().map(word -> TAGS.get(random.nextInt(3))).toList()));
        }
        EncodedTags encoded = EncodedTags.of(sentences, TAGS, TOKENIZER, longest);
        List<List<Integer>> seen = new ArrayList<>();
        sentences.forEach(sentence -> seen.add(new ArrayList<>(Collections.nCopies(sentence.words().size(), 0))));
        for (TagWindow window : encoded.windows()) {
            int[] ids = window.query().inputIds();
            assertTrue(ids.length <= longest, "seed " + seed + ": " + ids.length);
            for (int i = 0; i < window.positions().length; i++) {
                int word = window.firstWord() + i;
                seen.get(window.sentence()).set(word, seen.get(window.sentence()).get(word) + 1);
                int[] pieces = TOKENIZER.encode(sentences.get(window.sentence()).words().get(word)).ids();
                assertEquals(pieces.length == 0 ? SPECIAL.unk() : pieces[0], ids[window.positions()[i]], "seed " + seed);
            }
        }
        seen.forEach(counts -> assertEquals(Collections.nCopies(counts.size(), 1), counts, "seed " + seed));
        assertEquals(sentences.stream().map(TaggedSentence::tags).toList(),
                encoded.decode(encoded.windows().stream().map(TagWindow::labels).toList()));
    }

    /** Words in the middle of a long sentence are not tagged at the edge of a window. */
    @Test
    void windowsGiveContext() {
        TaggedSentence sentence = new TaggedSentence(1, Collections.nCopies(200, "the"), List.of());
        List<TagWindow> windows = EncodedTags.of(List.of(sentence), TAGS, TOKENIZER, 42).windows();
        assertEquals(7, windows.size()); // of 40 words each, 30 of them new
        for (TagWindow window : windows) {
            int last = window.query().inputIds().length - 2;
            int from = window.positions()[0];
            int to = window.positions()[window.positions().length - 1];
            assertTrue(window.firstWord() == 0 || from == 6, "begins at " + from);
            assertTrue(window.firstWord() + window.positions().length == 200 || to == last - 5, "ends at " + to + " of " + last);
            assertTrue(Arrays.stream(window.labels()).allMatch(label -> label == -1));
        }
    }

    @Test
    void modelsThatTakeNoWordAreRefused() {
        TaggedSentence sentence = new TaggedSentence(1, List.of("the"), List.of());
        assertEquals(1, EncodedTags.of(List.of(sentence), TAGS, TOKENIZER, 3).windows().size());
        assertThrows(Failure.class, () -> EncodedTags.of(List.of(sentence), TAGS, TOKENIZER, 2));
    }
}
