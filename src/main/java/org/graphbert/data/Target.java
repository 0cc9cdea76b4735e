package org.graphbert.data;

/**
 * The length that a document's records aim at: the most, or, of some documents, a random shorter one, since fine-tuned
 * models will see short texts, too.
 *
 * @param length in tokens, without the special ones; rough, as sentences are whole
 * @param isShort whether it was drawn at random
 */
record Target(int length, boolean isShort) {

    private static final int SHORTEST = 2; // google-research/bert, create_pretraining_data.py

    static Target draw(double shortSeqProb, int most, Rng rng) {
        boolean isShort = rng.uniform() < shortSeqProb;
        return new Target(isShort ? rng.between(SHORTEST, most) : most, isShort);
    }
}
