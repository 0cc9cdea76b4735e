package org.graphbert.distribute;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.graphbert.graph.Reachable;
import org.tensorflow.Graph;
import org.tensorflow.op.Op;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Copies of a graph in one graph, each on a device of its own and with variables of its own. The first keeps all names, and so
 * the keys of a checkpoint; those of the others stand under {@code replica_1/}, {@code replica_2/} and so on.
 */
public final class Replicas {

    /** Where TensorFlow keeps what has the same name: variables are the same where this is. */
    private static final String SHARED_NAME = "shared_name";
    /** Which nodes must be on one device. */
    private static final String CLASS = "_class";
    private static final String COLOCATED = "loc:@";

    private Replicas() {}

    /**
     * Copies a graph; it may then be closed.
     *
     * @param devices a replica's each, e.g. {@code /device:CPU:1}
     * @param others entry points that replicas beside the first need
     * @return the copies, in the order of the devices; of the first, the whole graph
     */
    public static List<Reachable> of(Graph template, List<String> devices, List<Op> others) {
        GraphDef definition = template.toGraphDef();
        Set<String> needed = Reachable.names(definition, others.stream().map(entry -> entry.op().name()).toList());
        GraphDef.Builder all = definition.toBuilder().clearNode();
        for (int i = 0; i < devices.size(); i++) {
            for (NodeDef node : definition.getNodeList()) {
                if (i == 0 || needed.contains(node.getName())) {
                    all.addNode(copy(node, prefix(i), devices.get(i)));
                }
            }
        }
        Graph graph = new Graph();
        graph.importGraphDef(all.build());
        List<Reachable> replicas = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            replicas.add(Reachable.copied(graph, prefix(i)));
        }
        return replicas;
    }

    private static String prefix(int replica) {
        return replica == 0 ? "" : "replica_" + replica + "/";
    }

    private static NodeDef copy(NodeDef node, String prefix, String device) {
        NodeDef.Builder copy = node.toBuilder().setName(prefix + node.getName()).clearInput();
        node.getInputList().forEach(input ->
                copy.addInput(input.startsWith("^") ? "^" + prefix + input.substring(1) : prefix + input));
        // Beside a GPU, what has a place already is on the host.
        if (node.getDevice().isEmpty() || device.contains("CPU:")) {
            copy.setDevice(device);
        }
        node.getAttrMap().forEach((name, value) -> {
            if (name.equals(SHARED_NAME) && !value.getS().isEmpty()) {
                copy.putAttr(name, AttrValue.newBuilder()
                        .setS(ByteString.copyFromUtf8(prefix + value.getS().toStringUtf8()))
                        .build());
            } else if (name.equals(CLASS)) {
                copy.putAttr(name, colocated(value, prefix));
            }
        });
        return copy.build();
    }

    private static AttrValue colocated(AttrValue value, String prefix) {
        AttrValue.ListValue.Builder names = AttrValue.ListValue.newBuilder();
        value.getList().getSList().forEach(name -> {
            String text = name.toStringUtf8();
            names.addS(ByteString.copyFromUtf8(
                    text.startsWith(COLOCATED) ? COLOCATED + prefix + text.substring(COLOCATED.length()) : text));
        });
        return AttrValue.newBuilder().setList(names).build();
    }
}
