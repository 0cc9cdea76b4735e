package org.graphbert.serve;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.graphbert.data.TfRecord;
import org.graphbert.serve.proto.PredictionLogProto.ModelSpec;
import org.graphbert.serve.proto.PredictionLogProto.PredictLog;
import org.graphbert.serve.proto.PredictionLogProto.PredictRequest;
import org.graphbert.serve.proto.PredictionLogProto.PredictionLog;
import org.graphbert.text.SpecialTokens;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Requests that TF Serving makes to a model before it lets others in, so that these need not wait for what a first call sets
 * up: a TFRecord file of tensorflow.serving.PredictionLog, a record for each signature.
 */
final class WarmUp {

    /** Where TF Serving looks for it, below assets.extra. */
    static final String FILE = "tf_serving_warmup_requests";

    private WarmUp() {}

    /**
     * Writes the file.
     *
     * @param model the name by which it is served
     */
    static void write(Path file, String model, Map<String, SignatureDef> signatures, SpecialTokens special) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (Map.Entry<String, SignatureDef> signature : new TreeMap<>(signatures).entrySet()) {
                out.write(TfRecord.frame(bytes(request(model, signature.getKey(), signature.getValue(), special))));
            }
        }
    }

    private static PredictionLog request(String model, String name, SignatureDef signature, SpecialTokens special) {
        // [CLS] [MASK] [SEP], the mask to be predicted where a signature asks for positions.
        Map<String, List<Integer>> values = Map.of(
                Call.INPUT_IDS, List.of(special.cls(), special.mask(), special.sep()),
                Call.INPUT_MASK, List.of(1, 1, 1),
                Call.SEGMENT_IDS, List.of(0, 0, 0),
                Call.POSITIONS, List.of(1));
        PredictRequest.Builder request = PredictRequest.newBuilder()
                .setModelSpec(ModelSpec.newBuilder().setName(model).setSignatureName(name));
        for (Map.Entry<String, TensorInfo> input : signature.getInputsMap().entrySet()) {
            request.putInputs(input.getKey(), tensor(values.get(input.getKey()), input.getValue().getDtype()));
        }
        return PredictionLog.newBuilder().setPredictLog(PredictLog.newBuilder().setRequest(request)).build();
    }

    private static ByteString tensor(List<Integer> row, DataType type) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setDtype(type)
                .setTensorShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(1))
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(row.size())));
        if (type == DataType.DT_INT64) {
            row.forEach(tensor::addInt64Val);
        } else {
            tensor.addAllIntVal(row);
        }
        return tensor.build().toByteString();
    }

    /** In an order that does not differ between processes. */
    private static byte[] bytes(PredictionLog log) throws IOException {
        byte[] bytes = new byte[log.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        log.writeTo(out);
        out.checkNoSpaceLeft();
        return bytes;
    }
}
