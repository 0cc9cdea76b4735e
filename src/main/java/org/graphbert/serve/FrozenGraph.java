package org.graphbert.serve;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.Json;
import org.graphbert.config.Precision;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A model as one GraphDef, its weights constants in it: for a JVM that holds TensorFlow and wants one file.
 * DIR/frozen_graph.pb, DIR/signatures.json (which tensor is what), bert_config.json, export.json and the tokenizer's files.
 */
public final class FrozenGraph {

    static final String FILE = "frozen_graph.pb";
    static final String SIGNATURES = "signatures.json";

    /** protobuf's limit for a message. */
    private static final long MOST_BYTES = Integer.MAX_VALUE;

    private FrozenGraph() {}

    /**
     * Writes a new directory.
     *
     * @param stored the type of the weights in the file
     * @throws Failure (usage) if the directory holds something or the model is beyond the 2 GiB of a GraphDef; (data) if the
     *     checkpoint cannot be read
     */
    public static void write(Exportable model, Precision stored, Path output) throws IOException {
        Directories.writeWhole("--output", output, directory -> {
            try (Graph graph = new Graph()) {
                ServedGraph served = model.graph(graph, stored);
                long bytes = served.variables().parameterCount() * (stored == Precision.FLOAT32 ? 4 : 2);
                if (bytes > MOST_BYTES) {
                    throw Failure.usage("the weights have %,d bytes, and a GraphDef holds at most %,d; take --dtype float16, or "
                            + "--format saved-model", bytes, MOST_BYTES);
                }
                Map<String, SignatureDef> signatures = Signatures.of(served);
                GraphDef definition = graph.toGraphDef();
                GraphDef[] frozen = new GraphDef[1];
                model.restored(definition, served.variables().all(), session -> frozen[0] =
                        frozen(definition, signatures, name -> {
                            try (Result result = session.runner().fetch(name).run()) {
                                return constant(result.get(0));
                            }
                        }));
                try (OutputStream out = Files.newOutputStream(directory.resolve(FILE))) {
                    CodedOutputStream ordered = CodedOutputStream.newInstance(out);
                    ordered.useDeterministicSerialization();
                    frozen[0].writeTo(ordered);
                    ordered.flush();
                }
                Files.writeString(directory.resolve(SIGNATURES), Json.write(described(signatures)));
                Files.writeString(directory.resolve(SavedModelExport.CONFIG), Json.write(model.config()));
                model.tokenizer().save(directory.resolve("assets"));
                model.facts().write(directory);
            }
        });
    }

    /** The value of a tensor. */
    @FunctionalInterface
    private interface Values {
        TensorProto of(String name);
    }

    /** What the signatures need of a graph, the reads of its variables replaced by what they read. */
    private static GraphDef frozen(GraphDef definition, Map<String, SignatureDef> signatures, Values values) {
        Map<String, NodeDef> nodes = definition.getNodeList().stream().collect(Collectors.toMap(NodeDef::getName, node -> node));
        Deque<String> open = new ArrayDeque<>();
        signatures.values().forEach(signature -> {
            signature.getOutputsMap().values().forEach(info -> open.add(nodeName(info.getName())));
            signature.getInputsMap().values().forEach(info -> open.add(nodeName(info.getName())));
        });
        Set<String> needed = new HashSet<>();
        while (!open.isEmpty()) {
            String name = open.poll();
            if (needed.add(name) && !nodes.get(name).getOp().equals("ReadVariableOp")) {
                nodes.get(name).getInputList().forEach(input -> open.add(nodeName(input)));
            }
        }
        GraphDef.Builder frozen = GraphDef.newBuilder().setVersions(definition.getVersions());
        for (NodeDef node : definition.getNodeList()) {
            if (needed.contains(node.getName())) {
                frozen.addNode(node.getOp().equals("ReadVariableOp") ? constant(node, values.of(node.getName())) : node);
            }
        }
        return frozen.build();
    }

    /** The node that an input such as "scope/op:1" or "^scope/op" comes from. */
    private static String nodeName(String input) {
        String name = input.startsWith("^") ? input.substring(1) : input;
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    private static NodeDef constant(NodeDef read, TensorProto value) {
        return NodeDef.newBuilder()
                .setName(read.getName())
                .setOp("Const")
                .putAttr("dtype", AttrValue.newBuilder().setType(value.getDtype()).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
                .build();
    }

    private static TensorProto constant(Tensor tensor) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        Shape sizes = tensor.shape();
        for (int i = 0; i < sizes.numDimensions(); i++) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(sizes.get(i)));
        }
        byte[] bytes = new byte[Math.toIntExact(tensor.numBytes())];
        tensor.asRawTensor().data().read(bytes);
        return TensorProto.newBuilder()
                .setDtype(DataType.forNumber(tensor.dataType().getNumber()))
                .setTensorShape(shape)
                .setTensorContent(ByteString.copyFrom(bytes))
                .build();
    }

    private static Map<String, Object> described(Map<String, SignatureDef> signatures) {
        Map<String, Object> described = new LinkedHashMap<>();
        new TreeMap<>(signatures).forEach((name, signature) -> described.put(name, new TreeMap<>(Map.of(
                "inputs", names(signature.getInputsMap()), "outputs", names(signature.getOutputsMap())))));
        return described;
    }

    private static Map<String, String> names(Map<String, TensorInfo> tensors) {
        Map<String, String> names = new TreeMap<>();
        tensors.forEach((name, info) -> names.put(name, info.getName()));
        return names;
    }
}
