package org.graphbert.train;

import static org.graphbert.train.Sessions.norm;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.DoubleStream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.graphbert.config.Batch;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Models of any shape with any options against the plain equations in float64: every hidden state, both heads, the losses,
 * and every variable's gradient.
 */
class RandomModelsTest {

    private static final int MODELS = 20;
    private static final String SEQUENCE_OUTPUT = "sequence output";
    private static final String MASKED_LM_LOGITS = "masked-LM logits";
    private static final String MASKED_LM_LOSS = "masked-LM loss";
    private static final String POOLED_OUTPUT = "pooled output";
    private static final String PAIR_LOGITS = "pair logits";
    private static final String PAIR_LOSS = "pair loss";

    /**
     * Of the largest number beside it. Float32 rounds to 6e-8; sums of some dozen terms in up to five layers, each divided
     * by a standard deviation of a few numbers, come to a few times 1e-6.
     */
    private static final double FORWARD = 1e-5;

    @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void graphsComputeThePlainEquations(@ForAll long seed) {
        int number = 0;
        for (RandomModel model : RandomModel.deal(seed, MODELS)) {
            String what = "seed " + seed + ", model " + number++ + "\n" + Json.write(model.config()) + "\n";
            try (RandomGraph graph = RandomGraph.of(model)) {
                compareForward(graph, graph.training(), model.config(), what + "training tower: ");
                compareForward(graph, graph.inference(), model.config(), what + "inference tower: ");
                compareGradients(graph, model, what);
            } catch (RuntimeException e) {
                throw new AssertionError(what, e);
            }
        }
    }

    private static void compareForward(RandomGraph graph, Tower tower, ModelConfig config, String what) {
        Batch batch = graph.batch();
        boolean pairHead = config.options().pairHead();
        int states = tower.hiddenStates().size();
        boolean whole = tower.sequenceOutput() != null;
        assertEquals(config.numHiddenLayers() + (whole ? 1 : 0), states, what + "hidden states");
        Map<String, Operand<TFloat32>> operands = new LinkedHashMap<>();
        for (int state = 0; state < states; state++) {
            operands.put("hidden state " + state, tower.hiddenStates().get(state));
        }
        operands.put(MASKED_LM_LOGITS, tower.maskedLmLogits());
        operands.put(MASKED_LM_LOSS, tower.losses().maskedLmLoss());
        if (whole) {
            operands.put(SEQUENCE_OUTPUT, tower.sequenceOutput());
        }
        if (pairHead) {
            operands.put(POOLED_OUTPUT, tower.pooledOutput());
            operands.put(PAIR_LOGITS, tower.nextSentenceLogits());
            operands.put(PAIR_LOSS, tower.losses().nextSentenceLoss());
        }
        Map<String, float[]> found = new HashMap<>();
        Iterator<float[]> values = graph.fetch(tower, List.copyOf(operands.values())).iterator();
        operands.keySet().forEach(name -> found.put(name, values.next()));

        PlainBert plain = new PlainBert(config, graph.weights());
        for (PlainText text : PlainText.of(batch)) {
            PlainBert.Encoded expected = plain.encode(batch, text);
            for (int i = 0; i < text.length(); i++) {
                int row = text.row() * batch.sequenceLength() + text.at()[i];
                for (int state = 0; state < states; state++) {
                    close(expected.hiddenStates().get(state)[i], found, "hidden state " + state, row, what);
                }
                if (whole) {
                    close(expected.output()[i], found, SEQUENCE_OUTPUT, row, what);
                }
            }
            for (int p = 0; p < batch.predictions(); p++) {
                int row = text.row() * batch.predictions() + p;
                int token = text.token(batch.maskedLmPositions()[row]);
                if (token >= 0) {
                    close(plain.maskedLm(expected.output()[token]), found, MASKED_LM_LOGITS, row, what);
                }
            }
            if (pairHead) {
                double[] pooled = plain.pooled(expected.output());
                close(pooled, found, POOLED_OUTPUT, text.label(), what);
                close(plain.nextSentence(pooled), found, PAIR_LOGITS, text.label(), what);
            }
        }
        PlainBert.Losses losses = plain.losses(batch);
        close(new double[] {losses.maskedLm()}, found, MASKED_LM_LOSS, 0, what);
        if (pairHead && batch.paired()) {
            close(new double[] {losses.nextSentence()}, found, PAIR_LOSS, 0, what);
        }
    }

    private static void close(double[] expected, Map<String, float[]> found, String name, int row, String what) {
        double largest = DoubleStream.of(expected).map(Math::abs).max().orElseThrow();
        for (int j = 0; j < expected.length; j++) {
            assertEquals(expected[j], found.get(name)[row * expected.length + j], FORWARD * Math.max(1, largest),
                    what + name + ", row " + row);
        }
    }

    /** Each variable's gradient at its largest and a random entry, and along a random direction, which sees all of it. */
    private static void compareGradients(RandomGraph graph, RandomModel model, String what) {
        NumericGradient numeric = new NumericGradient(model.config(), graph.weights(), graph.batch());
        Random random = new Random(model.weights());
        Iterator<float[]> gradients = graph.fetch(graph.training(), graph.gradients()).iterator();
        for (Variable variable : graph.variables()) {
            String name = variable.name();
            float[] gradient = gradients.next();
            double tolerance = 1e-6 + 1e-4 * norm(gradient);
            for (int entry : new int[] {largest(gradient), random.nextInt(gradient.length)}) {
                assertEquals(numeric.at(name, entry), gradient[entry], tolerance, what + name + "[" + entry + "]");
            }
            double[] direction = random.ints(gradient.length, 0, 2).mapToDouble(bit -> 2 * bit - 1).toArray();
            double along = 0;
            for (int j = 0; j < gradient.length; j++) {
                along += direction[j] * gradient[j];
            }
            assertEquals(numeric.along(name, direction), along, tolerance, what + name + " along a random direction");
        }
    }

    private static int largest(float[] values) {
        int at = 0;
        for (int j = 0; j < values.length; j++) {
            at = Math.abs(values[j]) > Math.abs(values[at]) ? j : at;
        }
        return at;
    }
}
