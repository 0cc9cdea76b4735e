package org.graphbert.data;

/**
 * A record as it lies in a file.
 *
 * @param frame its TFRecord frame
 * @param tokens its length, for the offsets index
 */
record Framed(byte[] frame, int tokens) {}
