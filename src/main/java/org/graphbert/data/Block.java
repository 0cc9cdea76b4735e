package org.graphbert.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongPredicate;
import org.graphbert.corpus.Document;

/**
 * A run of documents of one part: random next sentences come from within it. It is tokenised, paired and masked in units
 * of some megabyte, side by side; each has a generator of its own, so the result does not depend on how many at a time.
 * Of its text nothing is kept but the token ids.
 */
final class Block {

    private final Part part;
    private final long number;
    private final List<CompletableFuture<TokenUnit>> units = new ArrayList<>();
    private final Tally corpus;
    /** Text that is tokenised only if this block turns out to be the rest of a wanted one. */
    private final List<Unit> pending = new ArrayList<>();
    private long textBytes;
    /** The last documents of the corpus, too few for a block of their own. */
    private Block rest;

    private Block(Part part, long number, Tally corpus) {
        this.part = part;
        this.number = number;
        this.corpus = corpus;
    }

    Part part() {
        return part;
    }

    /** 0, 1, 2 and so on within the part. */
    long number() {
        return number;
    }

    /** How much text there is, in bytes of UTF-8. */
    long textBytes() {
        return textBytes + (rest == null ? 0 : rest.textBytes);
    }

    /** The token ids of all units; waits until they are there. What failed is thrown here, as it was. */
    BlockTokens tokens() {
        List<TokenUnit> all = new ArrayList<>();
        units.forEach(unit -> all.add(InOrder.join(unit)));
        if (rest != null) {
            rest.units.forEach(unit -> all.add(InOrder.join(unit)));
        }
        return new BlockTokens(all);
    }

    /** Adds the counts of the documents and their tokens; {@link #tokens} comes first. */
    void addCorpus(Tally total) {
        total.add(corpus);
        if (rest != null) {
            total.add(rest.corpus);
        }
    }

    /**
     * When a block is full: with so many bytes of text and documents, or, of at least two documents, with the most bytes;
     * and the bytes of a unit. Bytes, and not characters: then Chinese, where a character of three bytes is a token, takes
     * about the memory that English does. The numbers decide which documents can be drawn as random next sentences
     * and which generator draws them, so they are part of the format: changing {@link #STANDARD} means a new
     * {@link Manifest#FORMAT_VERSION}.
     */
    record Size(long textBytes, int documents, long mostBytes, long unitBytes) {

        /**
         * 32 MiB: a corpus of several sources, read one after the other, still has next sentences drawn from
         * all of them, as the reference does that holds everything in memory; with 4 MiB, negatives came from the same
         * books, and the next-sentence task was much harder.
         */
        static final Size STANDARD = new Size(1 << 25, 8, 1 << 26, 1 << 20);

        private static final int LEAST_DOCUMENTS = 2;

        boolean full(long foundBytes, int foundDocuments) {
            return foundBytes >= textBytes && foundDocuments >= documents
                    || foundBytes >= mostBytes && foundDocuments >= LEAST_DOCUMENTS;
        }

        /** Whether the last documents of a corpus are too few for a block of their own. */
        boolean tooShort(long foundBytes, int foundDocuments) {
            return foundBytes < textBytes / 2 || foundDocuments < LEAST_DOCUMENTS;
        }
    }

    /** Begins the work on a unit. */
    interface Tokenizing {
        /** @param corpus the counts of the documents and their tokens are to be added to it */
        CompletableFuture<TokenUnit> begin(List<Document> documents, long textBytes, Tally corpus);
    }

    /** Some megabyte of text. */
    private record Unit(List<Document> documents, long textBytes) {}

    /**
     * Cuts a stream of documents into units and these into blocks, at places that depend on the documents alone. A short
     * rest joins the block before it, which is therefore held back until the next one is full.
     */
    static final class Cutter {

        private final Part part;
        private final Size size;
        private final int vocabularySize;
        private final LongPredicate wanted;
        private final Tokenizing tokenizing;
        private long documentCount;
        private Block heldBack;
        private Block current;
        private long textBytes;
        private int documents;
        private List<Document> unit = new ArrayList<>();
        private long unitBytes;

        /** @param wanted whether the block of a number is to be written: of others only the documents are counted */
        Cutter(Part part, Size size, int vocabularySize, LongPredicate wanted, Tokenizing tokenizing) {
            this.part = part;
            this.size = size;
            this.vocabularySize = vocabularySize;
            this.wanted = wanted;
            this.tokenizing = tokenizing;
            current = new Block(part, 0, Tally.ofCorpus(vocabularySize));
        }

        /** Takes a document; returns a block if one is complete, else null. */
        Block add(Document document) {
            long length = document.bytes();
            unit.add(document);
            unitBytes += length;
            textBytes += length;
            documents++;
            documentCount++;
            boolean full = size.full(textBytes, documents);
            if (full || unitBytes >= size.unitBytes()) {
                endUnit();
            }
            if (!full) {
                return null;
            }
            Block ready = heldBack;
            heldBack = current;
            current = new Block(part, heldBack.number + 1, Tally.ofCorpus(vocabularySize));
            textBytes = 0;
            documents = 0;
            return ready;
        }

        /** The blocks that are left at the end of the stream: none, one or two. */
        List<Block> finish() {
            if (!unit.isEmpty()) {
                endUnit();
            }
            List<Block> blocks = new ArrayList<>();
            if (heldBack != null) {
                blocks.add(heldBack);
            }
            if (heldBack != null && size.tooShort(textBytes, documents)) {
                current.pending.forEach(this::begin);
                heldBack.rest = current;
            } else if (documents > 0) {
                blocks.add(current);
            }
            return blocks;
        }

        /** How many documents there have been. */
        long documents() {
            return documentCount;
        }

        private void endUnit() {
            current.textBytes += unitBytes;
            Unit ended = new Unit(unit, unitBytes);
            if (wanted.test(current.number)) {
                begin(ended);
            } else if (!size.tooShort(textBytes, documents)) {
                current.pending.clear();
            } else if (wanted.test(current.number - 1)) {
                current.pending.add(ended);
            }
            unit = new ArrayList<>();
            unitBytes = 0;
        }

        private void begin(Unit begun) {
            current.units.add(tokenizing.begin(begun.documents(), begun.textBytes(), current.corpus));
        }
    }
}
