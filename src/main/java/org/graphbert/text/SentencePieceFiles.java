package org.graphbert.text;

public class SentencePieceFiles { static void write(SentencePieceTokenizer t, java.nio.file.Path d) {} }
