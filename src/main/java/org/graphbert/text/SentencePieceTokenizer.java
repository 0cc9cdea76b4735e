package org.graphbert.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

    private final SentencePieceModel model;
    private final SpecialTokens special;
    private final SentencePieceNormalizer normalizer;
    private final Segmenter segmenter;
    private final SentencePieceWords words;
    private final String checksum;

    SentencePieceTokenizer(SentencePieceModel model, Object source) {
        this.model = model;
        special = SentencePieceSpecials.of(model, source);
        List<String> userDefined = new ArrayList<>();
        for (int id = 0; id < model.size(); id++) {
            if (model.kind(id) == SentencePieceModel.Kind.USER_DEFINED) {
                userDefined.add(model.piece(id));
            }
        }
        normalizer = new SentencePieceNormalizer(
                model.proto().getNormalizerSpec(),
                model.rules(),
                userDefined,
                model.proto().getTrainerSpec().getTreatWhitespaceAsSuffix());
        words = new SentencePieceWords(model);
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

    @Override
    public List<Encoding> encodeAroundGaps(List<String> stretches) {
        List<Encoding> encodings = new ArrayList<>();
        for (int i = 0; i < stretches.size(); i++) {
            boolean gapBefore = i > 0;
            boolean gapBehind = i + 1 < stretches.size();
            encodings.add(encoding(normalizer.normalize(stretches.get(i), gapBefore, gapBehind)));
        }
        return encodings;
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
                out.add(id, startsWord(out, id), normalized.start(begin), normalized.end(last));
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
            out.add(id, startsWord(out, id), text.start(first), text.end(last));
        }
    }

    private boolean startsWord(EncodingBuffer before, int id) {
        return words.start(id) || !before.isEmpty() && words.end(before.last());
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
                // Nothing was counted of user-defined pieces: the text was cut around them.
                return model.kind(id) == SentencePieceModel.Kind.NORMAL
                        ? model.piece(id).codePointCount(0, model.piece(id).length())
                        : 0;
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
        for (int id : ids) {
            Vocabulary.requireId(id, size());
        }
        return PieceText.of(ids, model);
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

    /** By the piece itself, see {@link SentencePieceWords}. */
    @Override
    public boolean startsWord(int id) {
        Vocabulary.requireId(id, size());
        return words.start(id);
    }

    @Override
    public boolean startsWordBehind(int before, int id) {
        return startsWord(id) || words.end(before);
    }

    @Override
    public String readable(int id) {
        Vocabulary.requireId(id, size());
        return words.readable(id);
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
        NormalizerSpec normalizer = model.proto().getNormalizerSpec();
        Checksum sum = new Checksum()
                .add("%s spaceInFront=%b singleSpaces=%b escapes=%b asSuffix=%b bytes=%b\n",
                        model.isUnigram() ? UNIGRAM : BPE,
                        normalizer.getAddDummyPrefix(),
                        normalizer.getRemoveExtraWhitespaces(),
                        normalizer.getEscapeWhitespaces(),
                        model.proto().getTrainerSpec().getTreatWhitespaceAsSuffix(),
                        model.hasBytes());
        for (int id = 0; id < model.size(); id++) {
            // Put together by hand: formatting takes longer than all the rest of loading a large model.
            String score = HexFormat.of().toHexDigits(Float.floatToIntBits(model.score(id)));
            sum.add((model.piece(id) + " " + model.kind(id) + " " + score + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return sum.add(model.rules().bytes().toByteArray()).hex();
    }
}
