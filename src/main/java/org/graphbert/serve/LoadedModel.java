package org.graphbert.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.data.PairTask;
import org.graphbert.graph.SessionOptions;
import org.graphbert.text.Tokenizer;
import org.graphbert.text.Tokenizers;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** One version of an export in memory: its signatures can be called, by any number of threads. */
public final class LoadedModel implements AutoCloseable {

    private final Path directory;
    private final SavedModelBundle bundle;
    private final ModelConfig config;
    private final Tokenizer tokenizer;
    private final ExportFacts facts;
    private final Map<String, SignatureDef> signatures;
    private final Map<String, Map<String, Call.Output>> outputs;

    private LoadedModel(
            Path directory, SavedModelBundle bundle, ModelConfig config, Tokenizer tokenizer, ExportFacts facts) {
        this.directory = directory;
        this.bundle = bundle;
        this.config = config;
        this.tokenizer = tokenizer;
        this.facts = facts;
        this.signatures = new TreeMap<>(bundle.metaGraphDef().getSignatureDefMap());
        this.outputs = signatures.keySet().stream().collect(Collectors.toMap(Function.identity(), this::kinds));
    }

    /**
     * Opens NAME/VERSION, or the highest version of NAME.
     *
     * @param threads of TensorFlow's kernels; 0 for all cores
     * @throws Failure (usage) if there is no export, (data) if it is damaged
     */
    public static LoadedModel open(Path directory, int threads) throws IOException {
        Path version = SavedModelScorer.version(directory);
        ModelConfig config = ModelConfig.read(
                version.resolve(SavedModelExport.EXTRA).resolve(SavedModelExport.CONFIG));
        Tokenizer tokenizer = Tokenizers.load(version.resolve("assets"), null);
        ExportFacts facts = ExportFacts.read(version);
        return new LoadedModel(version, bundle(version, threads), config, tokenizer, facts);
    }

    /** What TensorFlow loads of NAME/VERSION. */
    static SavedModelBundle bundle(Path version, int threads) {
        try {
            return SavedModelBundle.loader(version.toString())
                    .withTags(SavedModelExport.TAG)
                    .withConfigProto(SessionOptions.threads(threads).proto())
                    .load();
        } catch (TensorFlowException e) {
            throw Failure.data("%s: cannot load this SavedModel: %s", version, e.getMessage().lines().findFirst().orElse("").strip(), e);
        }
    }

    /** NAME/VERSION. */
    public Path directory() {
        return directory;
    }

    /** The version's number; 0 where its directory has none for a name. */
    public long version() {
        String name = directory.toAbsolutePath().normalize().getFileName().toString();
        return name.matches("\\d{1,18}") ? Long.parseLong(name) : 0;
    }

    public ModelConfig config() {
        return config;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    public ExportFacts facts() {
        return facts;
    }

    /** What it can be asked in words, as {@code graphbert serve} names it in its paths. */
    public List<String> questions() {
        List<String> questions = new ArrayList<>();
        switch (facts.head()) {
            case PRETRAINING -> {
                if (signatures.containsKey(SavedModelExport.MASKED_LM)) {
                    questions.add("fill_mask");
                }
                if (signatures.containsKey(SavedModelExport.NEXT_SENTENCE) && facts.pairTask() != PairTask.NONE) {
                    questions.add("next_sentence");
                }
            }
            case CLASSIFY, REGRESS -> questions.add("classify");
            case TAG -> questions.add("tag");
            case QA -> questions.add("answer");
        }
        if (signatures.containsKey(SavedModelExport.FEATURES)) {
            questions.add("embed");
        }
        return questions;
    }

    /** By name, in alphabetical order. */
    public Map<String, SignatureDef> signatures() {
        return signatures;
    }

    /**
     * The signature of that name.
     *
     * @throws Failure (usage) if the export has none
     */
    SignatureDef signature(String name) {
        SignatureDef signature = signatures.get(name);
        if (signature == null) {
            throw Failure.usage("Serving signature name: \"%s\" not found in signature def; this export has %s",
                    name, String.join(", ", signatures.keySet()));
        }
        return signature;
    }

    /**
     * The names of a signature's inputs, in alphabetical order.
     *
     * @throws Failure (usage) if the export has no such signature
     */
    public Set<String> inputs(String signature) {
        return new TreeSet<>(signature(signature).getInputsMap().keySet());
    }

    /** How many numbers a call is answered with. */
    public long answerSize(Call call) {
        return answerSize(call.signature(), call.rows(), call.length(), call.predictions());
    }

    /** How many numbers a call of such sizes is answered with. */
    long answerSize(String signature, int rows, int length, int predictions) {
        Map<String, Call.Output> kinds = outputs(signature);
        long size = 0;
        for (Map.Entry<String, TensorInfo> output : signature(signature).getOutputsMap().entrySet()) {
            long numbers = rows;
            for (TensorShapeProto.Dim dim : output.getValue().getTensorShape().getDimList()) {
                numbers *= dim.getSize() >= 0 ? dim.getSize() : 1;
            }
            size += numbers * switch (kinds.get(output.getKey())) {
                case BY_ROW -> 1;
                case BY_POSITION -> length;
                case BY_PREDICTION -> predictions;
            };
        }
        return size;
    }

    /** What the second size of each output of a signature is. */
    Map<String, Call.Output> outputs(String signature) {
        return outputs.get(signature);
    }

    private Map<String, Call.Output> kinds(String name) {
        SignatureDef signature = signatures.get(name);
        Call.Output free = signature.containsInputs(Call.POSITIONS) ? Call.Output.BY_PREDICTION : Call.Output.BY_POSITION;
        Map<String, Call.Output> kinds = new LinkedHashMap<>();
        new TreeMap<>(signature.getOutputsMap()).forEach((key, info) -> kinds.put(key,
                info.getTensorShape().getDimCount() > 1 && info.getTensorShape().getDim(1).getSize() == Shape.UNKNOWN_SIZE
                        ? free : Call.Output.BY_ROW));
        return kinds;
    }

    /** Calls a signature; each output by name. */
    Map<String, Values> run(Call call) {
        SignatureDef signature = signature(call.signature());
        Map<String, Tensor> fed = new LinkedHashMap<>();
        try {
            Session.Runner runner = bundle.session().runner();
            signature.getInputsMap().forEach((name, info) -> {
                Tensor tensor = tensor(call, name, info.getDtype());
                fed.put(name, tensor);
                runner.feed(info.getName(), tensor);
            });
            Map<String, TensorInfo> fetched = new TreeMap<>(signature.getOutputsMap());
            fetched.values().forEach(info -> runner.fetch(info.getName()));
            try (Result result = runner.run()) {
                Map<String, Values> values = new LinkedHashMap<>();
                int i = 0;
                for (String name : fetched.keySet()) {
                    values.put(name, values((TFloat32) result.get(i++)));
                }
                return values;
            }
        } finally {
            fed.values().forEach(Tensor::close);
        }
    }

    private static Tensor tensor(Call call, String name, DataType type) {
        int[] values = call.inputs().get(name);
        Shape shape = Shape.of(call.rows(), name.equals(Call.POSITIONS) ? call.predictions() : call.length());
        if (type == DataType.DT_INT64) {
            long[] wide = new long[values.length];
            for (int i = 0; i < wide.length; i++) {
                wide[i] = values[i];
            }
            return TInt64.tensorOf(shape, DataBuffers.of(wide, true, false));
        }
        return TInt32.tensorOf(shape, DataBuffers.of(values, true, false));
    }

    private static Values values(TFloat32 tensor) {
        float[] data = new float[Math.toIntExact(tensor.size())];
        tensor.asRawTensor().data().asFloats().read(data);
        long[] sizes = tensor.shape().asArray();
        int[] shape = new int[sizes.length];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = (int) sizes[i];
        }
        return new Values(shape, data);
    }

    @Override
    public void close() {
        bundle.close();
    }
}
