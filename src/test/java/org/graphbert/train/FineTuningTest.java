package org.graphbert.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.graphbert.config.Batch;
import org.graphbert.config.EncoderOptions;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.config.Pooling;
import org.graphbert.config.PositionEmbedding;
import org.graphbert.evaluate.EncodedExamples;
import org.graphbert.evaluate.Scorer;
import org.graphbert.evaluate.TaskBatch;
import org.graphbert.evaluate.TaskExample;
import org.graphbert.graph.Feed;
import org.graphbert.graph.TaskHead;
import org.graphbert.graph.TaskTower;
import org.graphbert.graph.Variables.Variable;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** The heads of tasks and their training: against the plain equations, and with the weights of another session. */
class FineTuningTest {

    private static final int MODELS = 9;
    /** As near as {@link RandomModelsTest} has the other heads. */
    private static final double FORWARD = 1e-5;

    @Property(tries = 1, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void headsComputeThePlainEquations(@ForAll long seed) {
        Random random = new Random(seed);
        List<PlainHead> heads = heads(2 + random.nextInt(3)).stream().map(PlainHead::new).toList();
        int turn = 0;
        for (RandomModel model : RandomModel.deal(seed, MODELS)) {
            if (model.batch().packing() == null) {
                PlainHead head = heads.get(turn++ % heads.size());
                compare(model, head, random, "seed " + seed + ", " + head + "\n" + Json.write(model.config()) + "\n");
            }
        }
        assertTrue(turn >= heads.size(), turn + " models of " + MODELS);
    }

    /** One of each kind. */
    static List<TaskHead> heads(int classes) {
        return List.of(new TaskHead.Classes(classes, Pooling.CLS), new TaskHead.Classes(classes, Pooling.MEAN),
                new TaskHead.Value(Pooling.CLS), new TaskHead.Value(Pooling.MEAN), new TaskHead.Tags(classes), new TaskHead.Span());
    }

    private static void compare(RandomModel model, PlainHead head, Random random, String what) {
        TaskBatch batch = head.targets(model.batch(), random);
        try (FineTuningGraph graph = graph(model.config(), head.head(), 1);
                FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
            Map<String, float[]> drawn = Sessions.drawn(graph.variables(), random);
            Sessions.assign(graph.graph(), session.session(), graph.variables(), drawn);
            Map<String, double[]> weights = new LinkedHashMap<>();
            drawn.forEach((name, values) -> weights.put(name, Sessions.doubles(values)));
            ModelConfig under = TaskTower.under(head.head(), model.config());
            PlainBert plain = new PlainBert(under, weights);
            List<double[][]> expected = plain.rows(model.batch(), head::rows);
            double loss = head.loss(plain, model.batch(), batch);
            for (TaskTower tower : List.of(graph.training(), graph.evaluation())) {
                List<float[]> found = fetch(session, tower, batch, List.of(tower.logits(), tower.loss()));
                head.compareLogits(model.batch(), expected, found.get(0), FORWARD, what);
                assertEquals(loss, found.get(1)[0] / batch.weight(), FORWARD * Math.max(1, loss), what + "loss");
            }
            List<float[]> gradients = fetch(session, graph.training(), batch, graph.learning().gradients());
            List<Variable> learned = graph.learning().learned().stream().map(Learned::variable).toList();
            new NumericGradient(under, weights, p -> head.loss(p, model.batch(), batch))
                    .compare(learned, gradients, model.weights(), what);
        }
    }

    /** In float32, learning as BERT does. */
    static FineTuningGraph graph(ModelConfig model, TaskHead head, long seed) {
        return FineTuningGraph.build(model, head, FineTuningGraph.Build.plain(Optimisation.reference()), seed);
    }

    private static List<float[]> fetch(
            FineTuningSession session, TaskTower tower, TaskBatch batch, List<Operand<TFloat32>> operands) {
        try (Feed feed = batch.feed(tower).scalar(session.graph().weight(), batch.weight())) {
            if (tower.dropoutKey() != null) {
                feed.add(tower.dropoutKey(), TInt64.scalarOf(0));
            }
            return Sessions.run(session.session(), feed, operands);
        }
    }

    /** Labels are part of what is learnt by: two halves of a batch, whose rows weigh differently, make the step of the whole. */
    @Test
    void microBatchesMakeTheStepOfTheWhole() {
        ModelConfig model = Tiny.model(0);
        for (TaskHead of : heads(3)) {
            Batch batch = Tiny.batch(model, 4, 24, 4, 8);
            PlainHead head = new PlainHead(of);
            TaskBatch whole = head.targets(batch, new Random(3));
            List<TaskBatch> halves = List.of(PlainHead.part(whole, 0, 2), PlainHead.part(whole, 2, 4));
            Map<String, float[]> once = stepped(model, of, false, List.of(whole));
            Map<String, float[]> twice = stepped(model, of, true, halves);
            once.forEach((name, values) -> assertArrayEquals(values, twice.get(name), 2e-5f, of + " " + name));
        }
    }

    private static Map<String, float[]> stepped(ModelConfig model, TaskHead head, boolean accumulated, List<TaskBatch> batches) {
        FineTuningGraph.Build build = new FineTuningGraph.Build(
                FineTuningGraph.Sizes.FREE, new Optimisation(new Sgd(0.9, 0), 1.0, 1.0, List.of()), Compute.FLOAT32, accumulated);
        try (FineTuningGraph graph = FineTuningGraph.build(model, head, build, 7);
                FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
            session.initialise();
            session.step(0, batches, 0.1);
            session.step(1, batches, 0.1);
            return values(session, graph.variables().trainable().stream().map(Variable::name).toList());
        }
    }

    /** What is beside a text in its batch, and how much padding, decides nothing of its logits. */
    @Test
    void paddingDecidesNothing() {
        ModelConfig model = Tiny.model(0);
        for (TaskHead of : heads(3)) {
            List<TaskExample> examples = new ArrayList<>();
            for (int length : new int[] {5, 11, 24}) {
                int[] ids = new Random(length).ints(length, 5, model.vocabSize()).toArray();
                Scorer.Query text = new Scorer.Query(ids, new int[length], new int[0]);
                examples.add(of.regression() ? TaskExample.ofValue(text, 1)
                        : of instanceof TaskHead.Tags ? TaskExample.ofPositions(text, new int[length])
                        : of instanceof TaskHead.Span ? TaskExample.ofSpan(text, 1, 2, true) : TaskExample.ofClass(text, 1, 1));
            }
            EncodedExamples encoded = new EncodedExamples(examples);
            try (FineTuningGraph graph = graph(model, of, 1);
                    FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
                session.initialise();
                float[][][] together = logits(session, encoded, 3, of);
                float[][][] alone = logits(session, encoded, 1, of);
                for (int i = 0; i < examples.size(); i++) {
                    assertEquals(of.rows(examples.get(i).length()), together[i].length);
                    for (int row = 0; row < together[i].length; row++) {
                        assertArrayEquals(alone[i][row], together[i][row], 1e-5f, of + ", text " + i + ", row " + row);
                    }
                }
            }
        }
    }

    private static float[][][] logits(FineTuningSession session, EncodedExamples encoded, int batchSize, TaskHead head) {
        float[][][] all = new float[encoded.size()][][];
        for (TaskBatch batch : encoded.each(batchSize)) {
            session.evaluate(batch, flat -> encoded.unpad(batch, flat, all, head instanceof TaskHead.Span));
        }
        return all;
    }

    @Test
    void theHeadIsNamedAsRunClassifierNamesIt() {
        for (boolean pairHead : new boolean[] {true, false}) {
            ModelConfig model = Tiny.model(0).withOptions(
                    new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, pairHead, null, null));
            try (FineTuningGraph graph = graph(model, new TaskHead.Classes(3, Pooling.CLS), 1)) {
                assertArrayEquals(new long[] {3, 16}, graph.variables().get("output_weights").shape().asArray());
                assertArrayEquals(new long[] {3}, graph.variables().get("output_bias").shape().asArray());
                assertArrayEquals(new long[] {16, 16}, graph.variables().get("bert/pooler/dense/kernel").shape().asArray());
                assertTrue(graph.variables().get("output_weights").decayed());
                assertFalse(graph.variables().get("output_bias").decayed());
                assertTrue(graph.variables().trainable().stream().noneMatch(v -> v.name().startsWith("cls/")));
            }
        }
    }

    @Test
    void theOtherHeadsHaveNamesOfTheirOwn() {
        for (boolean pairHead : new boolean[] {true, false}) {
            ModelConfig model = Tiny.model(0).withOptions(
                    new EncoderOptions(false, PositionEmbedding.ABSOLUTE, false, pairHead, null, null));
            try (FineTuningGraph tags = graph(model, new TaskHead.Tags(5), 1);
                    FineTuningGraph span = graph(model, new TaskHead.Span(), 1);
                    FineTuningGraph value = graph(model, new TaskHead.Value(Pooling.CLS), 1);
                    FineTuningGraph mean = graph(model, new TaskHead.Classes(3, Pooling.MEAN), 1)) {
                assertArrayEquals(new long[] {5, 16}, tags.variables().get("cls/tags/output_weights").shape().asArray());
                assertArrayEquals(new long[] {5}, tags.variables().get("cls/tags/output_bias").shape().asArray());
                assertArrayEquals(new long[] {2, 16}, span.variables().get("cls/squad/output_weights").shape().asArray());
                assertArrayEquals(new long[] {2}, span.variables().get("cls/squad/output_bias").shape().asArray());
                assertArrayEquals(new long[] {1, 16}, value.variables().get("output_weights").shape().asArray());
                for (FineTuningGraph unpooled : List.of(tags, span, mean)) {
                    assertTrue(unpooled.variables().trainable().stream().noneMatch(v -> v.name().startsWith("bert/pooler/")));
                }
            }
        }
    }

    @Test
    void theEncoderIsTakenToTheLastBitAndTheSessionItComesFromIsLeftAlone() {
        PlainHead classes = new PlainHead(new TaskHead.Classes(2, Pooling.CLS));
        for (boolean pairHead : new boolean[] {true, false}) {
            ModelConfig model = Tiny.model(0.1).withOptions(
                    new EncoderOptions(true, PositionEmbedding.RELATIVE_KEY, true, pairHead, 12, 1));
            Batch batch = Tiny.batch(model, 4, 24, 4, 8);
            try (TrainingSession from = Sessions.open(model, batch, false, AdamW.reference(), 1.0);
                    FineTuningGraph graph = graph(model, new TaskHead.Classes(2, Pooling.CLS), 7)) {
                for (int step = 0; step < 3; step++) {
                    from.step(step, List.of(batch), 1e-2);
                }
                Map<String, float[]> before = all(from);
                List<String> ours = graph.variables().trainable().stream().map(Variable::name).toList();
                try (FineTuningSession session = new FineTuningSession(graph, 1, 1)) {
                    session.initialise();
                    Map<String, float[]> initial = values(session, ours);
                    session.takeEncoder(from);
                    Map<String, float[]> taken = values(session, ours);
                    for (String name : ours) {
                        boolean shared = name.startsWith("bert/") && (pairHead || !name.startsWith("bert/pooler/"));
                        assertArrayEquals(shared ? before.get(name) : initial.get(name), taken.get(name), 0f, name);
                    }
                    for (int step = 0; step < 5; step++) {
                        session.step(step, List.of(classes.targets(batch, new Random(step))), 1e-2);
                    }
                    Map<String, float[]> learnt = values(session, ours);
                    ours.stream().filter(name -> name.endsWith("kernel") || name.endsWith("weights"))
                            .forEach(name -> assertTrue(Sessions.norm(learnt.get(name)) != Sessions.norm(taken.get(name)), name));
                }
                Map<String, float[]> after = all(from);
                before.forEach((name, values) -> assertArrayEquals(values, after.get(name), 0f, name));
            }
        }
    }

    private static Map<String, float[]> values(FineTuningSession session, List<String> names) {
        Map<String, float[]> values = new LinkedHashMap<>();
        List<Operand<TFloat32>> reads = names.stream().map(name -> session.graph().variables().get(name).floats()).toList();
        List<float[]> read = Sessions.run(session.session(), new Feed(), reads);
        for (int i = 0; i < reads.size(); i++) {
            values.put(names.get(i), read.get(i));
        }
        return values;
    }

    /** Weights and slots. */
    static Map<String, float[]> all(TrainingSession session) {
        return Sessions.values(session, session.graph().variables().all().stream()
                .filter(v -> v.value().type() == TFloat32.class).map(Variable::name).toList());
    }
}
