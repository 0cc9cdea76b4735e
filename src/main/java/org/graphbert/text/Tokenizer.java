package org.graphbert.text;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/** Text to token ids and back. Implementations are immutable and safe to share between threads. */
public interface Tokenizer {

    /** Encodes text, without adding special tokens; special tokens written in the text are ordinary text. */
    Encoding encode(String text);

    /** The tokens of a text, as {@link #encode} finds them; an unknown one may be given as the text that it stands for. */
    default List<String> tokens(String text) {
        return Arrays.stream(encode(text).ids()).mapToObj(this::token).toList();
    }

    /**
     * Encodes a text with gaps, each of which takes up the place of one token, such as [MASK]: the stretches before,
     * between and behind the gaps. Where tokens carry their spaces, a space beside a gap is the missing token's or that of
     * the stretch, just as in running text, and a stretch behind a gap gets no space that is not there.
     *
     * @param stretches one more than there are gaps; any may be empty
     * @return for each stretch its tokens, offsets within the stretch
     */
    default List<Encoding> encodeAroundGaps(List<String> stretches) {
        return stretches.stream().map(this::encode).toList();
    }

    /** The text that the ids stand for, special tokens written as they are; pieces of a word are rejoined. */
    String decode(int[] ids);

    /** The token with this id. */
    String token(int id);

    /**
     * The token as people read it in a list, different for each: a word is written without its space, and "##" is before
     * what goes on with one.
     */
    default String readable(int id) {
        return token(id);
    }

    /** The id of a token, empty if the vocabulary lacks it. */
    OptionalInt id(String token);

    /** The number of entries in the vocabulary. */
    int size();

    /** The ids of the five special tokens. */
    SpecialTokens special();

    /** Whether the token with this id begins a word (for whole-word masking); special tokens do. */
    boolean startsWord(int id);

    /**
     * Whether the second of two neighbouring tokens begins a word: as {@link #startsWord} says, and where that goes by
     * spaces also if the first ends one, as punctuation does.
     */
    default boolean startsWordBehind(int before, int id) {
        return startsWord(id);
    }

    /** A short name of the kind: wordpiece, unigram or bpe. */
    String type();

    /** SHA-256, in hexadecimal, over everything that decides the encoding (entries, kind, options). */
    String checksum();

    /** Writes the tokenizer's files into the directory, which is created if need be. */
    void save(Path directory);
}
