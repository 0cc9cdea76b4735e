package org.graphbert.graph;

import java.util.Arrays;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Shapes that are known when a graph is built, as constants. TensorFlow trusts no shape that follows from what is fed, and
 * computes it in each run, and after it all that the gradients make of it: which axes to sum over, though there are none.
 * From constants it computes that once. No number of a step changes by it.
 */
final class KnownShapes {

    private KnownShapes() {}

    /** The node, or, for the shape of a tensor whose sizes are all fixed, a constant of its name. */
    static NodeDef asConstant(Graph graph, NodeDef node) {
        if (!node.getOp().equals("Shape") || isFree(graph, node)) {
            return node;
        }
        Output<?> of = input(graph, node.getInput(0));
        DataType type = node.getAttrOrThrow("out_type").getType();
        return NodeDef.newBuilder()
                .setName(node.getName())
                .setOp("Const")
                .setDevice(node.getDevice())
                .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
                .putAttr("value", AttrValue.newBuilder().setTensor(tensor(of.shape(), type)).build())
                .build();
    }

    /** Whether one of the tensors that a node reads has a size that is not known before the graph runs. */
    static boolean isFree(Graph graph, NodeDef node) {
        return node.getInputList().stream()
                .filter(input -> !input.startsWith("^"))
                .map(input -> input(graph, input).shape())
                .anyMatch(shape -> shape.isUnknown() || shape.hasUnknownDimension());
    }

    /** NAME or NAME:OUTPUT. */
    private static Output<?> input(Graph graph, String input) {
        int colon = input.lastIndexOf(':');
        return colon < 0
                ? graph.operationOrThrow(input).output(0)
                : graph.operationOrThrow(input.substring(0, colon)).output(Integer.parseInt(input.substring(colon + 1)));
    }

    private static TensorProto tensor(Shape shape, DataType type) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setDtype(type)
                .setTensorShape(TensorShapeProto.newBuilder()
                        .addDim(TensorShapeProto.Dim.newBuilder().setSize(shape.numDimensions())));
        if (type == DataType.DT_INT64) {
            Arrays.stream(shape.asArray()).forEach(tensor::addInt64Val);
        } else {
            Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).forEach(tensor::addIntVal);
        }
        return tensor.build();
    }
}
