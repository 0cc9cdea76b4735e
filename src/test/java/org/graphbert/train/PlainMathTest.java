package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.graphbert.config.Activation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference of the tests, beside numbers from Python's math.erf and from PyTorch's activations in float64. */
class PlainMathTest {

    @ParameterizedTest
    @CsvSource({
        "0.0, 0.0",
        "0.1, 0.1124629160182849",
        "0.5, 0.5204998778130465",
        "1.0, 0.8427007929497149",
        "2.0, 0.9953222650189527",
        "3.5, 0.9999992569016276",
        "5.9, 0.9999999999999999",
        "6.5, 1.0",
        "40.0, 1.0"
    })
    void theErrorFunctionIsPythons(double x, double expected) {
        assertEquals(expected, PlainMath.erf(x), 2e-15);
        assertEquals(-expected, PlainMath.erf(-x), 2e-15);
    }

    @ParameterizedTest
    @CsvSource({
        "GELU, -4.0, -0.00012668496733247991",
        "GELU, -0.7, -0.1693745565561511",
        "GELU, 0.3, 0.1853734266566858",
        "GELU, 6.0, 5.999999994080474",
        "GELU_NEW, -4.0, -7.024594819227126e-05",
        "GELU_NEW, -0.7, -0.16942986529488321",
        "GELU_NEW, 0.3, 0.18537092354275922",
        "GELU_NEW, 6.0, 5.9999999999156035",
        "RELU, -4.0, 0.0",
        "RELU, -0.7, 0.0",
        "RELU, 0.3, 0.3",
        "RELU, 6.0, 6.0",
        "SILU, -4.0, -0.07194483984836623",
        "SILU, -0.7, -0.2322685594822837",
        "SILU, 0.3, 0.1723327550434977",
        "SILU, 6.0, 5.985164261060192"
    })
    void activationsAreThoseOfPyTorch(Activation kind, double x, double expected) {
        assertEquals(expected, PlainMath.activation(kind, x), 1e-15 * Math.max(1, Math.abs(x)));
    }
}
