package org.graphbert.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.evaluate.Likely;
import org.graphbert.evaluate.PaddedQueries;
import org.graphbert.evaluate.Scorer;
import org.graphbert.graph.LikeliestTokens;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** An exported model: answers from the SavedModel alone. */
public final class SavedModelScorer implements Scorer {

    private final SavedModelBundle bundle;
    private final ModelConfig config;
    /** Null, as what is made of it, in an export without a masked-LM head. */
    private final SignatureDef maskedLm;
    private final LikeliestTokens likeliest;

    private SavedModelScorer(SavedModelBundle bundle, ModelConfig config) {
        this.bundle = bundle;
        this.config = config;
        maskedLm = bundle.metaGraphDef().getSignatureDefMap().get(SavedModelExport.MASKED_LM);
        likeliest = maskedLm == null ? null : LikeliestTokens.of(bundle.graph(), logits(), config.vocabSize());
    }

    /** What the masked-LM signature gives: [B, P, V]. */
    private Operand<TFloat32> logits() {
        String name = maskedLm.getOutputsOrThrow("logits").getName(); // NODE:OUTPUT
        return bundle.graph().operationOrThrow(name.substring(0, name.lastIndexOf(':'))).output(0);
    }

    /** Opens NAME/VERSION, or the highest version of NAME. */
    public static SavedModelScorer load(Path directory) throws IOException {
        Path version = version(directory);
        ModelConfig config = ModelConfig.read(
                version.resolve(SavedModelExport.EXTRA).resolve(SavedModelExport.CONFIG));
        return new SavedModelScorer(LoadedModel.bundle(version, 0), config);
    }

    /** The directory with saved_model.pb in it: this one, or that of the highest version below. */
    public static Path version(Path directory) throws IOException {
        if (Files.exists(directory.resolve("saved_model.pb"))) {
            return directory;
        }
        if (!Files.isDirectory(directory)) {
            throw Failure.usage("%s: no such directory; expected an export, NAME or NAME/VERSION", directory);
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(p -> p.getFileName().toString().matches("\\d{1,18}"))
                    .filter(p -> Files.exists(p.resolve("saved_model.pb")))
                    .max((a, b) -> Long.compare(number(a), number(b)))
                    .orElseThrow(() -> Failure.usage(
                            "%s: found no saved_model.pb here or in a numbered directory below; expected an export",
                            directory));
        }
    }

    private static long number(Path path) {
        return Long.parseLong(path.getFileName().toString());
    }

    @Override
    public Likely[][] likeliest(List<Query> queries, int count, float[] allowed) {
        if (maskedLm == null) {
            throw Failure.usage("this export has no signature %s; ask one of a pre-trained model", SavedModelExport.MASKED_LM);
        }
        PaddedQueries padded = PaddedQueries.of(queries);
        Map<String, Tensor> inputs = inputs(padded);
        inputs.put(
                "masked_lm_positions",
                ints(Shape.of(padded.batch(), padded.predictions()), padded.positions()));
        try {
            Session.Runner runner = bundle.session().runner();
            inputs.forEach((name, tensor) -> runner.feed(maskedLm.getInputsOrThrow(name).getName(), tensor));
            return Likely.run(runner, likeliest, queries, count, allowed);
        } finally {
            inputs.values().forEach(Tensor::close);
        }
    }

    @Override
    public double[] isNext(List<Query> queries) {
        Scorer.requirePairHead(config);
        return PaddedQueries.isNext(
                call(SavedModelExport.NEXT_SENTENCE, inputs(PaddedQueries.of(queries)), "logits"));
    }

    @Override
    public float[][][] hiddenStates(List<Query> queries, int[] layers) {
        for (int layer : layers) {
            if (layer != config.numHiddenLayers()) {
                throw Failure.usage("an export gives the vectors of its last layer, %d (or -1), alone, not those of layer %d; ask the "
                        + "run that it was made of: --run DIR", config.numHiddenLayers(), layer);
            }
        }
        PaddedQueries padded = PaddedQueries.of(queries);
        float[] last = call(SavedModelExport.FEATURES, inputs(padded), "sequence_output");
        float[][][] states = new float[layers.length][][];
        Arrays.fill(states, padded.unpad(queries, last));
        return states;
    }

    @Override
    public ModelConfig config() {
        return config;
    }

    private static Map<String, Tensor> inputs(PaddedQueries padded) {
        Shape shape = Shape.of(padded.batch(), padded.length());
        Map<String, Tensor> inputs = new HashMap<>();
        inputs.put("input_ids", ints(shape, padded.inputIds()));
        inputs.put("input_mask", ints(shape, padded.inputMask()));
        inputs.put("segment_ids", ints(shape, padded.segmentIds()));
        return inputs;
    }

    private static TInt32 ints(Shape shape, int[] values) {
        return TInt32.tensorOf(shape, DataBuffers.of(values, true, false));
    }

    /** Runs a signature, closes the inputs and returns one output, flat. */
    private float[] call(String signature, Map<String, Tensor> inputs, String output) {
        try (Result result = bundle.function(signature).call(inputs)) {
            TFloat32 tensor = (TFloat32) result.get(output).orElseThrow();
            float[] values = new float[(int) tensor.size()];
            tensor.asRawTensor().data().asFloats().read(values);
            return values;
        } finally {
            inputs.values().forEach(Tensor::close);
        }
    }

    @Override
    public void close() {
        bundle.close();
    }
}
