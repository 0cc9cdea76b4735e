package org.graphbert.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** For tests: token ids are 100,000 · document + place in the document, so that each tells where it is from. */
final class NumberedDocuments {

    static final int DOCUMENT = 100_000;

    /** An id that no token of the documents has. */
    static final int SEP = -3;

    private NumberedDocuments() {}

    /** Documents of 1 to so many sentences of 1 to so many tokens. */
    static List<int[][]> random(Random random, int count, int mostSentences, int mostTokens) {
        List<int[][]> documents = new ArrayList<>();
        for (int d = 0; d < count; d++) {
            int[] lengths = random.ints(1 + random.nextInt(mostSentences), 1, mostTokens + 1).toArray();
            documents.add(document(d, lengths));
        }
        return documents;
    }

    /** A document of sentences of those lengths. */
    static int[][] document(int number, int... lengths) {
        int[][] sentences = new int[lengths.length][];
        int next = number * DOCUMENT;
        for (int s = 0; s < sentences.length; s++) {
            sentences[s] = new int[lengths[s]];
            for (int t = 0; t < sentences[s].length; t++) {
                sentences[s][t] = next++;
            }
        }
        return sentences;
    }

    /** The pairs of all documents, each tenth token beginning a word. */
    static List<Pair> pairs(PairOptions options, List<int[][]> documents, long seed) {
        List<Pair> made = new ArrayList<>();
        Pairs.of(options, SEP, (before, id) -> id % 10 == 0)
                .of(Documents.of(documents), 0, documents.size(), Rng.keyed(seed), made::add);
        return made;
    }

    /** The document of a run of tokens that follow each other. */
    static int contiguous(int[] tokens) {
        for (int i = 1; i < tokens.length; i++) {
            assertEquals(tokens[i - 1] + 1, tokens[i]);
        }
        return tokens[0] / DOCUMENT;
    }

    /** The sentence that a token stands in. */
    static int sentence(int[][] document, int token) {
        int s = 0;
        while (document[s][document[s].length - 1] < token) {
            s++;
        }
        return s;
    }

    /** How many of the pairs have the label. */
    static double share(List<Pair> pairs, int label) {
        return (double) pairs.stream().filter(p -> p.label() == label).count() / pairs.size();
    }

    static long marked(List<Pair> pairs, Pair.Mark mark) {
        return pairs.stream().filter(p -> p.marks().contains(mark)).count();
    }
}
