package org.graphbert.data;

import java.util.List;

/** The token ids of a run of documents, each a run of sentences. */
interface Documents {

    /** How many documents there are. */
    int size();

    /** How many sentences a document has, at least one. */
    int sentences(int document);

    /** How many tokens a sentence has, at least one. */
    int length(int document, int sentence);

    /** Copies a sentence's token ids. */
    void copy(int document, int sentence, int[] to, int at);

    /** Documents as arrays of sentences. */
    static Documents of(List<int[][]> documents) {
        return new Documents() {
            @Override
            public int size() {
                return documents.size();
            }

            @Override
            public int sentences(int document) {
                return documents.get(document).length;
            }

            @Override
            public int length(int document, int sentence) {
                return documents.get(document)[sentence].length;
            }

            @Override
            public void copy(int document, int sentence, int[] to, int at) {
                int[] tokens = documents.get(document)[sentence];
                System.arraycopy(tokens, 0, to, at, tokens.length);
            }
        };
    }
}
