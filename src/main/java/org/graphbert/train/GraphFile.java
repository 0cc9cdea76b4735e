package org.graphbert.train;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.graphbert.config.Directories;
import org.graphbert.config.Failure;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Flops;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.proto.GraphDef;

/**
 * The training graph as files: NAME.pb, a GraphDef that TensorFlow imports anywhere, and NAME.txt, what is in it. Written
 * aside and renamed; a graph that stands there already is left alone if it is the same, and never overwritten otherwise.
 */
public final class GraphFile {

    private static final int BYTES_A_FLOAT = 4;
    /** The weights, their gradients, and Adam's two moments. */
    private static final int COPIES_IN_TRAINING = 4;

    private GraphFile() {}

    /**
     * What was written.
     *
     * @param written false if the same graph stood there already
     */
    public record Written(Path graph, Path summary, String text, boolean written) {}

    /**
     * Writes PREFIX.pb and PREFIX.txt.
     *
     * @param batch B of the training tower
     * @param length S of the training tower
     * @param predictions P of the training tower
     */
    public static Written write(ModelConfig model, int batch, int length, int predictions, Path prefix)
            throws IOException {
        if (length > model.maxPositionEmbeddings()) {
            throw Failure.usage(
                    "--max-seq-length is %d, the model has max_position_embeddings %d",
                    length, model.maxPositionEmbeddings());
        }
        TrainingGraph.Sizes sizes = new TrainingGraph.Sizes(batch, length, predictions, false);
        try (TrainingGraph graph = TrainingGraph.build(model, sizes, AdamW.reference(), 1.0, 0)) {
            GraphDef definition = graph.graph().toGraphDef();
            String text = summary(model, sizes, graph, definition);
            Path pb = prefix.resolveSibling(prefix.getFileName() + ".pb");
            Path txt = prefix.resolveSibling(prefix.getFileName() + ".txt");
            if (Files.exists(pb)) {
                // As messages: the order of a node's attributes in the bytes is not defined.
                if (same(pb, definition)) {
                    return new Written(pb, txt, text, false);
                }
                throw Failure.usage("%s exists and holds another graph; choose another --output, or remove it", pb);
            }
            if (prefix.toAbsolutePath().getParent() != null) {
                Directories.createOutput("--output", prefix.toAbsolutePath().getParent());
            }
            Path aside = pb.resolveSibling("." + pb.getFileName() + ".writing");
            try (OutputStream out = Files.newOutputStream(aside)) {
                definition.writeTo(out);
            }
            Files.writeString(txt, text);
            Files.move(aside, pb);
            return new Written(pb, txt, text, true);
        }
    }

    private static boolean same(Path file, GraphDef definition) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return GraphDef.parseFrom(in).equals(definition);
        } catch (InvalidProtocolBufferException otherFile) {
            return false;
        }
    }

    private static String summary(
            ModelConfig model, TrainingGraph.Sizes sizes, TrainingGraph graph, GraphDef definition) {
        List<Variable> variables = graph.variables().trainable();
        long parameters = graph.variables().parameterCount();
        StringBuilder text = new StringBuilder();
        text.append(line(
                "BERT: %d layers, hidden %,d, %d heads, intermediate %,d, vocabulary %,d, positions %,d",
                model.numHiddenLayers(), model.hiddenSize(), model.numAttentionHeads(), model.intermediateSize(),
                model.vocabSize(), model.maxPositionEmbeddings()));
        text.append(line("%,d parameters in %d variables; %,d nodes", parameters, variables.size(),
                definition.getNodeCount()));
        double training = Flops.trainingStep(model, sizes.batch(), sizes.length(), sizes.predictions());
        double inference = Flops.inference(model, 1, sizes.length(), sizes.predictions());
        text.append(line(
                "A training step of %d sequences of %d tokens, %d predictions each: %.1f GFLOP in matrix products",
                sizes.batch(), sizes.length(), sizes.predictions(), training / 1e9));
        text.append(line("Inference, one such sequence: %.2f GFLOP", inference / 1e9));
        text.append(line(
                "Memory: %.1f MiB of weights; %.1f MiB with gradients and Adam's moments, activations beside them",
                mebibytes(parameters), mebibytes(COPIES_IN_TRAINING * parameters)));
        text.append(line("")).append(line("%-66s %-14s %12s %7s", "variable", "shape", "parameters", "decayed"));
        for (Variable variable : variables) {
            text.append(line(
                    "%-66s %-14s %,12d %7s",
                    variable.name(), dims(variable.value()), variable.shape().size(), variable.decayed() ? "yes" : "no"));
        }
        text.append(line("")).append(line("%-44s %-12s %s", "input or output", "shape", "node"));
        operands("training", graph.training()).forEach((name, operand) -> text.append(row(name, operand)));
        operands("inference", graph.evaluation()).forEach((name, operand) -> text.append(row(name, operand)));
        text.append(row("dropout_key", graph.training().dropoutKey()));
        text.append(row("learning_rate", graph.learningRate()));
        text.append(row("adam_rate", graph.adamRate()));
        text.append(row("masked_lm_weight", graph.maskedLmWeight()));
        if (graph.examples() != null) {
            text.append(row("examples", graph.examples()));
        }
        text.append(row("gradient_norm", graph.gradientNorm()));
        text.append(line("%-44s %-12s %s", "update (run it for a step)", "", graph.update().op().name()));
        text.append(line("%-44s %-12s %s", "initialise (run it first)", "", graph.initialise().op().name()));
        return text.toString();
    }

    private static Map<String, Operand<?>> operands(String tower, Tower of) {
        Inputs in = of.inputs();
        Map<String, Operand<?>> operands = new LinkedHashMap<>();
        operands.put("input_ids", in.inputIds());
        operands.put("input_mask", in.inputMask());
        operands.put("segment_ids", in.segmentIds());
        operands.put("masked_lm_positions", in.maskedLmPositions());
        operands.put("masked_lm_ids", in.maskedLmIds());
        operands.put("masked_lm_weights", in.maskedLmWeights());
        operands.put("next_sentence_labels", in.nextSentenceLabels());
        operands.put("sequence_output", of.sequenceOutput());
        operands.put("pooled_output", of.pooledOutput());
        operands.put("masked_lm_logits", of.maskedLmLogits());
        operands.put("next_sentence_logits", of.nextSentenceLogits());
        operands.put("masked_lm_loss_sum", of.losses().maskedLmLoss());
        operands.put("next_sentence_loss_sum", of.losses().nextSentenceLoss());
        Map<String, Operand<?>> named = new LinkedHashMap<>();
        operands.values().removeIf(Objects::isNull);
        operands.forEach((name, operand) -> named.put(tower + ": " + name, operand));
        return named;
    }

    private static String row(String name, Operand<?> operand) {
        return line("%-44s %-12s %s", name, dims(operand), operand.op().name() + ":" + operand.asOutput().index());
    }

    private static String dims(Operand<?> operand) {
        return Arrays.stream(operand.shape().asArray())
                .mapToObj(size -> size < 0 ? "?" : Long.toString(size))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static double mebibytes(long floats) {
        return (double) BYTES_A_FLOAT * floats / (1 << 20);
    }

    private static String line(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments) + "\n";
    }
}
