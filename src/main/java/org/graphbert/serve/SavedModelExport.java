package org.graphbert.serve;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Saver;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.graph.Variables.Variable;
import org.graphbert.text.Tokenizer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * Writes NAME/VERSION as TF Serving wants it: saved_model.pb with the signatures masked_lm, next_sentence and features
 * (also serving_default), without next_sentence where the model has no pair head, variables/, the tokenizer in assets/ and
 * the model configuration in assets.extra/.
 */
public final class SavedModelExport {

    static final String TAG = "serve";
    static final String MASKED_LM = "masked_lm";
    static final String NEXT_SENTENCE = "next_sentence";
    static final String FEATURES = "features";
    static final String CLASSIFY = "classify";
    static final String EXTRA = "assets.extra";
    static final String CONFIG = "bert_config.json";
    private static final String DEFAULT = "serving_default";
    private static final String METHOD = "tensorflow/serving/predict";

    private SavedModelExport() {}

    /**
     * Exports a checkpoint.
     *
     * @param prefix the checkpoint
     * @param output NAME's directory
     * @param version null for one above the highest there
     * @return the version's directory
     */
    public static Path export(ModelConfig config, String prefix, Tokenizer tokenizer, Path output, Long version)
            throws IOException {
        Directories.createOutput("--output", output);
        long number = version == null ? highest(output) + 1 : version;
        if (number < 1) {
            throw Failure.usage("version is %d, expected at least 1", number);
        }
        Path target = output.resolve(Long.toString(number));
        if (Files.exists(target)) {
            throw Failure.usage("%s exists; choose another --version, or leave it out for the next one", target);
        }
        // A server that polls takes a directory with a number for a name; this one it passes over until it is complete.
        Path aside = Files.createTempDirectory(output, ".writing-");
        try {
            write(config, prefix, aside);
            tokenizer.save(aside.resolve("assets"));
            Path extra = Files.createDirectories(aside.resolve(EXTRA));
            Files.writeString(extra.resolve(CONFIG), Json.write(config));
            aside.toFile().setReadable(true, false);
            aside.toFile().setExecutable(true, false);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Directories.delete(aside);
        }
        return target;
    }

    private static void write(ModelConfig config, String prefix, Path directory) throws IOException {
        try (Graph graph = new Graph()) {
            Variables variables = new Variables(graph);
            Tower tower = Tower.serving(graph, variables, config);
            Ops tf = Ops.create(graph).withSubScope("outputs");
            Map<String, SignatureDef> signatures = signatures(tf, tower, config);
            Saver saver = Saver.create(graph, variables.all());
            try (Session session = new Session(graph);
                    TString from = TString.scalarOf(prefix);
                    TString to = TString.scalarOf(
                            Files.createDirectories(directory.resolve("variables")).resolve("variables").toString())) {
                try {
                    session.runner().feed(saver.filename(), from).addTarget(saver.restore()).run().close();
                } catch (TensorFlowException e) {
                    String first = e.getMessage().lines().findFirst().orElse("").strip();
                    throw Failure.data("%s: cannot restore the model from this checkpoint: %s", prefix, first, e);
                }
                try {
                    session.runner().feed(saver.filename(), to).fetch(saver.save()).run().close();
                } catch (TensorFlowException e) {
                    String first = e.getMessage().lines().findFirst().orElse("").strip();
                    throw Failure.data("%s: the variables cannot be written: %s; make room and export again",
                            directory.getParent(), first, e);
                }
            }
            CollectionDef collected = collection(variables.all());
            MetaGraphDef meta = MetaGraphDef.newBuilder()
                    .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags(TAG))
                    .setGraphDef(graph.toGraphDef())
                    .setSaverDef(Saver.definition())
                    .putAllSignatureDef(signatures)
                    .putCollectionDef("variables", collected)
                    .putCollectionDef("trainable_variables", collected)
                    .build();
            try (OutputStream out = Files.newOutputStream(directory.resolve("saved_model.pb"))) {
                // The order of a map's keys differs between processes otherwise, and with it the file.
                CodedOutputStream ordered = CodedOutputStream.newInstance(out);
                ordered.useDeterministicSerialization();
                SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(meta).build().writeTo(ordered);
                ordered.flush();
            }
        }
    }

    private static Map<String, SignatureDef> signatures(Ops tf, Tower tower, ModelConfig config) {
        Inputs inputs = tower.inputs();
        Map<String, Operand<?>> sequence = new LinkedHashMap<>();
        sequence.put("input_ids", inputs.inputIds());
        sequence.put("input_mask", inputs.inputMask());
        sequence.put("segment_ids", inputs.segmentIds());
        Map<String, Operand<?>> withPositions = new LinkedHashMap<>(sequence);
        withPositions.put("masked_lm_positions", inputs.maskedLmPositions());

        // [B, P, V]: the shape of the positions, and the vocabulary.
        Operand<TFloat32> logits = tf.withName("masked_lm_logits")
                .reshape(
                        tower.maskedLmLogits(),
                        tf.concat(
                                List.of(tf.shape(inputs.maskedLmPositions()), tf.array(config.vocabSize())),
                                tf.constant(0)));
        Map<String, SignatureDef> signatures = new LinkedHashMap<>();
        signatures.put(MASKED_LM, signature(withPositions, Map.of("logits", logits)));
        Map<String, Operand<TFloat32>> encoded = new LinkedHashMap<>();
        encoded.put("sequence_output", tower.sequenceOutput());
        if (config.options().pairHead()) {
            Operand<TFloat32> probabilities =
                    tf.withName("next_sentence_probabilities").nn.softmax(tower.nextSentenceLogits());
            signatures.put(
                    NEXT_SENTENCE,
                    signature(sequence, Map.of("logits", tower.nextSentenceLogits(), "probabilities", probabilities)));
            encoded.put("pooled_output", tower.pooledOutput());
        }
        SignatureDef features = signature(sequence, encoded);
        signatures.put(FEATURES, features);
        signatures.put(DEFAULT, features);
        return signatures;
    }

    private static SignatureDef signature(Map<String, Operand<?>> inputs, Map<String, Operand<TFloat32>> outputs) {
        SignatureDef.Builder builder = SignatureDef.newBuilder().setMethodName(METHOD);
        inputs.forEach((key, operand) -> builder.putInputs(key, info(operand)));
        outputs.forEach((key, operand) -> builder.putOutputs(key, info(operand)));
        return builder.build();
    }

    private static TensorInfo info(Operand<?> operand) {
        Shape shape = operand.shape();
        TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
        for (int i = 0; i < shape.numDimensions(); i++) {
            dims.addDim(TensorShapeProto.Dim.newBuilder().setSize(shape.get(i)));
        }
        return TensorInfo.newBuilder()
                .setName(operand.op().name() + ":" + operand.asOutput().index())
                .setDtype(operand.asOutput().dataType())
                .setTensorShape(dims)
                .build();
    }

    /** The variables as TensorFlow 1's collections have them, which some loaders need. */
    private static CollectionDef collection(Iterable<Variable> variables) {
        CollectionDef.BytesList.Builder list = CollectionDef.BytesList.newBuilder();
        for (Variable variable : variables) {
            list.addValue(VariableDef.newBuilder()
                    .setVariableName(variable.handle().op().name() + ":0")
                    .setInitializerName(variable.initialise().op().name())
                    .setSnapshotName(variable.value().op().name() + ":0")
                    .setInitialValueName(variable.initial().op().name() + ":0")
                    .setIsResource(true)
                    .setTrainable(variable.trainable())
                    .build()
                    .toByteString());
        }
        return CollectionDef.newBuilder().setBytesList(list).build();
    }

    private static long highest(Path output) throws IOException {
        try (Stream<Path> entries = Files.list(output)) {
            return entries.map(p -> p.getFileName().toString())
                    .filter(name -> name.matches("\\d{1,18}"))
                    .mapToLong(Long::parseLong)
                    .max()
                    .orElse(0);
        }
    }
}
