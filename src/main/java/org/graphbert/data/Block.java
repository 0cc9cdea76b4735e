package org.graphbert.data;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.corpus.Document;

/**
 * A run of documents of one part that is prepared as a unit: random next sentences come from within it.
 *
 * @param part the data set it belongs to
 * @param number 0, 1, 2 and so on within the part
 * @param documents in their order in the corpus
 */
record Block(Part part, long number, List<Document> documents) {

    /**
     * When a block is full: with so many characters and documents, or, of at least two documents, with the most
     * characters. The numbers decide which documents can be drawn as random next sentences, so they are part of the
     * format: changing {@link #STANDARD} means a new {@link Manifest#FORMAT_VERSION}.
     */
    record Size(long characters, int documents, long mostCharacters) {

        /** Large enough for random next sentences from many places, small enough for a block a thread in memory. */
        static final Size STANDARD = new Size(1 << 22, 8, 1 << 24);

        private static final int LEAST_DOCUMENTS = 2;

        boolean full(long foundCharacters, int foundDocuments) {
            return foundCharacters >= characters && foundDocuments >= documents
                    || foundCharacters >= mostCharacters && foundDocuments >= LEAST_DOCUMENTS;
        }

        /** Whether the last documents of a corpus are too few for a block of their own. */
        boolean tooShort(long foundCharacters, int foundDocuments) {
            return foundCharacters < characters / 2 || foundDocuments < LEAST_DOCUMENTS;
        }
    }

    /**
     * Cuts a stream of documents into blocks, at places that depend on the documents alone. A short rest joins the block
     * before it, which is therefore held back until the next one is full.
     */
    static final class Cutter {

        private final Part part;
        private final Size size;
        private long number;
        private long documentCount;
        private List<Document> heldBack;
        private List<Document> current = new ArrayList<>();
        private long characters;

        Cutter(Part part, Size size) {
            this.part = part;
            this.size = size;
        }

        /** Takes a document; returns a block if one is complete, else null. */
        Block add(Document document) {
            current.add(document);
            documentCount++;
            characters += document.characters();
            if (!size.full(characters, current.size())) {
                return null;
            }
            List<Document> ready = heldBack;
            heldBack = current;
            current = new ArrayList<>();
            characters = 0;
            return ready == null ? null : new Block(part, number++, ready);
        }

        /** The blocks that are left at the end of the stream: none, one or two. */
        List<Block> finish() {
            List<Block> blocks = new ArrayList<>();
            if (heldBack != null && size.tooShort(characters, current.size())) {
                heldBack.addAll(current);
                current = heldBack;
                heldBack = null;
            }
            if (heldBack != null) {
                blocks.add(new Block(part, number++, heldBack));
            }
            if (!current.isEmpty()) {
                blocks.add(new Block(part, number++, current));
            }
            return blocks;
        }

        /** How many documents there have been. */
        long documents() {
            return documentCount;
        }
    }
}
