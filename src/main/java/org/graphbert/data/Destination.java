package org.graphbert.data;

/**
 * A data set that is being written: one part of one length.
 *
 * @param copies how many times each block is paired and masked
 * @param work makes its records
 */
record Destination(Part part, int copies, BlockWork work, DataSetWriter writer) {

    /** Whether a block has still to be written. */
    boolean wants(long block) {
        return writer.wants(block);
    }
}
