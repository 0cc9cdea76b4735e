package org.graphbert.text;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.graphbert.config.Failure;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;

/** A SentencePiece model: its pieces with their scores, and how text is made ready. Checked when it is read. */
final class SentencePieceModel {

    /** What a piece is for. */
    enum Kind {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE
    }

    /** Byte pieces, 256 of them, are written so. */
    private static final String BYTE_FORMAT = "<0x%02X>";

    private static final int BYTES = 256;

    /** The pieces of the bytes 0 to 255. */
    static final List<String> BYTE_PIECES =
            IntStream.range(0, BYTES).mapToObj(b -> String.format(BYTE_FORMAT, b)).toList();

    private final ModelProto proto;
    private final Object source;
    private final Kind[] kinds;
    private final Map<String, Integer> ids = new HashMap<>();
    private final int[] byteIds = new int[BYTES];
    private final DoubleArray trie;
    private final CharacterMap rules;
    private int unknown = -1;

    private SentencePieceModel(ModelProto proto, Object source) {
        this.proto = proto;
        this.source = source;
        kinds = new Kind[proto.getPiecesCount()];
        Map<String, Integer> found = new HashMap<>();
        for (int id = 0; id < kinds.length; id++) {
            kinds[id] = Kind.valueOf(proto.getPieces(id).getType().name());
            String piece = proto.getPieces(id).getPiece();
            check(piece, id);
            if (inText(kinds[id])) {
                found.put(piece, id);
            }
        }
        if (unknown < 0) {
            throw Failure.data("%s: no piece of type UNKNOWN among the %,d, expected one; get the model again",
                    source, kinds.length);
        }
        if (proto.getTrainerSpec().getByteFallback()) {
            for (int b = 0; b < BYTES; b++) {
                Integer id = ids.get(bytePiece(b));
                if (id == null || kinds[id] != Kind.BYTE) {
                    throw Failure.data("%s: byte_fallback is on, but there is no piece %s; get the model again",
                            source, bytePiece(b));
                }
                byteIds[b] = id;
            }
        }
        trie = DoubleArray.of(found);
        rules = CharacterMap.read(proto.getNormalizerSpec().getPrecompiledCharsmap(), source);
    }

    /**
     * Reads a model file.
     *
     * @throws Failure (data) if it is none, or broken, or of a type other than unigram and BPE
     */
    static SentencePieceModel parse(byte[] bytes, Object source) {
        ModelProto proto;
        try {
            proto = ModelProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.data(
                    "%s: not a SentencePiece model, or one that was cut or damaged, in its %,d bytes; get the file again or"
                            + " train one",
                    source, bytes.length, e);
        }
        if (proto.getPiecesCount() == 0) {
            throw Failure.data("%s: a SentencePiece model without pieces in its %,d bytes; get the file again or train one",
                    source, bytes.length);
        }
        return of(proto, source);
    }

    /** Checks a model; see {@link #parse}. */
    static SentencePieceModel of(ModelProto proto, Object source) {
        TrainerSpec.ModelType type = proto.getTrainerSpec().getModelType();
        if (type != TrainerSpec.ModelType.UNIGRAM && type != TrainerSpec.ModelType.BPE) {
            throw Failure.data("%s: a SentencePiece model of type %s, expected UNIGRAM or BPE; train one of these",
                    source, type);
        }
        return new SentencePieceModel(proto, source);
    }

    private void check(String piece, int id) {
        if (piece.isEmpty() || piece.indexOf('\0') >= 0) {
            throw Failure.data("%s: piece %,d is %s, expected text; get the model again",
                    source, id, piece.isEmpty() ? "empty" : "text with a zero character");
        }
        Integer first = ids.put(piece, id);
        if (first != null) {
            throw Failure.data("%s: pieces %,d and %,d are both '%s', expected each once; get the model again",
                    source, first, id, piece);
        }
        if (kinds[id] == Kind.UNKNOWN) {
            if (unknown >= 0) {
                throw Failure.data("%s: pieces %,d and %,d are both of type UNKNOWN, expected one; get the model again",
                        source, unknown, id);
            }
            unknown = id;
        }
        if (!Float.isFinite(proto.getPieces(id).getScore())) {
            throw Failure.data("%s: piece %,d ('%s') has score %s, expected a finite one; get the model again",
                    source, id, piece, proto.getPieces(id).getScore());
        }
    }

    private static boolean inText(Kind kind) {
        return kind == Kind.NORMAL || kind == Kind.USER_DEFINED || kind == Kind.UNUSED;
    }

    static String bytePiece(int value) {
        return BYTE_PIECES.get(value);
    }

    ModelProto proto() {
        return proto;
    }

    boolean isUnigram() {
        return proto.getTrainerSpec().getModelType() == TrainerSpec.ModelType.UNIGRAM;
    }

    int size() {
        return kinds.length;
    }

    String piece(int id) {
        return proto.getPieces(id).getPiece();
    }

    float score(int id) {
        return proto.getPieces(id).getScore();
    }

    Kind kind(int id) {
        return kinds[id];
    }

    OptionalInt id(String piece) {
        Integer id = ids.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Whether text is cut into this piece. */
    boolean inText(int id) {
        return inText(kinds[id]);
    }

    int unknown() {
        return unknown;
    }

    /** Whether unknown characters become bytes. */
    boolean hasBytes() {
        return proto.getTrainerSpec().getByteFallback();
    }

    /** The piece of a byte (0 to 255). */
    int byteId(int value) {
        return byteIds[value];
    }

    /** The byte of a byte piece. */
    int byteOf(int id) {
        return byteOf(piece(id));
    }

    /** The byte that a byte piece is written for. */
    static int byteOf(String piece) {
        return Integer.parseInt(piece.substring(3, 5), 16);
    }

    /** The pieces that text is cut into, their values being their ids. */
    DoubleArray trie() {
        return trie;
    }

    CharacterMap rules() {
        return rules;
    }
}
