package org.graphbert.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * WordPiece as BERT has it: basic tokens, each cut greedily into the longest pieces of the vocabulary, or [UNK] as a
 * whole if that fails (google-research/bert, tokenization.py). Gives the ids of Hugging Face's BertWordPieceTokenizer.
 */
public final class WordPieceTokenizer implements Tokenizer {

    public static final String TYPE = "wordpiece";

    /** Marks a piece that continues a word. */
    public static final String CONTINUATION = "##";

    /** A slot for an entry that is added later; text never becomes it, as its brackets are words of their own. */
    private static final Pattern UNUSED = Pattern.compile("\\[unused\\d+]");

    /** An English text has about so many for each token; a buffer that is too small grows. */
    private static final int CHARACTERS_A_TOKEN = 4;

    private final Vocabulary vocabulary;
    private final WordPieceOptions options;
    private final LongestMatch match;
    private final String checksum;

    WordPieceTokenizer(Vocabulary vocabulary, WordPieceOptions options) {
        this.vocabulary = vocabulary;
        this.options = options;
        match = LongestMatch.of(vocabulary.entries(), CONTINUATION);
        checksum = checksum(vocabulary, options);
    }

    /**
     * A tokenizer of these entries, the id of each being its index.
     *
     * @throws org.graphbert.config.Failure (data) if an entry is empty or occurs twice or a special token is missing
     */
    public static WordPieceTokenizer of(List<String> entries, WordPieceOptions options) {
        return new WordPieceTokenizer(new Vocabulary(entries, "vocabulary"), options);
    }

    @Override
    public Encoding encode(String text) {
        EncodingBuffer out = new EncodingBuffer(text.length() / CHARACTERS_A_TOKEN + 8);
        BasicWords words = new BasicWords(options).over(text);
        int[] pieces = new int[WordPieceOptions.DEFAULT_MAX_WORD_LENGTH];
        while (words.next()) {
            int length = words.length();
            boolean tooLong = length > options.maxWordLength();
            if (length > pieces.length && !tooLong) {
                pieces = new int[length];
            }
            int count = tooLong ? LongestMatch.UNKNOWN : match.cut(words.codePoints(), 0, length, pieces);
            if (count == LongestMatch.UNKNOWN) {
                out.add(vocabulary.special().unk(), true, words.start(0), words.end(length - 1));
            }
            for (int i = 0, from = 0; i < count; i++) {
                int end = from + match.length(pieces[i]);
                out.add(pieces[i], i == 0, words.start(from), words.end(end - 1));
                from = end;
            }
        }
        return out.toEncoding();
    }

    /** How basic tokens are encoded. */
    UnitPieces unitPieces() {
        return new UnitPieces() {
            @Override
            public int[] ids(int[] codePoints, int from, int to) {
                int[] pieces = new int[to - from];
                int count = to - from > options.maxWordLength()
                        ? LongestMatch.UNKNOWN
                        : match.cut(codePoints, from, to, pieces);
                return count == LongestMatch.UNKNOWN
                        ? new int[] {vocabulary.special().unk()}
                        : Arrays.copyOf(pieces, count);
            }

            @Override
            public boolean beginsWord(int[] codePoints, int from, int to) {
                return true;
            }

            @Override
            public int length(int id) {
                boolean fromText = !vocabulary.special().contains(id) && !UNUSED.matcher(token(id)).matches();
                return fromText ? match.length(id) : 0;
            }
        };
    }

    /** Words separated by one space, their pieces joined; nothing else is tidied, so that encoding gives the ids back. */
    @Override
    public String decode(int[] ids) {
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            String token = vocabulary.token(id);
            if (!startsWord(id) && text.length() > 0) {
                text.append(token, CONTINUATION.length(), token.length());
            } else {
                text.append(text.length() > 0 ? " " : "").append(token);
            }
        }
        return text.toString();
    }

    @Override
    public String token(int id) {
        return vocabulary.token(id);
    }

    @Override
    public OptionalInt id(String token) {
        return vocabulary.id(token);
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public SpecialTokens special() {
        return vocabulary.special();
    }

    /** By the ## rule of google-research/bert's create_pretraining_data.py. */
    @Override
    public boolean startsWord(int id) {
        return !isContinuation(vocabulary.token(id));
    }

    /** "##" and something behind it; "##" alone is a word. */
    private static boolean isContinuation(String token) {
        return token.length() > CONTINUATION.length() && token.startsWith(CONTINUATION);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public String checksum() {
        return checksum;
    }

    /** How text is made ready. */
    public WordPieceOptions options() {
        return options;
    }

    /** The entries in the order of their ids. */
    public List<String> entries() {
        return vocabulary.entries();
    }

    /** Writes vocab.txt, tokenizer_config.json and tokenizer.json, Hugging Face's names; see {@link WordPieceFiles}. */
    @Override
    public void save(Path directory) {
        WordPieceFiles.write(this, directory);
    }

    private static String checksum(Vocabulary vocabulary, WordPieceOptions options) {
        return new Checksum()
                .add("%s lowerCase=%b stripAccents=%b splitChinese=%b maxWordLength=%d\n",
                        TYPE, options.lowerCase(), options.stripAccents(), options.splitChinese(), options.maxWordLength())
                .add(vocabulary.toText().getBytes(StandardCharsets.UTF_8))
                .hex();
    }
}
