package org.graphbert.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacter.LineBreak;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UProperty;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import org.graphbert.config.Failure;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;

/**
 * SentencePiece (Kudo and Richardson 2018), unigram or BPE: text is normalised, its spaces are put to U+2581, and all of
 * it is cut into pieces. Gives the ids of the sentencepiece library for the same model.
 */
public final class SentencePieceTokenizer implements Tokenizer {

    public static final String UNIGRAM = "unigram";
    public static final String BPE = "bpe";

    static final char SPACE = '\u2581';

    private static final char REPLACEMENT = '\uFFFD';

    /** General categories as bits. */
    private static final int MARKS_AND_NUMBERS = 1 << UCharacterCategory.NON_SPACING_MARK
            | 1 << UCharacterCategory.COMBINING_SPACING_MARK
            | 1 << UCharacterCategory.ENCLOSING_MARK
            | 1 << UCharacterCategory.LETTER_NUMBER
            | 1 << UCharacterCategory.OTHER_NUMBER;

    private final SentencePieceModel model;
    private final SpecialTokens special;
    private final SentencePieceNormalizer normalizer;
    private final Segmenter segmenter;
    private final boolean[] wordStarts;
    private final String checksum;

    SentencePieceTokenizer(SentencePieceModel model, Object source) {
        this.model = model;
        special = SentencePieceSpecials.of(model, source);
        List<String> userDefined = new ArrayList<>();
        wordStarts = new boolean[model.size()];
        for (int id = 0; id < wordStarts.length; id++) {
            wordStarts[id] = beginsWord(model.kind(id), model.piece(id));
            if (model.kind(id) == SentencePieceModel.Kind.USER_DEFINED) {
                userDefined.add(model.piece(id));
            }
        }
        normalizer = new SentencePieceNormalizer(
                model.proto().getNormalizerSpec(),
                model.rules(),
                userDefined,
                model.proto().getTrainerSpec().getTreatWhitespaceAsSuffix());
        segmenter = model.isUnigram() ? new UnigramSegmenter(model) : new PairSegmenter(model);
        checksum = checksum(model);
    }

    /**
     * Reads a .model file's content.
     *
     * @param source what errors name
     * @throws Failure (data) if it is no SentencePiece model, is broken, or lacks one of BERT's special tokens
     */
    static SentencePieceTokenizer parse(byte[] bytes, Object source) {
        return new SentencePieceTokenizer(SentencePieceModel.parse(bytes, source), source);
    }

    /**
     * Neighbouring unknown characters are one [UNK] (or bytes, if the model has them). A token's offsets leave out the
     * space before it; those of U+2581 alone are the space's, or nothing at the beginning of the text.
     */
    @Override
    public Encoding encode(String text) {
        return encoding(normalizer.normalize(text));
    }

    private Encoding encoding(Normalized normalized) {
        Segments segments = segmenter.segment(normalized);
        EncodingBuffer out = new EncodingBuffer(segments.size() + 8);
        for (int i = 0; i < segments.size(); i++) {
            int id = segments.id(i);
            int first = segments.start(i);
            int last = segments.end(i) - 1;
            if (id != special.unk()) {
                boolean withSpace = last >= first + Normalized.SPACE.length && normalized.isSpace(first);
                int begin = withSpace ? first + Normalized.SPACE.length : first;
                out.add(id, wordStarts[id], normalized.start(begin), normalized.end(last));
            } else if (model.hasBytes()) {
                addBytes(normalized, first, last, out);
            } else if (i > 0 && segments.id(i - 1) == id) {
                out.extend(normalized.end(last));
            } else {
                out.add(id, true, normalized.start(first), normalized.end(last));
            }
        }
        return out.toEncoding();
    }

    private void addBytes(Normalized text, int first, int last, EncodingBuffer out) {
        for (int i = first; i <= last; i++) {
            int id = model.byteId(text.bytes()[i] & 0xFF);
            out.add(id, wordStarts[id], text.start(first), text.end(last));
        }
    }

    /** As {@link #encode} has them; an unknown piece is given as the normalised text that it stands for. */
    @Override
    public List<String> tokens(String text) {
        Normalized normalized = normalizer.normalize(text);
        Segments segments = segmenter.segment(normalized);
        List<String> tokens = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            int id = segments.id(i);
            if (id != special.unk()) {
                tokens.add(model.piece(id));
            } else if (model.hasBytes()) {
                for (int at = segments.start(i); at < segments.end(i); at++) {
                    tokens.add(SentencePieceModel.bytePiece(normalized.bytes()[at] & 0xFF));
                }
            } else {
                int from = segments.start(i);
                while (i + 1 < segments.size() && segments.id(i + 1) == id) {
                    i++;
                }
                tokens.add(normalized.text(from, segments.end(i)));
            }
        }
        return tokens;
    }

    /** For the report on a training. */
    UnitPieces unitPieces() {
        return new UnitPieces() {
            @Override
            public int[] ids(int[] codePoints, int from, int to) {
                Normalized unit = new Normalized(2 * (to - from));
                for (int i = from; i < to; i++) {
                    unit.addCodePoint(codePoints[i], 0, 0);
                }
                return encoding(unit).ids();
            }

            @Override
            public boolean beginsWord(int[] codePoints, int from, int to) {
                return codePoints[from] == SPACE;
            }

            @Override
            public int length(int id) {
                return model.inText(id) ? model.piece(id).codePointCount(0, model.piece(id).length()) : 0;
            }
        };
    }

    /** The text as the model reads it, its spaces as U+2581. */
    String normalized(String text) {
        Normalized normalized = normalizer.normalize(text);
        return normalized.text(0, normalized.length());
    }

    /** As sentencepiece decodes, but special tokens are written as they are, as with every other tokenizer. */
    @Override
    public String decode(int[] ids) {
        boolean trimsAll = model.proto().getNormalizerSpec().getRemoveExtraWhitespaces();
        boolean trims = trimsAll || model.proto().getNormalizerSpec().getAddDummyPrefix();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ids.length; ) {
            String piece = token(ids[i]);
            switch (model.kind(ids[i])) {
                case BYTE -> i = appendBytes(ids, i, text);
                case CONTROL, UNKNOWN -> {
                    text.append(piece);
                    i++;
                }
                default -> {
                    boolean trimmed = trims && text.isEmpty() && piece.charAt(0) == SPACE;
                    text.append((trimmed ? piece.substring(1) : piece).replace(SPACE, ' '));
                    trims &= trimsAll || !trimmed;
                    i++;
                }
            }
        }
        return text.toString();
    }

    /** Appends the text of the byte pieces from an index on, U+FFFD for each byte that is not UTF-8; says where they end. */
    private int appendBytes(int[] ids, int from, StringBuilder text) {
        int end = from;
        ByteBuffer bytes = ByteBuffer.allocate(ids.length - from);
        while (end < ids.length && isByte(ids[end])) {
            bytes.put((byte) model.byteOf(ids[end++]));
        }
        bytes.flip();
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        while (decoder.decode(bytes, chars, true).isError()) {
            bytes.get();
            chars.put(REPLACEMENT);
        }
        text.append(chars.flip());
        return end;
    }

    private boolean isByte(int id) {
        token(id);
        return model.kind(id) == SentencePieceModel.Kind.BYTE;
    }

    @Override
    public String token(int id) {
        Vocabulary.requireId(id, size());
        return model.piece(id);
    }

    @Override
    public OptionalInt id(String token) {
        return model.id(token);
    }

    @Override
    public int size() {
        return model.size();
    }

    @Override
    public SpecialTokens special() {
        return special;
    }

    /**
     * A piece begins a word if it begins with a space, or with anything but a letter, mark or number of a script that
     * puts spaces between words: punctuation is a word of its own, as are pieces of Chinese, Japanese or Thai.
     */
    @Override
    public boolean startsWord(int id) {
        Vocabulary.requireId(id, size());
        return wordStarts[id];
    }

    private static boolean beginsWord(SentencePieceModel.Kind kind, String piece) {
        if (kind == SentencePieceModel.Kind.BYTE) {
            int value = Integer.parseInt(piece.substring(3, 5), 16);
            boolean continuesCharacter = (value & 0xC0) == 0x80;
            return !continuesCharacter;
        }
        if (kind != SentencePieceModel.Kind.NORMAL) {
            return true;
        }
        int first = piece.codePointAt(0);
        boolean inWord = UCharacter.isLetterOrDigit(first)
                || (1 << UCharacter.getType(first) & MARKS_AND_NUMBERS) != 0;
        return !inWord || switch (UCharacter.getIntPropertyValue(first, UProperty.LINE_BREAK)) {
            // Unicode's line breaking classes of ideographs, kana, and the scripts of South East Asia.
            case LineBreak.IDEOGRAPHIC, LineBreak.CONDITIONAL_JAPANESE_STARTER, LineBreak.NONSTARTER,
                    LineBreak.COMPLEX_CONTEXT -> true;
            default -> false;
        };
    }

    @Override
    public String type() {
        return model.isUnigram() ? UNIGRAM : BPE;
    }

    @Override
    public String checksum() {
        return checksum;
    }

    SentencePieceModel model() {
        return model;
    }

    /** Writes spiece.model and tokenizer_config.json. */
    @Override
    public void save(Path directory) {
        SentencePieceFiles.write(this, directory);
    }

    private static String checksum(SentencePieceModel model) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            NormalizerSpec normalizer = model.proto().getNormalizerSpec();
            String header = String.format(
                    "%s spaceInFront=%b singleSpaces=%b escapes=%b asSuffix=%b bytes=%b\n",
                    model.isUnigram() ? UNIGRAM : BPE,
                    normalizer.getAddDummyPrefix(),
                    normalizer.getRemoveExtraWhitespaces(),
                    normalizer.getEscapeWhitespaces(),
                    model.proto().getTrainerSpec().getTreatWhitespaceAsSuffix(),
                    model.hasBytes());
            sha.update(header.getBytes(StandardCharsets.UTF_8));
            for (int id = 0; id < model.size(); id++) {
                String score = HexFormat.of().toHexDigits(Float.floatToIntBits(model.score(id)));
                String entry = model.piece(id) + " " + model.kind(id) + " " + score + "\n";
                sha.update(entry.getBytes(StandardCharsets.UTF_8));
            }
            sha.update(model.rules().bytes().toByteArray());
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
