package org.graphbert.evaluate.task;

import org.graphbert.text.Tokenizer;

/**
 * What the texts of a task become to a model.
 *
 * @param longest how many tokens a sequence may have, with [CLS] and [SEP]
 * @param segments how many segments the model knows
 */
public record TaskInput(Tokenizer tokenizer, int longest, int segments) {}
