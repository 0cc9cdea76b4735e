package org.graphbert.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Pooling;
import org.graphbert.config.Precision;
import org.graphbert.data.PairTask;
import org.graphbert.evaluate.Scorer;
import org.graphbert.serve.proto.PredictionLogProto.PredictRequest;
import org.graphbert.serve.proto.PredictionLogProto.PredictionLog;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The forms of an export: inputs of both widths, narrow weights, a frozen graph, warm-up requests, what it says of itself. */
class ExportFormsTest {

    private static final Call CALL = Call.of("masked_lm",
            new Scorer.Query(new int[] {2, 9, 8, 7, 3}, new int[] {0, 0, 1, 1, 1}, new int[] {1, 3}));

    @TempDir
    private static Path directory;

    private static Tokenizer tokenizer;
    private static Map<String, Values> expected;

    @BeforeAll
    static void answerPlainly() throws IOException {
        tokenizer = Tokenizers.load(Golden.DIRECTORY.resolve("vocab.txt"), null);
        try (LoadedModel model = LoadedModel.open(Exports.golden(directory), 1)) {
            expected = model.run(CALL);
        }
    }

    private static Exportable golden(PairTask pairs) throws IOException {
        return new Exportable(Golden.model(), ExportFacts.pretraining(pairs), Golden.CHECKPOINT.toString(), tokenizer);
    }

    @Test
    void inputsOfBothWidthsAreAnsweredAlike() throws IOException {
        try (LoadedModel model = LoadedModel.open(directory.resolve("golden"), 1)) {
            assertEquals(Set.of("features", "features_int64", "masked_lm", "masked_lm_int64", "next_sentence", "next_sentence_int64",
                    "serving_default"), model.signatures().keySet());
            Call wide = new Call("masked_lm_int64", 1, 5, 2, CALL.inputs());
            assertEquals(DataType.DT_INT64, model.signature("masked_lm_int64").getInputsOrThrow("input_ids").getDtype());
            assertEquals(DataType.DT_INT32, model.signature("masked_lm").getInputsOrThrow("input_ids").getDtype());
            assertArrayEquals(expected.get("logits").data(), model.run(wide).get("logits").data(), 1e-6f);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = {"BFLOAT16", "FLOAT16"})
    void narrowWeightsAreHalfAsLargeAndAnswerAlmostAlike(Precision stored) throws IOException {
        Path plain = directory.resolve("golden/1/variables/variables.data-00000-of-00001");
        Path version = SavedModelExport.export(golden(PairTask.NSP), stored, directory.resolve(stored.toString()), null);
        long bytes = Files.size(version.resolve("variables/variables.data-00000-of-00001"));
        assertTrue(bytes * 2 <= Files.size(plain) + 1024, bytes + " bytes beside " + Files.size(plain));
        try (LoadedModel model = LoadedModel.open(version, 1)) {
            float[] found = model.run(CALL).get("logits").data();
            float largest = 0;
            for (int i = 0; i < found.length; i++) {
                largest = Math.max(largest, Math.abs(found[i] - expected.get("logits").data()[i]));
            }
            // 8 and 11 bits of precision in the weights.
            assertTrue(largest > 0 && largest < (stored == Precision.BFLOAT16 ? 0.1 : 0.01), "off by " + largest);
        }
    }

    @Test
    void aFrozenGraphAnswersInAPlainSession() throws IOException {
        Path frozen = directory.resolve("frozen");
        FrozenGraph.write(golden(PairTask.SOP), Precision.FLOAT32, frozen);
        JsonNode signature = Json.readObject(frozen.resolve("signatures.json")).get("masked_lm");
        GraphDef definition = GraphDef.parseFrom(Files.readAllBytes(frozen.resolve("frozen_graph.pb")));
        assertTrue(definition.getNodeList().stream().noneMatch(node -> node.getOp().contains("Var") || node.getOp().equals("RestoreV2")));
        try (Graph graph = new Graph()) {
            graph.importGraphDef(definition);
            try (Session session = new Session(graph)) {
                Session.Runner runner = session.runner();
                CALL.inputs().forEach((name, values) -> {
                    TInt32 tensor = TInt32.tensorOf(Shape.of(1, values.length),
                            DataBuffers.of(values));
                    runner.feed(signature.at("/inputs/" + name).asText(), tensor);
                });
                try (Result result = runner.fetch(signature.at("/outputs/logits").asText()).run()) {
                    float[] found = new float[expected.get("logits").data().length];
                    ((TFloat32) result.get(0)).asRawTensor().data().asFloats().read(found);
                    // Of constants TensorFlow fuses and folds what it does not of variables.
                    assertArrayEquals(expected.get("logits").data(), found, 1e-5f);
                }
            }
        }
        assertEquals("sop", Json.readObject(frozen.resolve("assets.extra/export.json")).get("pair_task").asText());
        assertThrows(Failure.class, () -> FrozenGraph.write(golden(PairTask.SOP), Precision.FLOAT32, frozen));
    }

    /** Frames, and within them PredictionLog's fields, read back by the numbers that TF Serving's files give them. */
    @Test
    void warmUpRequestsAreOneForEachSignature() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("golden/1/assets.extra/tf_serving_warmup_requests")))
                .order(ByteOrder.LITTLE_ENDIAN);
        Set<String> signatures = new TreeSet<>();
        while (file.hasRemaining()) {
            byte[] record = new byte[(int) file.getLong()];
            file.getInt();
            file.get(record);
            file.getInt();
            // predict_log is 6, of wire type 2.
            assertEquals(6 << 3 | 2, record[0]);
            PredictRequest request = PredictionLog.parseFrom(record).getPredictLog().getRequest();
            assertEquals("golden", request.getModelSpec().getName());
            String name = request.getModelSpec().getSignatureName();
            signatures.add(name);
            TensorProto ids = TensorProto.parseFrom(request.getInputsOrThrow("input_ids"));
            assertEquals(List.of(1L, 3L), ids.getTensorShape().getDimList().stream().map(dim -> dim.getSize()).toList());
            boolean wide = name.endsWith("_int64");
            assertEquals(wide ? DataType.DT_INT64 : DataType.DT_INT32, ids.getDtype());
            assertEquals(3, wide ? ids.getInt64ValCount() : ids.getIntValCount());
            assertEquals(name.startsWith("masked_lm"), request.containsInputs("masked_lm_positions"));
        }
        try (LoadedModel model = LoadedModel.open(directory.resolve("golden"), 1)) {
            assertEquals(model.signatures().keySet(), signatures);
        }
    }

    @Test
    void whatItIsStandsInIt() throws IOException {
        Path version = SavedModelExport.export(golden(PairTask.SOP), Precision.FLOAT32, directory.resolve("sop"), null);
        assertEquals(ExportFacts.pretraining(PairTask.SOP), ExportFacts.read(version));
        ExportFacts labelled = new ExportFacts(ExportFacts.Head.CLASSIFY, PairTask.NSP, List.of("negative", "positive"), Pooling.MEAN, null, true);
        Path empty = Files.createDirectories(directory.resolve("labelled"));
        labelled.write(empty);
        assertEquals(labelled, ExportFacts.read(empty));
        assertEquals(List.of("negative", "positive"), Files.readAllLines(empty.resolve("assets/labels.txt")));
        Files.writeString(empty.resolve("assets.extra/export.json"), "{\"head\":\"classify\",\"pair_task\":\"nsp\"}");
        assertEquals(Pooling.CLS, ExportFacts.read(empty).pooling(), "there was no other before");
        Files.delete(empty.resolve("assets/labels.txt"));
        assertThrows(Failure.class, () -> ExportFacts.read(empty));
        Files.writeString(empty.resolve("assets.extra/export.json"), "{\"head\":\"sing\",\"pair_task\":\"nsp\"}");
        Failure unknown = assertThrows(Failure.class, () -> ExportFacts.read(empty));
        assertTrue(unknown.getMessage().contains("head is 'sing', expected one of pretraining, classify"), unknown.getMessage());
        // Older exports say nothing of themselves.
        assertEquals(ExportFacts.pretraining(PairTask.NSP), ExportFacts.read(directory.resolve("nothing")));
    }

    @Test
    void aFailedExportLeavesNoEmptyDirectory() throws IOException {
        Exportable missing = new Exportable(Golden.model(), ExportFacts.pretraining(PairTask.NSP),
                directory.resolve("none").toString(), tokenizer);
        assertThrows(Failure.class, () -> SavedModelExport.export(missing, Precision.FLOAT32, directory.resolve("left"), null));
        assertFalse(Files.exists(directory.resolve("left")));
        Path there = Files.createDirectories(directory.resolve("there"));
        assertThrows(Failure.class, () -> SavedModelExport.export(missing, Precision.FLOAT32, there, null));
        assertTrue(Files.exists(there), "it was somebody's before");
    }
}
