package org.graphbert.text;

/** The ids of the special tokens that BERT's inputs are made of. */
public record SpecialTokens(int pad, int unk, int cls, int sep, int mask) {

    public static final String PAD = "[PAD]";
    public static final String UNK = "[UNK]";
    public static final String CLS = "[CLS]";
    public static final String SEP = "[SEP]";
    public static final String MASK = "[MASK]";

    /** Whether the id is one of the five. */
    public boolean contains(int id) {
        return id == pad || id == unk || id == cls || id == sep || id == mask;
    }
}
