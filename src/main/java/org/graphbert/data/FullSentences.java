package org.graphbert.data;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.Consumer;

/**
 * Single texts (Liu et al. 2019, RoBERTa, 4.2): whole sentences in a row up to the length, within a document
 * (DOC-SENTENCES), or on into the next one with [SEP] between them (FULL-SENTENCES). Every token stands in one record: a
 * sentence that is longer than a record is cut where a word begins, and goes on in the next one.
 *
 * <p>Documents are joined within [from, to) only. A record aims at the target length of the document that it begins in; a
 * sentence longer than a short target, but not too long for a record, stays whole.
 */
final class FullSentences implements Pairs {

    private final PairOptions options;
    private final int sep;
    private final WordStarts words;

    FullSentences(PairOptions options, int sep, WordStarts words) {
        this.options = options;
        this.sep = sep;
        this.words = words;
    }

    @Override
    public long of(Documents documents, int from, int to, Rng rng, Consumer<Pair> pairs) {
        Text text = new Text(pairs);
        for (int d = from; d < to; d++) {
            if (options.acrossDocuments()) {
                text.beginDocument();
            } else {
                text.finish(false);
            }
            Target target = Target.draw(options.shortSeqProb(), options.mostTokens(), rng);
            for (int s = 0; s < documents.sentences(d); s++) {
                int[] sentence = new int[documents.length(d, s)];
                documents.copy(d, s, sentence, 0);
                text.add(sentence, target);
            }
        }
        text.finish(false);
        return 0;
    }

    /** The text of a record as it grows. */
    private final class Text {
        private final Consumer<Pair> pairs;
        private final int[] tokens = new int[options.mostTokens()];
        private int length;
        private Target target;
        /** Whether [SEP] comes before the next sentence. */
        private boolean otherDocument;

        Text(Consumer<Pair> pairs) {
            this.pairs = pairs;
        }

        void beginDocument() {
            otherDocument = length > 0;
        }

        void add(int[] sentence, Target ofDocument) {
            if (length > 0 && length + (otherDocument ? 1 : 0) + sentence.length > target.length()) {
                finish(false);
            }
            if (otherDocument) {
                tokens[length++] = sep;
                otherDocument = false;
            }
            int from = 0;
            while (sentence.length - from > tokens.length) {
                int cut = cut(sentence, from);
                append(sentence, from, cut, ofDocument);
                finish(true);
                from = cut;
            }
            append(sentence, from, sentence.length, ofDocument);
        }

        private void append(int[] sentence, int from, int to, Target ofDocument) {
            target = length == 0 ? ofDocument : target;
            System.arraycopy(sentence, from, tokens, length, to - from);
            length += to - from;
        }

        /** The last word's beginning that a record has room up to. */
        private int cut(int[] sentence, int from) {
            for (int place = from + tokens.length; place > from; place--) {
                if (words.startsWordBehind(sentence[place - 1], sentence[place])) {
                    return place;
                }
            }
            return from + tokens.length;
        }

        void finish(boolean withinSentence) {
            if (length > 0) {
                EnumSet<Pair.Mark> marks = Pair.marks(target);
                if (withinSentence) {
                    marks.add(Pair.Mark.CUT);
                }
                pairs.accept(new Pair(Arrays.copyOf(tokens, length), new int[0], 0, marks));
            }
            length = 0;
            otherDocument = false;
        }
    }
}
