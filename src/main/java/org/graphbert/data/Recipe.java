package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.IllformedLocaleException;
import java.util.Locale;
import org.graphbert.config.Failure;
import org.graphbert.corpus.DocumentOptions;
import org.graphbert.corpus.Sentences;

/**
 * Everything that decides a data set besides its inputs and its tokenizer.
 *
 * @param pairs how pairs are made
 * @param masks how they are masked
 * @param documents which of the inputs' documents are taken
 * @param duplicates how many copies of the corpus, each paired and masked anew, the training set holds. The reference's
 *     dupe_factor is 10; 1 is our default, because the loader can mask dynamically and the files are a tenth. The
 *     held-out set always holds one.
 * @param sentences what a line of the input is
 * @param language BCP 47 tag, for splitting sentences
 * @param heldOut the share of documents set aside, 0 for none
 * @param shards number of files, 0 to decide by the size of the input
 * @param seed of every random choice
 * @param encoding of the inputs' text; a manifest without it means UTF-8, and one with UTF-8 leaves it out
 */
public record Recipe(
        PairOptions pairs,
        MaskOptions masks,
        DocumentOptions documents,
        int duplicates,
        Sentences sentences,
        String language,
        double heldOut,
        int shards,
        long seed,
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = Recipe.Utf8.class) Charset encoding) {

    /** google-research/bert's. */
    public static final long DEFAULT_SEED = 12345;

    private static final double MOST_HELD_OUT = 0.5;
    private static final int MOST_SHARDS = 99_999; // file names have five digits
    private static final long BYTES_A_SHARD = 256L << 20;

    public static final Recipe DEFAULT = new Recipe(
            PairOptions.DEFAULT, MaskOptions.standard(PairOptions.DEFAULT.maxSeqLength()), 1, Sentences.AUTO, "en", 0, 0,
            DEFAULT_SEED);

    /** Equal to what a manifest leaves out, so that those of UTF-8 stay the bytes that they were. */
    static final class Utf8 {
        @Override
        public boolean equals(Object other) {
            return StandardCharsets.UTF_8.equals(other);
        }

        @Override
        public int hashCode() {
            return StandardCharsets.UTF_8.hashCode();
        }
    }

    public Recipe {
        encoding = encoding == null ? StandardCharsets.UTF_8 : encoding;
        if (masks.maxPredictions() > pairs.maxSeqLength()) {
            throw Failure.usage("--max-predictions-per-seq is %d, more than --max-seq-length %d",
                    masks.maxPredictions(), pairs.maxSeqLength());
        }
        if (duplicates < 1) {
            throw Failure.usage("--duplicates is %d, expected at least 1", duplicates);
        }
        if (!(heldOut >= 0 && heldOut <= MOST_HELD_OUT)) {
            throw Failure.usage("--held-out is %s, expected a share from 0 to %s", heldOut, MOST_HELD_OUT);
        }
        if (shards < 0 || shards > MOST_SHARDS) {
            throw Failure.usage("--shards is %d, expected 1 to %d, or 0 to decide by the input's size", shards,
                    MOST_SHARDS);
        }
        try {
            new Locale.Builder().setLanguageTag(language);
        } catch (IllformedLocaleException e) {
            throw Failure.usage("--language is '%s', expected a tag such as en, de or pt-BR", language);
        }
    }

    /** For all documents of text files in UTF-8. */
    public Recipe(
            PairOptions pairs,
            MaskOptions masks,
            int duplicates,
            Sentences sentences,
            String language,
            double heldOut,
            int shards,
            long seed) {
        this(pairs, masks, DocumentOptions.DEFAULT, duplicates, sentences, language, heldOut, shards, seed,
                StandardCharsets.UTF_8);
    }

    /** The same for records of another length and room for predictions. */
    public Recipe withLength(int maxSeqLength, int maxPredictions) {
        return new Recipe(pairs.withMaxSeqLength(maxSeqLength), masks.withMaxPredictions(maxPredictions), documents,
                duplicates, sentences, language, heldOut, shards, seed, encoding);
    }

    /** The number of shards for inputs of that size: a file of some 256 MB of input each, unless told. */
    int shards(long inputBytes) {
        return shards > 0 ? shards : (int) Math.min(MOST_SHARDS, Math.max(1, (inputBytes + BYTES_A_SHARD - 1) / BYTES_A_SHARD));
    }
}
