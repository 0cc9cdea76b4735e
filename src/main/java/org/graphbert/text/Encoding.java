package org.graphbert.text;

/**
 * The tokens of a text, all arrays of the same length.
 *
 * @param ids vocabulary ids
 * @param wordStarts whether the token begins a word
 * @param starts offset of the token's first UTF-16 unit in the original text
 * @param ends offset behind the token's last UTF-16 unit in the original text
 */
public record Encoding(int[] ids, boolean[] wordStarts, int[] starts, int[] ends) {

    public int length() {
        return ids.length;
    }
}
