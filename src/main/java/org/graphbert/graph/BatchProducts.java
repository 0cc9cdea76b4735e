package org.graphbert.graph;

import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/**
 * Batches of matrix products. TensorFlow has them as BatchMatMulV2 and as BatchMatMulV3, which differ in that the latter may
 * mix types. On the CPU oneDNN takes the former alone, at two thirds of the time in float32 and less than half in bfloat16,
 * and float16 has a kernel only for it; yet TensorFlow's gradient of either is of the latter.
 */
final class BatchProducts {

    static final String V2 = "BatchMatMulV2";
    private static final String V3 = "BatchMatMulV3";

    private BatchProducts() {}

    /** The node, or, for a BatchMatMulV3 of one type, the BatchMatMulV2 that computes the same. */
    static NodeDef asV2(NodeDef node) {
        if (!node.getOp().equals(V3) || !(type(node, "Ta") == type(node, "Tb") && type(node, "Tb") == type(node, "Tout"))) {
            return node;
        }
        return node.toBuilder()
                .setOp(V2)
                .putAttr("T", node.getAttrOrThrow("Tout"))
                .removeAttr("Ta")
                .removeAttr("Tb")
                .removeAttr("Tout")
                .build();
    }

    private static DataType type(NodeDef node, String attribute) {
        return node.getAttrOrThrow(attribute).getType();
    }
}
