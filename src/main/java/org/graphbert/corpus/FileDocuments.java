package org.graphbert.corpus;

/** The documents of one file, line by line, so that none has to fit in memory. */
interface FileDocuments extends AutoCloseable {

    /** Goes to the next document, which has at least a line; false behind the last. */
    boolean advance();

    /** The next line of the document, stripped and not blank, or null behind its last. */
    String line();

    /** How many bytes of the file, packed or not, have been read. */
    long bytesRead();

    /** How often a line that was too long has been cut. */
    long cutLines();

    /** How many documents had no text. */
    long empty();

    @Override
    void close();
}
