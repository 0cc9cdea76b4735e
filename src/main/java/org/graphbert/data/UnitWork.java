package org.graphbert.data;

import java.util.List;
import org.graphbert.config.Failure;
import org.graphbert.corpus.Document;
import org.graphbert.corpus.Sentences;
import org.graphbert.text.SentenceSplitter;
import org.graphbert.text.Tokenizer;

/**
 * Units of documents to token ids, on any thread: once for all lengths and copies.
 *
 * @param sentences resolved: not auto
 */
record UnitWork(Tokenizer tokenizer, SentenceSplitter splitter, Sentences sentences) {

    /** English has some more; a unit that is too small grows. */
    private static final int BYTES_A_TOKEN = 4;

    /** A unit's documents as token ids, without those that have no token; their counts are added to the total. */
    TokenUnit tokenize(List<Document> documents, long textBytes, Tally total) {
        Tally tally = Tally.ofCorpus(tokenizer.size());
        TokenUnit.Builder unit = new TokenUnit.Builder(tokenizer.size(), (int) (textBytes / BYTES_A_TOKEN));
        for (Document document : documents) {
            for (String sentence : sentences.of(document, splitter)) {
                int[] ids = tokenizer.encode(sentence).ids();
                count(ids, tally);
                unit.sentence(ids);
            }
            tally.documents++;
            tally.skippedDocuments += unit.document() ? 0 : 1;
        }
        total.add(tally);
        return unit.build();
    }

    private void count(int[] ids, Tally tally) {
        tally.sentences += ids.length > 0 ? 1 : 0;
        tally.tokens += ids.length;
        for (int id : ids) {
            if (id < 0 || id >= tally.unigrams.length) {
                throw Failure.data("the tokenizer gave id %d, but its vocabulary has %d entries", id,
                        tally.unigrams.length);
            }
            if (!tokenizer.special().contains(id)) {
                tally.unigrams[id]++;
            } else if (id == tokenizer.special().unk()) {
                tally.unknownTokens++;
            }
        }
    }
}
