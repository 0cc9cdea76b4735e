package org.graphbert.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.graphbert.interop.HuggingFaceNames.Twin;
import org.graphbert.train.Golden;
import org.junit.jupiter.api.Test;

/** Names of one world in the other. */
class HuggingFaceNamesTest {

    @Test
    void everyVariableOfTheReferenceHasATensorOfItsOwnAndBack() throws IOException {
        Set<String> tensors = new HashSet<>();
        Set<String> variables = CheckpointIndex.read(Golden.CHECKPOINT.toString()).entries().keySet();
        for (String variable : variables) {
            Twin tensor = HuggingFaceNames.tensorOf(variable).orElseThrow(() -> new AssertionError(variable));
            Twin back = HuggingFaceNames.variableOf(tensor.name()).orElseThrow();
            assertEquals(new Twin(variable, variable.endsWith("/kernel")), back);
            assertEquals(back.transposed(), tensor.transposed());
            tensors.add(tensor.name());
        }
        assertEquals(variables.size(), tensors.size());
    }

    @Test
    void theNamesAreTransformers() {
        assertEquals(Optional.of(new Twin("bert.encoder.layer.11.attention.self.query.weight", true)),
                HuggingFaceNames.tensorOf("bert/encoder/layer_11/attention/self/query/kernel"));
        assertEquals(Optional.of(new Twin("bert.encoder.layer.2.attention.self.distance_embedding.weight", false)),
                HuggingFaceNames.tensorOf("bert/encoder/layer_2/attention/self/distance_embedding"));
        assertEquals(Optional.of(new Twin("cls.seq_relationship.weight", false)),
                HuggingFaceNames.tensorOf("cls/seq_relationship/output_weights"));
        assertEquals(Optional.of(new Twin("bert/embeddings/LayerNorm/gamma", false)),
                HuggingFaceNames.variableOf("embeddings.LayerNorm.weight"));
        assertEquals(HuggingFaceNames.variableOf("bert.encoder.layer.0.output.LayerNorm.bias"),
                HuggingFaceNames.variableOf("encoder.layer.0.output.LayerNorm.beta"), "old names, no prefix");
    }

    @Test
    void whatIsNoVariableOfBertHasNoTwin() {
        for (String name : new String[] {
            "h.0.attn.c_attn.weight", "bert.embeddings.position_ids", "cls.predictions.decoder.weight", "classifier.weight",
            "roberta.embeddings.word_embeddings.weight", "encoder.layer.x.output.dense.weight", "bert.bert.pooler.dense.bias",
            "bert.encoder.layer.*.output.dense.bias", "encoder.layer.0.crossattention.self.query.weight"
        }) {
            assertEquals(Optional.empty(), HuggingFaceNames.variableOf(name), name);
        }
        for (String name : new String[] {
            "global_step", "bert/pooler/dense/kernel/adam_m", "bert/encoder/group_0/output/dense/kernel",
            "bert/encoder/layer_0/intermediate/linear/kernel", "bert/encoder/layer_*/output/dense/bias"
        }) {
            assertEquals(Optional.empty(), HuggingFaceNames.tensorOf(name), name);
        }
    }
}
