package org.graphbert.interop;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;

/**
 * Named tensors in files, read one at a time: safetensors, TensorFlow checkpoints, ONNX. What an implementation opens it has
 * checked: names, types and shapes are those that its bytes can hold.
 */
public interface TensorFile extends AutoCloseable {

    /**
     * A tensor as its file declares it.
     *
     * @param type TensorFlow's name of it in Python, e.g. float32
     */
    record Entry(String name, String type, List<Long> shape) {

        public long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    /** The file, or the directory of several, for messages. */
    String where();

    /** The tensors by name. */
    SortedMap<String, Entry> entries();

    /**
     * A tensor's values, row-major; float16 and bfloat16 widened, which loses nothing.
     *
     * @throws org.graphbert.config.Failure (data) if the type is not float32, float16 or bfloat16, or the bytes are damaged
     */
    float[] floats(String name) throws IOException;

    @Override
    void close() throws IOException;
}
