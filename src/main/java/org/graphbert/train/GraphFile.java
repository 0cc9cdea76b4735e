package org.graphbert.train;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Inputs;
import org.tensorflow.proto.GraphDef;

/**
 * The training graph as files: NAME.pb, a GraphDef that TensorFlow imports anywhere, and NAME.txt, what is in it. Each is
 * written aside and renamed; a graph that stands there already is left alone if it is the same, and never overwritten
 * otherwise.
 */
public final class GraphFile {

    private GraphFile() {}

    /**
     * What is to be written.
     *
     * @param batchSize B of the training tower; null to leave it free
     * @param maxSeqLength S of the training tower
     * @param maxPredictions P of the training tower
     * @param memoryBytes the memory for which the largest batch is to be told
     * @param optimisation what becomes of the gradients
     */
    public record Request(
            ModelConfig model,
            Integer batchSize,
            int maxSeqLength,
            int maxPredictions,
            long memoryBytes,
            Optimisation optimisation) {

        /** With google-research/bert's optimiser. */
        public Request(ModelConfig model, Integer batchSize, int maxSeqLength, int maxPredictions, long memoryBytes) {
            this(model, batchSize, maxSeqLength, maxPredictions, memoryBytes, Optimisation.reference());
        }

        public Request {
            atLeastOne("--batch-size", batchSize == null ? 1 : batchSize);
            atLeastOne("--max-seq-length", maxSeqLength);
            atLeastOne("--max-predictions-per-seq", maxPredictions);
            if (maxSeqLength > model.maxPositionEmbeddings()) {
                throw Failure.usage(
                        "--max-seq-length is %d, the model has max_position_embeddings %d; choose a length up to that",
                        maxSeqLength, model.maxPositionEmbeddings());
            }
            int batch = batchSize == null ? 1 : batchSize;
            inATensor("--max-seq-length", batch, maxSeqLength, model.hiddenSize());
            inATensor("--max-predictions-per-seq", batch, maxPredictions, model.hiddenSize());
        }

        /** The rows of a layer's output, and those of the masked positions, are each one tensor. */
        private static void inATensor(String option, long batch, long positions, int hidden) {
            if (batch * positions > Integer.MAX_VALUE / hidden) {
                throw Failure.usage("--batch-size %d by %s %d and hidden size %d is more than a tensor takes; choose less",
                        batch, option, positions, hidden);
            }
        }

        private static void atLeastOne(String option, int value) {
            if (value < 1) {
                throw Failure.usage("%s is %d, expected at least 1", option, value);
            }
        }
    }

    /**
     * What was written.
     *
     * @param text of the summary
     * @param written false if the same files stood there already
     */
    public record Written(Path graph, Path summary, GraphFacts facts, String text, boolean written) {}

    /** Writes PREFIX.pb and PREFIX.txt. */
    public static Written write(Request request, Path prefix) throws IOException {
        int batch = request.batchSize() == null ? (int) Inputs.FREE : request.batchSize();
        TrainingGraph.Sizes sizes =
                new TrainingGraph.Sizes(batch, request.maxSeqLength(), request.maxPredictions(), false);
        Path pb = prefix.resolveSibling(prefix.getFileName() + ".pb");
        Path txt = prefix.resolveSibling(prefix.getFileName() + ".txt");
        Directories.createOutput("--output", prefix.toAbsolutePath().getParent());
        try (TrainingGraph graph =
                TrainingGraph.build(request.model(), sizes, request.optimisation(), Compute.FLOAT32, 0)) {
            GraphDef definition = graph.graph().toGraphDef();
            boolean exists = Files.exists(pb);
            if (exists && !same(pb, definition)) {
                throw somethingElse(pb);
            }
            // Beside this graph the text is its summary, perhaps of another --memory; without it, somebody else's.
            if (!exists && Files.exists(txt)) {
                throw somethingElse(txt);
            }
            GraphFacts facts = GraphFacts.of(request, graph, definition.getNodeCount());
            String text = GraphSummary.of(facts);
            if (exists && Files.exists(txt) && Files.readString(txt).equals(text)) {
                return new Written(pb, txt, facts, text, false);
            }
            if (!exists) {
                put(pb, definition.toByteArray());
            }
            put(txt, text.getBytes(StandardCharsets.UTF_8));
            return new Written(pb, txt, facts, text, true);
        }
    }

    private static Failure somethingElse(Path file) {
        return Failure.usage("%s exists and holds something else; choose another --output, or remove it", file);
    }

    /** As messages: the order of a node's attributes in the bytes is not defined. */
    private static boolean same(Path file, GraphDef definition) throws IOException {
        if (Files.isDirectory(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return GraphDef.parseFrom(in).equals(definition);
        } catch (InvalidProtocolBufferException otherFile) {
            return false;
        }
    }

    private static void put(Path file, byte[] bytes) {
        Path aside = file.resolveSibling("." + file.getFileName() + ".writing");
        try {
            Files.write(aside, bytes);
            Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.usage(
                    "--output %s: cannot be written: %s; choose a place that may be written", file, Directories.reason(e));
        }
    }
}
