package org.graphbert.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.config.ModelConfig;
import org.graphbert.graph.Flops;
import org.graphbert.graph.Inputs;
import org.graphbert.graph.Tower;
import org.graphbert.graph.Variables;
import org.graphbert.interop.OptimizerSlots;
import org.graphbert.interop.TypeNames;
import org.tensorflow.Operand;

/**
 * What is in a written graph.
 *
 * @param options of the model, {@link org.graphbert.config.EncoderOptions#named}
 * @param nodes operations in the GraphDef
 * @param batchSize B of the training tower; null if free
 * @param trainingFlops of a step of B sequences, of one sequence if B is free; {@link Flops}
 * @param inferenceFlops of one sequence
 * @param slots what the optimiser keeps beside variables, by its suffixes
 * @param memory of a step of B sequences, of one sequence if B is free
 * @param memoryLimitBytes the memory that the largest batch may take
 * @param largestBatchSize in that memory; 0 if not even one sequence fits
 * @param update to be run for a step
 * @param initialise to be run first
 */
public record GraphFacts(
        ModelConfig model,
        List<String> options,
        int nodes,
        List<Row> variables,
        long parameters,
        long decayedParameters,
        Integer batchSize,
        int maxSeqLength,
        int maxPredictionsPerSeq,
        double trainingFlops,
        double inferenceFlops,
        List<String> slots,
        MemoryEstimate memory,
        long memoryLimitBytes,
        int largestBatchSize,
        List<End> inputs,
        List<End> outputs,
        String update,
        String initialise) {

    /** A trainable variable. */
    public record Row(String name, List<Long> shape, long parameters, boolean decayed) {}

    /**
     * A placeholder to feed or a tensor to fetch.
     *
     * @param name what it is, {@code training/} or {@code inference/} before what each tower has
     * @param tensor its name in the graph
     * @param shape −1 for a free size
     */
    public record End(String name, String tensor, String type, List<Long> shape) {}

    static GraphFacts of(GraphFile.Request request, TrainingGraph graph, int nodes) {
        Variables variables = graph.variables();
        List<Row> rows = variables.trainable().stream()
                .map(v -> new Row(v.name(), sizes(v.shape().asArray()), v.shape().size(), v.decayed()))
                .toList();
        ModelConfig model = request.model();
        int batch = request.batchSize() == null ? 1 : request.batchSize();
        BatchMemory memory = new BatchMemory(model, request.maxSeqLength(), request.maxPredictions(), request.optimisation());
        return new GraphFacts(
                model,
                model.options().named(),
                nodes,
                rows,
                variables.parameterCount(),
                rows.stream().filter(Row::decayed).mapToLong(Row::parameters).sum(),
                request.batchSize(),
                request.maxSeqLength(),
                request.maxPredictions(),
                Flops.trainingStep(model, batch, request.maxSeqLength(), request.maxPredictions()),
                Flops.inference(model, 1, request.maxSeqLength(), request.maxPredictions()),
                slots(variables),
                memory.at(batch),
                request.memoryBytes(),
                memory.largest(request.memoryBytes()),
                inputs(graph),
                outputs(graph),
                graph.learning().update().op().name(),
                graph.initialise().op().name());
    }

    private static List<String> slots(Variables variables) {
        return variables.all().stream()
                .map(Variables.Variable::name)
                .filter(name -> OptimizerSlots.variableOf(name).isPresent())
                .map(name -> name.substring(name.lastIndexOf('/') + 1))
                .distinct()
                .sorted()
                .toList();
    }

    private static List<End> inputs(TrainingGraph graph) {
        Map<String, Operand<?>> named = new LinkedHashMap<>();
        placeholders(named, "training/", graph.training().inputs());
        named.put("dropout_key", graph.training().dropoutKey());
        named.putAll(graph.learning().scalars());
        named.put("masked_lm_weight", graph.maskedLmWeight());
        named.put("examples", graph.examples());
        placeholders(named, "inference/", graph.evaluation().inputs());
        named.put("checkpoint", graph.saver().filename());
        return ends(named);
    }

    private static void placeholders(Map<String, Operand<?>> named, String tower, Inputs in) {
        named.put(tower + "input_ids", in.inputIds());
        named.put(tower + "input_mask", in.inputMask());
        named.put(tower + "segment_ids", in.segmentIds());
        named.put(tower + "masked_lm_positions", in.maskedLmPositions());
        named.put(tower + "masked_lm_ids", in.maskedLmIds());
        named.put(tower + "masked_lm_weights", in.maskedLmWeights());
        named.put(tower + "next_sentence_labels", in.nextSentenceLabels());
    }

    private static List<End> outputs(TrainingGraph graph) {
        Map<String, Operand<?>> named = new LinkedHashMap<>();
        results(named, "training/", graph.training());
        named.put("gradient_norm", graph.learning().gradientNorm());
        results(named, "inference/", graph.evaluation());
        named.put("save", graph.saver().save());
        return ends(named);
    }

    private static void results(Map<String, Operand<?>> named, String name, Tower tower) {
        named.put(name + "sequence_output", tower.sequenceOutput());
        named.put(name + "pooled_output", tower.pooledOutput());
        named.put(name + "masked_lm_logits", tower.maskedLmLogits());
        named.put(name + "next_sentence_logits", tower.nextSentenceLogits());
        named.put(name + "masked_lm_loss_sum", tower.losses().maskedLmLoss());
        named.put(name + "masked_lm_correct_sum", tower.losses().maskedLmCorrect());
        named.put(name + "next_sentence_loss_sum", tower.losses().nextSentenceLoss());
        named.put(name + "next_sentence_correct_sum", tower.losses().nextSentenceCorrect());
    }

    /** What a model without a pair head lacks is null. */
    private static List<End> ends(Map<String, Operand<?>> named) {
        List<End> ends = new ArrayList<>();
        named.forEach((name, operand) -> {
            if (operand != null) {
                ends.add(new End(
                        name,
                        operand.op().name() + ":" + operand.asOutput().index(),
                        TypeNames.of(operand.asOutput().dataType()),
                        sizes(operand.shape().asArray())));
            }
        });
        return ends;
    }

    private static List<Long> sizes(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }
}
