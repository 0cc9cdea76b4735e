package org.graphbert.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.graphbert.config.Failure;
import org.graphbert.config.Progress;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.ModelProto.SentencePiece;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;

/**
 * Trains SentencePiece models (Kudo and Richardson 2018) that the sentencepiece library loads. The order of the pieces
 * is: BERT's special tokens, unused slots, user-defined pieces, bytes, what was learned. The same corpus and settings
 * always give the same model.
 */
public final class SentencePieceTrainer {

    private static final int PAD_ID = 0;
    private static final int UNK_ID = 1;
    private static final int NO_ID = -1;

    private final SentencePieceTraining settings;
    private final ModelProto.Builder model = ModelProto.newBuilder();
    private final NormalizerSpec normalizer;
    private final CharacterMap rules;

    private SentencePieceTrainer(SentencePieceTraining settings) {
        this.settings = settings;
        rules = CompiledRules.of(settings.normalization());
        normalizer = NormalizerSpec.newBuilder()
                .setName(settings.normalization())
                .setPrecompiledCharsmap(rules.bytes())
                .setAddDummyPrefix(true)
                .setRemoveExtraWhitespaces(true)
                .setEscapeWhitespaces(true)
                .build();
        addGiven();
    }

    /**
     * Trains on lines of text, which may be read on any thread, but one at a time.
     *
     * @throws Failure (data) if the lines hold no text; (usage) if the vocabulary size is below what must be in it or
     *     above what the corpus gives
     */
    public static TrainedTokenizer train(Iterator<String> lines, SentencePieceTraining settings, Progress progress) {
        SentencePieceTrainer trainer = new SentencePieceTrainer(settings);
        WordCounts words = WordCounter.count(
                lines, trainer::words, Integer.MAX_VALUE, settings.maxWords(), settings.threads(), progress);
        int pieces = settings.vocabularySize() - trainer.model.getPiecesCount();
        List<ScoredPiece> learned = switch (settings.type()) {
            case UNIGRAM -> UnigramTrainer.train(words, settings, pieces, progress);
            case BPE -> BpeTrainer.train(words, settings, pieces, progress);
        };
        SentencePieceTokenizer tokenizer = trainer.tokenizer(learned);
        return new TrainedTokenizer(
                tokenizer, TrainingReport.of(tokenizer, tokenizer.unitPieces(), words, settings.threads()));
    }

    private void addGiven() {
        add(SpecialTokens.PAD, SentencePiece.Type.CONTROL);
        add(SpecialTokens.UNK, SentencePiece.Type.UNKNOWN);
        controls().forEach(piece -> add(piece, SentencePiece.Type.CONTROL));
        settings.userDefined().forEach(piece -> add(piece, SentencePiece.Type.USER_DEFINED));
        if (settings.byteFallback()) {
            SentencePieceModel.BYTE_PIECES.forEach(piece -> add(piece, SentencePiece.Type.BYTE));
        }
    }

    private List<String> controls() {
        List<String> controls = new ArrayList<>(List.of(SpecialTokens.CLS, SpecialTokens.SEP, SpecialTokens.MASK));
        controls.addAll(SentencePieceTraining.unusedSlots(settings.unused()));
        return controls;
    }

    private void add(String piece, SentencePiece.Type type) {
        model.addPieces(SentencePiece.newBuilder().setPiece(piece).setScore(0).setType(type));
    }

    private Words words() {
        Map<String, Integer> given = new HashMap<>();
        for (int id = 0; id < model.getPiecesCount(); id++) {
            given.put(model.getPieces(id).getPiece(), id);
        }
        return new NormalizedWords(
                new SentencePieceNormalizer(normalizer, rules, settings.userDefined(), false), DoubleArray.of(given));
    }

    private SentencePieceTokenizer tokenizer(List<ScoredPiece> pieces) {
        for (ScoredPiece piece : pieces) {
            model.addPieces(SentencePiece.newBuilder()
                    .setPiece(piece.piece())
                    .setScore(piece.score())
                    .setType(SentencePiece.Type.NORMAL));
        }
        model.setNormalizerSpec(normalizer);
        model.setTrainerSpec(TrainerSpec.newBuilder()
                .setModelType(settings.type() == SentencePieceTraining.Type.UNIGRAM
                        ? TrainerSpec.ModelType.UNIGRAM
                        : TrainerSpec.ModelType.BPE)
                .setVocabSize(settings.vocabularySize())
                .setCharacterCoverage((float) settings.characterCoverage())
                .addAllControlSymbols(controls())
                .addAllUserDefinedSymbols(settings.userDefined())
                .setByteFallback(settings.byteFallback())
                .setUnkId(UNK_ID)
                .setBosId(NO_ID)
                .setEosId(NO_ID)
                .setPadId(PAD_ID)
                .setUnkPiece(SpecialTokens.UNK)
                .setPadPiece(SpecialTokens.PAD));
        Object source = "the trained model";
        return new SentencePieceTokenizer(SentencePieceModel.of(model.build(), source), source);
    }
}
