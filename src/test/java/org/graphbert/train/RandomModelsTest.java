package org.graphbert.train;

import static org.graphbert.train.Sessions.fetchAll;
import static org.graphbert.train.Sessions.gradients;
import static org.graphbert.train.Sessions.norm;
import static org.graphbert.train.Sessions.randomise;
import static org.graphbert.train.Sessions.weights;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.graphbert.config.Batch;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Inputs;
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
            Batch batch = model.batch();
            try (TrainingSession session = open(model)) {
                randomise(session, model.weights());
                Map<String, double[]> weights = weights(session);
                compareForward(session, session.graph().training(), model, weights, what + "training tower: ");
                if (batch.packing() == null) {
                    compareForward(session, session.graph().evaluation(), model, weights, what + "inference tower: ");
                }
                compareGradients(session, model, weights, what);
            } catch (RuntimeException e) {
                throw new AssertionError(what, e);
            }
        }
    }

    private static TrainingSession open(RandomModel model) {
        Batch batch = model.batch();
        int free = (int) Inputs.FREE;
        int places = batch.packing() == null ? 0 : batch.places();
        TrainingGraph.Sizes sizes = model.free()
                ? new TrainingGraph.Sizes(free, free, free, places == 0 ? 0 : free, false)
                : new TrainingGraph.Sizes(batch.size(), batch.sequenceLength(), batch.predictions(), places, false);
        return new TrainingSession(TrainingGraph.build(model.config(), sizes, AdamW.reference(), 1.0, 1), 1, 1);
    }

    private static void compareForward(
            TrainingSession session, Tower tower, RandomModel model, Map<String, double[]> weights, String what) {
        ModelConfig config = model.config();
        Batch batch = model.batch();
        boolean pairHead = config.options().pairHead();
        List<Operand<TFloat32>> operands = new ArrayList<>(tower.hiddenStates());
        operands.addAll(List.of(tower.sequenceOutput(), tower.maskedLmLogits(), tower.losses().maskedLmLoss()));
        if (pairHead) {
            operands.addAll(List.of(
                    tower.pooledOutput(), tower.nextSentenceLogits(), tower.losses().nextSentenceLoss()));
        }
        List<float[]> found = fetchAll(session, tower, batch, operands);
        int states = tower.hiddenStates().size();
        assertEquals(config.numHiddenLayers() + 1, states, what + "hidden states");

        PlainBert plain = new PlainBert(config, weights);
        for (PlainText text : PlainText.of(batch)) {
            PlainBert.Encoded expected = plain.encode(batch, text);
            int begin = text.row() * batch.sequenceLength();
            for (int i = 0; i < text.length(); i++) {
                int row = begin + text.at()[i];
                for (int state = 0; state < states; state++) {
                    close(expected.hiddenStates().get(state)[i], found.get(state), row, what + "hidden state " + state);
                }
                close(expected.output()[i], found.get(states), row, what + "sequence output");
            }
            for (int p = 0; p < batch.predictions(); p++) {
                int row = text.row() * batch.predictions() + p;
                int token = text.token(batch.maskedLmPositions()[row]);
                if (token >= 0) {
                    close(plain.maskedLm(expected.output()[token]), found.get(states + 1), row, what + "masked-LM logits");
                }
            }
            if (pairHead) {
                double[] pooled = plain.pooled(expected.output());
                close(pooled, found.get(states + 3), text.label(), what + "pooled output");
                close(plain.nextSentence(pooled), found.get(states + 4), text.label(), what + "pair logits");
            }
        }
        PlainBert.Losses losses = plain.losses(batch);
        close(new double[] {losses.maskedLm()}, found.get(states + 2), 0, what + "masked-LM loss");
        if (pairHead && batch.paired()) {
            close(new double[] {losses.nextSentence()}, found.get(states + 5), 0, what + "pair loss");
        }
    }

    private static void close(double[] expected, float[] found, int row, String what) {
        double largest = 1;
        for (double value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int j = 0; j < expected.length; j++) {
            assertEquals(expected[j], found[row * expected.length + j], FORWARD * largest, what + ", row " + row);
        }
    }

    /** Each variable's gradient at its largest and a random entry, and along a random direction, which sees all of it. */
    private static void compareGradients(
            TrainingSession session, RandomModel model, Map<String, double[]> weights, String what) {
        NumericGradient numeric = new NumericGradient(model.config(), weights, model.batch());
        Random random = new Random(model.weights());
        List<Variable> variables = session.graph().variables().trainable();
        List<float[]> gradients = gradients(session, model.batch());
        for (int i = 0; i < variables.size(); i++) {
            String name = variables.get(i).name();
            float[] gradient = gradients.get(i);
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
