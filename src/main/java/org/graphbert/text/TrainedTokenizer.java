package org.graphbert.text;

/** A trained tokenizer and what it makes of its corpus. */
public record TrainedTokenizer(Tokenizer tokenizer, TrainingReport report) {}
