package org.graphbert.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.graphbert.text.proto.SentencePieceProto.ModelProto;
import org.graphbert.text.proto.SentencePieceProto.ModelProto.SentencePiece;
import org.graphbert.text.proto.SentencePieceProto.TrainerSpec;
import org.junit.jupiter.api.Test;

/** Units and remembered words change nothing: the segmentations are those of the plain algorithms. */
class SegmentersTest {

    private static final String LETTERS = "abc\u00E9\u4E16";

    @Property(tries = 300)
    void unigramIsViterbiOverTheWholeText(@ForAll long seed) {
        Random random = new Random(seed);
        // Few different scores, sums of which are exact: equal ones abound, and the first must stay.
        Map<String, Float> pieces = pieces(random, () -> -1 - random.nextInt(3) / 4f);
        SentencePieceTokenizer tokenizer =
                SentencePieceModels.tokenizer(SentencePieceModels.of(TrainerSpec.ModelType.UNIGRAM, pieces));
        for (int i = 0; i < 20; i++) {
            String text = text(random);
            assertEquals(viterbi(tokenizer.normalized(text), pieces), tokenizer.tokens(text), text);
        }
    }

    @Property(tries = 300)
    void bpeJoinsTheBestPairOfTheWholeText(@ForAll long seed) {
        Random random = new Random(seed);
        Map<String, Float> pieces = pieces(random, () -> (float) -random.nextInt(12));
        SentencePieceTokenizer tokenizer =
                SentencePieceModels.tokenizer(SentencePieceModels.of(TrainerSpec.ModelType.BPE, pieces));
        for (int i = 0; i < 20; i++) {
            String text = text(random);
            assertEquals(joined(tokenizer.normalized(text), pieces), tokenizer.tokens(text), text);
        }
    }

    private interface Scores {
        float next();
    }

    private static Map<String, Float> pieces(Random random, Scores scores) {
        Map<String, Float> pieces = new LinkedHashMap<>();
        for (int i = 3 + random.nextInt(25); i > 0; i--) {
            StringBuilder piece = new StringBuilder(random.nextInt(4) == 0 ? "\u2581" : "");
            for (int j = random.nextInt(4); j >= 0; j--) {
                piece.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            pieces.put(piece.toString(), scores.next());
        }
        // Now and then a piece that reaches across words.
        if (random.nextInt(4) == 0) {
            pieces.put("a\u2581b", scores.next());
        }
        return pieces;
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(60); i > 0; i--) {
            text.append(random.nextInt(5) == 0 ? ' ' : LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    /** Over the whole text at once; unknown neighbours become one. */
    private static List<String> viterbi(String text, Map<String, Float> pieces) {
        float unknown = pieces.values().stream().min(Float::compare).get() - 10;
        float[] best = new float[text.length() + 1];
        int[] begin = new int[text.length() + 1];
        Arrays.fill(begin, -1);
        for (int start = 0; start < text.length(); start++) {
            boolean single = pieces.containsKey(text.substring(start, start + 1));
            for (int end = start + 1; end <= text.length(); end++) {
                Float score = pieces.get(text.substring(start, end));
                if (score == null && end == start + 1 && !single) {
                    score = unknown;
                }
                if (score != null && (begin[end] < 0 || best[start] + score > best[end])) {
                    best[end] = best[start] + score;
                    begin[end] = start;
                }
            }
        }
        List<String> found = new ArrayList<>();
        for (int end = text.length(); end > 0; end = begin[end]) {
            found.add(0, text.substring(begin[end], end));
        }
        return withUnknownJoined(found, pieces);
    }

    private static List<String> joined(String text, Map<String, Float> pieces) {
        List<String> symbols = new ArrayList<>(Arrays.asList(text.isEmpty() ? new String[0] : text.split("")));
        while (true) {
            int best = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                Float score = pieces.get(symbols.get(i) + symbols.get(i + 1));
                if (score != null && (best < 0 || score > pieces.get(symbols.get(best) + symbols.get(best + 1)))) {
                    best = i;
                }
            }
            if (best < 0) {
                return withUnknownJoined(symbols, pieces);
            }
            symbols.set(best, symbols.get(best) + symbols.remove(best + 1));
        }
    }

    private static List<String> withUnknownJoined(List<String> found, Map<String, Float> pieces) {
        List<String> out = new ArrayList<>();
        boolean behindUnknown = false;
        for (String piece : found) {
            boolean unknown = !pieces.containsKey(piece);
            if (unknown && behindUnknown) {
                out.set(out.size() - 1, out.get(out.size() - 1) + piece);
            } else {
                out.add(piece);
            }
            behindUnknown = unknown;
        }
        return out;
    }

    /** The reference's behaviour with a vocabulary cut down: what is unused falls apart into what it was joined from. */
    @Test
    void unusedPiecesFallApart() {
        ModelProto.Builder model = SentencePieceModels.of(
                TrainerSpec.ModelType.BPE, SentencePieceModels.ranked(List.of("bc", "a", "b", "c", "\u2581")));
        SentencePieceModels.add(model, "abc", -0.5f, SentencePiece.Type.UNUSED);
        assertEquals(List.of("\u2581", "a", "bc"), SentencePieceModels.tokenizer(model).tokens("abc"));
        ModelProto.Builder unigram = SentencePieceModels.of(
                TrainerSpec.ModelType.UNIGRAM, SentencePieceModels.ranked(List.of("bc", "a", "b", "c", "\u2581")));
        SentencePieceModels.add(unigram, "abc", -0.5f, SentencePiece.Type.UNUSED);
        assertEquals(List.of("\u2581", "a", "bc"), SentencePieceModels.tokenizer(unigram).tokens("abc"));
    }

    @Test
    void userDefinedPiecesAreNeverCutOrJoined() {
        for (TrainerSpec.ModelType type : List.of(TrainerSpec.ModelType.UNIGRAM, TrainerSpec.ModelType.BPE)) {
            Map<String, Float> pieces = SentencePieceModels.ranked(List.of("ac", "a", "<", "b", ">", "c", "\u2581"));
            // A unigram model has no such piece that is likely; BPE joins what it can.
            pieces.put("\u2581a<b>c", type == TrainerSpec.ModelType.BPE ? 1f : -100f);
            ModelProto.Builder model = SentencePieceModels.of(type, pieces);
            SentencePieceModels.add(model, "<b>", 0, SentencePiece.Type.USER_DEFINED);
            SentencePieceModels.add(model, "two words", 0, SentencePiece.Type.USER_DEFINED);
            SentencePieceTokenizer tokenizer = SentencePieceModels.tokenizer(model);
            assertEquals(List.of("\u2581", "a", "<b>", "c", "<b>", "<b>"), tokenizer.tokens("a<b>c<b><b>"), type.name());
        }
    }
}
