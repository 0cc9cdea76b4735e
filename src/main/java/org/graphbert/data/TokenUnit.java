package org.graphbert.data;

import java.util.Arrays;

/**
 * Some megabyte of documents as token ids, held in as few bytes as that takes: all ids one behind the other, of two bytes
 * each where the vocabulary has at most 65,536 entries. In Chinese a character is a token, and a block of 32 Mi of them
 * is to fit.
 */
final class TokenUnit implements Documents {

    private static final int TWO_BYTES = 1 << Character.SIZE;
    private static final int ARRAY_HEADERS = 4 * 16;

    /** Of these two, one is null. */
    private final char[] narrow;
    private final int[] wide;
    /** Where each sentence begins among the tokens, and behind them the number of tokens. */
    private final int[] sentences;
    /** Where each document begins among the sentences, and behind them the number of sentences. */
    private final int[] documents;

    private TokenUnit(char[] narrow, int[] wide, int[] sentences, int[] documents) {
        this.narrow = narrow;
        this.wide = wide;
        this.sentences = sentences;
        this.documents = documents;
    }

    @Override
    public int size() {
        return documents.length - 1;
    }

    @Override
    public int sentences(int document) {
        return documents[document + 1] - documents[document];
    }

    @Override
    public int length(int document, int sentence) {
        int s = documents[document] + sentence;
        return sentences[s + 1] - sentences[s];
    }

    @Override
    public void copy(int document, int sentence, int[] to, int at) {
        int s = documents[document] + sentence;
        int from = sentences[s];
        int length = sentences[s + 1] - from;
        if (narrow == null) {
            System.arraycopy(wide, from, to, at, length);
        } else {
            for (int i = 0; i < length; i++) {
                to[at + i] = narrow[from + i];
            }
        }
    }

    /** How many tokens there are. */
    int tokens() {
        return sentences[sentences.length - 1];
    }

    /** How much memory it takes. */
    long bytes() {
        return (narrow == null ? (long) Integer.BYTES * wide.length : (long) Character.BYTES * narrow.length)
                + (long) Integer.BYTES * (sentences.length + documents.length) + ARRAY_HEADERS;
    }

    /** Gathers a unit. Sentences without tokens, and documents without sentences, leave nothing behind. */
    static final class Builder {

        private final boolean isNarrow;
        private char[] narrow = new char[0];
        private int[] wide = new int[0];
        private int[] sentences = new int[64];
        private int[] documents = new int[8];
        private int tokenCount;
        private int sentenceCount;
        private int documentCount;

        /** @param tokens how many are to be expected; more may come */
        Builder(int vocabularySize, int tokens) {
            isNarrow = vocabularySize <= TWO_BYTES;
            grow(tokens);
        }

        /** The next sentence of the document, if it has tokens. */
        void sentence(int[] ids) {
            if (ids.length == 0) {
                return;
            }
            if (tokenCount + ids.length > room()) {
                grow(Math.max(tokenCount + ids.length, Math.multiplyExact(3, room()) / 2));
            }
            if (isNarrow) {
                for (int i = 0; i < ids.length; i++) {
                    narrow[tokenCount + i] = (char) ids[i];
                }
            } else {
                System.arraycopy(ids, 0, wide, tokenCount, ids.length);
            }
            tokenCount += ids.length;
            sentences = set(sentences, ++sentenceCount, tokenCount);
        }

        /** Ends the document; false if it has no sentence, and is therefore none. */
        boolean document() {
            if (sentenceCount == documents[documentCount]) {
                return false;
            }
            documents = set(documents, ++documentCount, sentenceCount);
            return true;
        }

        TokenUnit build() {
            return new TokenUnit(isNarrow ? Arrays.copyOf(narrow, tokenCount) : null,
                    isNarrow ? null : Arrays.copyOf(wide, tokenCount), Arrays.copyOf(sentences, sentenceCount + 1),
                    Arrays.copyOf(documents, documentCount + 1));
        }

        private int room() {
            return isNarrow ? narrow.length : wide.length;
        }

        private void grow(int room) {
            if (isNarrow) {
                narrow = Arrays.copyOf(narrow, room);
            } else {
                wide = Arrays.copyOf(wide, room);
            }
        }

        private static int[] set(int[] array, int index, int value) {
            int[] large = index < array.length ? array : Arrays.copyOf(array, 2 * array.length);
            large[index] = value;
            return large;
        }
    }
}
