package org.graphbert.serve;

import java.util.LinkedHashMap;
import java.util.Map;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.CollectionDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VariableDef;
import org.tensorflow.types.TFloat32;

/** A graph's signatures and variables in the messages of a SavedModel. */
final class Signatures {

    /** The signature where none is named. */
    static final String DEFAULT = "serving_default";

    private static final String METHOD = "tensorflow/serving/predict";

    private Signatures() {}

    /**
     * Each signature in two forms: NAME with inputs of int32, which tf.make_tensor_proto makes of Python's numbers and in
     * which TensorFlow's BERTs are exported, and NAME_int64, for clients whose ids come from numpy, from tf.data or from Java's
     * longs. A SavedModel's input has one type; a client that speaks gRPC or calls it in Python must send that one, while TF
     * Serving's REST API converts. Each form computes in int32.
     */
    static Map<String, SignatureDef> of(ServedGraph served) {
        Map<String, SignatureDef> signatures = new LinkedHashMap<>();
        served.outputs().forEach((name, outputs) -> {
            signatures.put(name, signature(served.inputs(name, false), outputs));
            signatures.put(name + Inputs.WIDE, signature(served.inputs(name, true), outputs));
        });
        signatures.put(DEFAULT, signatures.get(served.standard()));
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
    static CollectionDef collection(Iterable<Variable> variables) {
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
}
