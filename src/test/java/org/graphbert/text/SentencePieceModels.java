package org.graphbert.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.ModelProto.SentencePiece;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;

/** Small models made by hand. */
final class SentencePieceModels {

    private SentencePieceModels() {}

    /** BERT's special tokens and these pieces; text is not normalised beyond its spaces. */
    static ModelProto.Builder of(TrainerSpec.ModelType type, Map<String, Float> pieces) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setTrainerSpec(TrainerSpec.newBuilder().setModelType(type))
                .setNormalizerSpec(NormalizerSpec.newBuilder());
        for (String special : Vocabulary.SPECIAL) {
            add(model, special, 0, special.equals(SpecialTokens.UNK) ? SentencePiece.Type.UNKNOWN : SentencePiece.Type.CONTROL);
        }
        pieces.forEach((piece, score) -> add(model, piece, score, SentencePiece.Type.NORMAL));
        return model;
    }

    static void add(ModelProto.Builder model, String piece, float score, SentencePiece.Type type) {
        model.addPieces(SentencePiece.newBuilder().setPiece(piece).setScore(score).setType(type));
    }

    static SentencePieceTokenizer tokenizer(ModelProto.Builder model) {
        return new SentencePieceTokenizer(SentencePieceModel.of(model.build(), "made by hand"), "made by hand");
    }

    /** Pieces with the scores 0, -1, -2, … in their order. */
    static Map<String, Float> ranked(List<String> pieces) {
        Map<String, Float> ranked = new LinkedHashMap<>();
        for (String piece : pieces) {
            ranked.put(piece, -(float) ranked.size());
        }
        return ranked;
    }
}
