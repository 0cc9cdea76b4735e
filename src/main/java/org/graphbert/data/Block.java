package org.graphbert.data;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.corpus.Document;

/**
 * A run of documents of one part: random next sentences come from within it. It is tokenised, paired and masked in units
 * of some megabyte, side by side; each has a generator of its own, so the result does not depend on how many at a time.
 *
 * @param part the data set it belongs to
 * @param number 0, 1, 2 and so on within the part
 * @param documents in their order in the corpus
 */
record Block(Part part, long number, List<Document> documents) {

    /** The documents cut into units of about so many characters. */
    List<List<Document>> units(long characters) {
        List<List<Document>> units = new ArrayList<>();
        int from = 0;
        long found = 0;
        for (int i = 0; i < documents.size(); i++) {
            found += documents.get(i).characters();
            if (found >= characters || i == documents.size() - 1) {
                units.add(documents.subList(from, i + 1));
                from = i + 1;
                found = 0;
            }
        }
        return units;
    }

    /**
     * When a block is full: with so many characters and documents, or, of at least two documents, with the most
     * characters; and the characters of a unit. The numbers decide which documents can be drawn as random next sentences
     * and which generator draws them, so they are part of the format: changing {@link #STANDARD} means a new
     * {@link Manifest#FORMAT_VERSION}.
     */
    record Size(long characters, int documents, long mostCharacters, long unitCharacters) {

        /**
         * 32 Mi characters: a corpus of several sources, read one after the other, still has next sentences drawn from
         * all of them, as the reference does that holds everything in memory; with 4 Mi, negatives came from the same
         * books, and the next-sentence task was much harder.
         */
        static final Size STANDARD = new Size(1 << 25, 8, 1 << 26, 1 << 20);

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
