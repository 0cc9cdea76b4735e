package org.graphbert.evaluate;

/** What a row of logits says. */
public final class Logits {

    private Logits() {}

    /** The first of the largest. */
    public static int largest(float[] row) {
        int largest = 0;
        for (int i = 1; i < row.length; i++) {
            if (row[i] > row[largest]) {
                largest = i;
            }
        }
        return largest;
    }

    /** softmax(row). */
    public static double[] probabilities(float[] row) {
        double most = row[largest(row)];
        double[] p = new double[row.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(row[i] - most);
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }
}
