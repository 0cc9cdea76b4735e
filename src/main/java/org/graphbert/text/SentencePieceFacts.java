package org.graphbert.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.graphbert.text.proto.SentencePieceProto.NormalizerSpec;

/**
 * What a SentencePiece model says of itself, beyond what every tokenizer does.
 *
 * @param normalization the name of its rules, e.g. nmt_nfkc; empty if they have none
 * @param spaceInFront whether a text gets a space in front, so that its first word is as any other
 * @param singleSpaces whether doubled spaces, and those at the ends, are dropped
 * @param byteFallback whether an unknown character becomes its bytes; [UNK] otherwise
 * @param pieces how many there are of each kind, those that there are
 * @param userDefined the pieces that text is never cut within
 */
public record SentencePieceFacts(
        String normalization,
        boolean spaceInFront,
        boolean singleSpaces,
        boolean byteFallback,
        Map<String, Integer> pieces,
        List<String> userDefined) {

    private static final int NAMED = 10;

    static SentencePieceFacts of(SentencePieceModel model) {
        Map<String, Integer> pieces = new LinkedHashMap<>();
        List<String> userDefined = new ArrayList<>();
        for (int id = 0; id < model.size(); id++) {
            pieces.merge(model.kind(id).name().toLowerCase(Locale.ROOT), 1, Integer::sum);
            if (model.kind(id) == SentencePieceModel.Kind.USER_DEFINED) {
                userDefined.add(model.piece(id));
            }
        }
        NormalizerSpec normalizer = model.proto().getNormalizerSpec();
        return new SentencePieceFacts(
                normalizer.getName(),
                normalizer.getAddDummyPrefix(),
                normalizer.getRemoveExtraWhitespaces(),
                model.hasBytes(),
                pieces,
                userDefined);
    }

    /** E.g. {@code 7,995 normal, 4 control, 1 unknown}. */
    String kinds() {
        return pieces.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(e -> String.format(Locale.ROOT, "%,d %s", e.getValue(), e.getKey().replace('_', '-')))
                .collect(Collectors.joining(", "));
    }

    /** How text is made ready, in a line. */
    String rules() {
        return (normalization.isEmpty() ? "rules without a name" : normalization)
                + (spaceInFront ? "; a space is put in front" : "; no space is put in front")
                + (singleSpaces ? ", doubled spaces are dropped" : ", every space is kept");
    }

    /** The first few user-defined pieces. */
    String someUserDefined() {
        int more = userDefined.size() - NAMED;
        return String.join(" ", userDefined.subList(0, Math.min(NAMED, userDefined.size())))
                + (more > 0 ? String.format(Locale.ROOT, " and %,d more", more) : "");
    }
}
