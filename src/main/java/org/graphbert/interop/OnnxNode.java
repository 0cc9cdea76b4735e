package org.graphbert.interop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.graphbert.interop.proto.OnnxProto.AttributeProto;
import org.graphbert.interop.proto.OnnxProto.NodeProto;

/**
 * An operator of an ONNX graph.
 *
 * @param op its type, with the domain in front unless it is one of ONNX's own: MatMul, com.microsoft.Attention
 * @param inputs names of values; empty for an optional one that is not given
 */
record OnnxNode(
        String op, String name, List<String> inputs, List<String> outputs, Map<String, AttributeProto> attributes) {

    static OnnxNode of(NodeProto proto) {
        String domain = proto.getDomain();
        boolean own = domain.isEmpty() || domain.equals("ai.onnx");
        Map<String, AttributeProto> attributes = new LinkedHashMap<>();
        proto.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
        return new OnnxNode(
                own ? proto.getOpType() : domain + "." + proto.getOpType(),
                proto.getName(),
                List.copyOf(proto.getInputList()),
                List.copyOf(proto.getOutputList()),
                attributes);
    }

    boolean is(String type) {
        return op.equals(type);
    }

    /** The input at an index, empty if it is not given. */
    String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    /** The first output. */
    String output() {
        return outputs.isEmpty() ? "" : outputs.get(0);
    }

    long integer(String attribute, long otherwise) {
        AttributeProto found = attributes.get(attribute);
        return found == null ? otherwise : found.getI();
    }

    float number(String attribute, float otherwise) {
        AttributeProto found = attributes.get(attribute);
        return found == null ? otherwise : found.getF();
    }

    String text(String attribute, String otherwise) {
        AttributeProto found = attributes.get(attribute);
        return found == null ? otherwise : found.getS().toStringUtf8();
    }

    List<Long> integers(String attribute) {
        AttributeProto found = attributes.get(attribute);
        return found == null ? List.of() : found.getIntsList();
    }

    /** For messages: its type and what it is called. */
    @Override
    public String toString() {
        return op + (name.isEmpty() ? " (of " + output() + ")" : " '" + name + "'");
    }
}
