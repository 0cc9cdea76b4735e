package org.graphbert.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.graphbert.config.Failure;

/** The door to files of tensors, whatever their kind. */
public final class TensorFiles {

    private static final String SAVED_MODEL = "saved_model.pb";

    /** Asked in this order. */
    private static final List<Kind> KINDS = List.of(
            new Kind("safetensors (a file, an index, or a directory with model.safetensors)",
                    Safetensors::recognises, Safetensors::open),
            new Kind("a SavedModel's directory",
                    path -> Files.isDirectory(path) && Files.exists(path.resolve(SAVED_MODEL)),
                    path -> CheckpointTensors.open(path.resolve("variables").resolve("variables").toString())),
            new Kind("a TensorFlow checkpoint (its prefix, index or directory)",
                    CheckpointFiles::recognises, path -> CheckpointTensors.open(CheckpointFiles.prefix(path))),
            new Kind("an ONNX model (.onnx)", OnnxFile::recognises, OnnxVariables::open),
            new Kind("a GraphDef (.pb)",
                    path -> Files.isRegularFile(path) && path.toString().endsWith(".pb"), GraphTensors::open));

    private TensorFiles() {}

    @FunctionalInterface
    private interface Test {
        boolean test(Path path) throws IOException;
    }

    @FunctionalInterface
    private interface Opening {
        TensorFile open(Path path) throws IOException;
    }

    private record Kind(String name, Test recognises, Opening opening) {}

    /**
     * Opens tensors for reading.
     *
     * @throws Failure (usage) if there is nothing at that path, (data) if what is there is of no known kind, or damaged
     */
    public static TensorFile open(Path path) throws IOException {
        for (Kind kind : KINDS) {
            if (kind.recognises().test(path)) {
                return kind.opening().open(path);
            }
        }
        String expected = KINDS.stream().map(Kind::name).collect(Collectors.joining(", "));
        if (!Files.exists(path)) {
            throw Failure.usage("%s: no such file or directory; expected one of: %s", path, expected);
        }
        throw Failure.data("%s: found no tensors there; expected one of: %s", path, expected);
    }
}
