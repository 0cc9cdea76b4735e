package org.graphbert.text;

import java.util.List;
import java.util.OptionalInt;
import org.graphbert.config.Failure;

/** Which pieces of a model are BERT's special tokens: by BERT's names, or by those that other SentencePiece models have. */
final class SentencePieceSpecials {

    private static final List<String> PAD = List.of(SpecialTokens.PAD, "<pad>");
    private static final List<String> CLS = List.of(SpecialTokens.CLS, "<cls>", "<s>");
    private static final List<String> SEP = List.of(SpecialTokens.SEP, "<sep>", "</s>");
    private static final List<String> MASK = List.of(SpecialTokens.MASK, "<mask>");

    private SentencePieceSpecials() {}

    /**
     * The ids of the special tokens; [UNK] is the piece of type UNKNOWN whatever its name.
     *
     * @throws Failure (data) if one is missing
     */
    static SpecialTokens of(SentencePieceModel model, Object source) {
        return new SpecialTokens(
                find(model, PAD, source),
                model.unknown(),
                find(model, CLS, source),
                find(model, SEP, source),
                find(model, MASK, source));
    }

    private static int find(SentencePieceModel model, List<String> names, Object source) {
        return names.stream()
                .map(model::id)
                .filter(OptionalInt::isPresent)
                .mapToInt(OptionalInt::getAsInt)
                .findFirst()
                .orElseThrow(() -> Failure.data(
                        "%s: no %s among the %,d pieces, expected all of %s; train the model with them as control symbols,"
                                + " or here with 'graphbert tokenizer train --type %s'",
                        source,
                        String.join(" or ", names),
                        model.size(),
                        String.join(" ", Vocabulary.SPECIAL),
                        model.isUnigram() ? SentencePieceTokenizer.UNIGRAM : SentencePieceTokenizer.BPE));
    }
}
