package org.graphbert.interop;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.graphbert.config.Activation;

/**
 * Which activation the operators between two values compute. Exporters write each in forms of their own; so the operators are
 * run on sample numbers, and the activation is the one that gives the same.
 */
final class OnnxActivation {

    private static final double[] SAMPLES = DoubleStream.iterate(-6, x -> x <= 6, x -> x + 0.375).toArray();
    /** Above the error of sqrt(2) in float16, below half the smallest difference: gelu and gelu_new differ by 4.7e-4. */
    private static final double TOLERANCE = 1e-4;
    /** Many more than any activation has operators. */
    private static final int DEPTH = 32;

    private final OnnxGraph graph;
    private final Map<String, Optional<double[]>> values = new HashMap<>();

    private OnnxActivation(OnnxGraph graph, String from) {
        this.graph = graph;
        values.put(graph.source(from), Optional.of(SAMPLES));
    }

    /** The activation that gives one value from another; empty if it is none of BERT's. */
    static Optional<Activation> between(OnnxGraph graph, String from, String to) {
        Optional<double[]> found = new OnnxActivation(graph, from).value(to, DEPTH);
        return found.flatMap(values -> Arrays.stream(Activation.values())
                .filter(activation -> agree(function(activation), values))
                .findFirst());
    }

    private static boolean agree(DoubleUnaryOperator function, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!(Math.abs(function.applyAsDouble(SAMPLES[i]) - values[i]) < TOLERANCE)) {
                return false;
            }
        }
        return true;
    }

    private static DoubleUnaryOperator function(Activation activation) {
        return switch (activation) {
            case GELU -> OnnxActivation::gelu;
            case GELU_NEW -> OnnxActivation::geluByTanh;
            case RELU -> x -> Math.max(x, 0);
            case SILU -> x -> x * sigmoid(x);
        };
    }

    /** A value at each of the samples; empty if something other than known operators of single numbers gives it. */
    private Optional<double[]> value(String name, int depth) {
        String source = graph.source(name);
        Optional<double[]> known = values.get(source);
        if (known == null) {
            known = depth == 0 ? Optional.empty() : computed(source, depth - 1);
            values.put(source, known);
        }
        return known;
    }

    private Optional<double[]> computed(String name, int depth) {
        Optional<Double> constant = graph.scalar(name);
        if (constant.isPresent()) {
            return Optional.of(DoubleStream.generate(constant::get).limit(SAMPLES.length).toArray());
        }
        return graph.producer(name).flatMap(node -> switch (node.op()) {
            case "Add" -> binary(node, depth, Double::sum);
            case "Sub" -> binary(node, depth, (x, y) -> x - y);
            case "Mul" -> binary(node, depth, (x, y) -> x * y);
            case "Div" -> binary(node, depth, (x, y) -> x / y);
            case "Pow" -> binary(node, depth, Math::pow);
            case "Neg" -> unary(node, depth, x -> -x);
            case "Sqrt" -> unary(node, depth, Math::sqrt);
            case "Exp" -> unary(node, depth, Math::exp);
            case "Erf" -> unary(node, depth, OnnxActivation::erf);
            case "Tanh" -> unary(node, depth, Math::tanh);
            case "Relu" -> unary(node, depth, x -> Math.max(x, 0));
            case "Sigmoid" -> unary(node, depth, OnnxActivation::sigmoid);
            case "Gelu" -> unary(node, depth, node.text("approximate", "none").equals("tanh")
                    ? OnnxActivation::geluByTanh
                    : OnnxActivation::gelu);
            default -> Optional.empty();
        });
    }

    private Optional<double[]> unary(OnnxNode node, int depth, DoubleUnaryOperator function) {
        return value(node.input(0), depth).map(x -> Arrays.stream(x).map(function).toArray());
    }

    private interface Binary {
        double apply(double x, double y);
    }

    private Optional<double[]> binary(OnnxNode node, int depth, Binary function) {
        Optional<double[]> x = value(node.input(0), depth);
        Optional<double[]> y = value(node.input(1), depth);
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        double[] results = new double[SAMPLES.length];
        Arrays.setAll(results, i -> function.apply(x.get()[i], y.get()[i]));
        return Optional.of(results);
    }

    private static double gelu(double x) {
        return 0.5 * x * (1 + erf(x / Math.sqrt(2)));
    }

    private static double geluByTanh(double x) {
        return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The error function within 1.5e-7 (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26). */
    private static double erf(double x) {
        double t = 1 / (1 + 0.3275911 * Math.abs(x));
        double polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.copySign(1 - polynomial * Math.exp(-x * x), x);
    }
}
