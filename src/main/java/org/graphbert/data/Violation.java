package org.graphbert.data;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Something in a data set that is not as it should be.
 *
 * @param file within the data set
 * @param record its number in the file, from 0; null where it is not about a record
 * @param offset of the record's frame in the file; of a compressed one, in what is packed in it
 * @param rule that is violated
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Violation(String file, Long record, Long offset, Rule rule, String found, String expected) {

    static Violation of(String file, Rule rule, String found, String expected) {
        return new Violation(file, null, null, rule, found, expected);
    }

    /** One line. */
    String text() {
        String where = record == null ? file : String.format("%s, record %,d at byte %,d", file, record, offset);
        return String.format("%s: %s: found %s, expected %s", where, rule, found, expected);
    }
}
