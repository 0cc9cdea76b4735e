package org.graphbert.distribute;

import java.util.ArrayList;
import java.util.List;
import org.graphbert.graph.Variables.Variable;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.OperationBuilder;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.family.TType;

/**
 * Variables of one process given to all others of a cluster, by TensorFlow's CollectiveBcastSendV2 and CollectiveBcastRecvV2: one
 * after the other, in the same order everywhere.
 */
public final class Broadcast {

    private Broadcast() {}

    /**
     * An operation in which each process takes part, with the same variables in the same order. To be run with
     * {@link Collectives#options}.
     *
     * @param group of one replica each process
     * @param variables to be sent by the first, or to be assigned by any other
     */
    public static Op of(Ops tf, Group group, List<Variable> variables) {
        List<Op> done = new ArrayList<>();
        Op before = null;
        int number = 0;
        for (Variable variable : variables) {
            number++;
            OperationBuilder builder = group.firstRank() == 0
                    ? tf.scope().opBuilder("CollectiveBcastSendV2", "send")
                            .addInput(tf.readVariableOp(variable.handle(), variable.initial().type()).asOutput())
                    : tf.scope().opBuilder("CollectiveBcastRecvV2", "receive");
            builder.addInput(tf.constant(group.size()).asOutput())
                    .addInput(tf.constant(group.key()).asOutput())
                    .addInput(tf.constant(number).asOutput());
            if (group.firstRank() != 0) {
                builder.addInput(tf.constant(variable.shape()).asOutput())
                        .setAttr("T", variable.value().asOutput().dataType());
            }
            builder.setAttr("communication_hint", "auto").setAttr("timeout_seconds", group.timeoutSeconds());
            if (before != null) {
                builder.addControlInput(before.op());
            }
            Operation built = builder.build();
            before = () -> built;
            done.add(group.firstRank() == 0 ? before : assigned(tf, variable, built.output(0)));
        }
        return tf.withControlDependencies(done).noOp();
    }

    private static Op assigned(Ops tf, Variable variable, Operand<? extends TType> received) {
        return tf.assignVariableOp(variable.handle(), received);
    }
}
