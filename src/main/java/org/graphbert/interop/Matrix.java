package org.graphbert.interop;

/** Row-major matrices. */
final class Matrix {

    private Matrix() {}

    /**
     * A matrix, its dimensions exchanged.
     *
     * @param values [rows, columns]
     * @return [columns, rows]
     */
    static float[] transposed(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = values[row * columns + column];
            }
        }
        return turned;
    }
}
