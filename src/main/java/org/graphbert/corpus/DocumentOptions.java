package org.graphbert.corpus;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.graphbert.config.Failure;

/**
 * Which documents are taken out of the inputs.
 *
 * @param textField the field that holds the text, where the inputs are JSON lines; null for text
 * @param deduplicate whether a document that repeats an earlier one is dropped
 * @param minCharacters a document with fewer characters is dropped
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DocumentOptions(String textField, boolean deduplicate, int minCharacters) {

    /** Text, every document. */
    public static final DocumentOptions DEFAULT = new DocumentOptions(null, false, 0);

    public DocumentOptions {
        if (textField != null && textField.isEmpty()) {
            throw Failure.usage("--text-field is empty, expected the name of the field that holds the text");
        }
        if (minCharacters < 0) {
            throw Failure.usage("--min-document-length is %d, expected 0 or more characters", minCharacters);
        }
    }
}
