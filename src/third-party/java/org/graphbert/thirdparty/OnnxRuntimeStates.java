package org.graphbert.thirdparty;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.graphbert.evaluate.PaddedQueries;

/** The reference: ONNX Runtime on the model's own file. */
final class OnnxRuntimeStates implements States {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntimeStates(Path model) throws OrtException {
        session = environment.createSession(model.toString());
    }

    @Override
    public float[][][] of(PaddedQueries batch) throws OrtException {
        long[] shape = {batch.batch(), batch.length()};
        try (OnnxTensor ids = tensor(batch.inputIds(), shape);
                OnnxTensor mask = tensor(batch.inputMask(), shape);
                OnnxTensor segments = tensor(batch.segmentIds(), shape);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", segments))) {
            return (float[][][]) result.get(0).getValue();
        }
    }

    private OnnxTensor tensor(int[] values, long[] shape) throws OrtException {
        return OnnxTensor.createTensor(
                environment, LongBuffer.wrap(Arrays.stream(values).asLongStream().toArray()), shape);
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
